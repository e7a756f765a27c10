//! `/.well-known/oauth-protected-resource` (RFC 9728): who issues the tokens that are taken here, and
//! what they can ask for. Also where the tokens are another issuer's.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{public, response};
use crate::{app::Gateway, oauth::scopes};

/// Where it is. The metadata of a resource with a path of its own is behind it, under that path
/// (RFC 9728 §3.1).
pub const PATH: &str = "/.well-known/oauth-protected-resource";

pub async fn metadata(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let Some(base) = public::base(&gateway, &headers, &uri) else {
        return response::not_found().await;
    };
    let path = uri.path().strip_prefix(PATH).unwrap_or_default();
    Json(describe(&gateway, &format!("{base}{path}"))).into_response()
}

fn describe(gateway: &Gateway, resource: &str) -> Value {
    // An issuer that is no address has no metadata that a client could look for.
    let is_address =
        |issuer: &&str| issuer.starts_with("https://") || issuer.starts_with("http://");
    let mut issuers: Vec<&str> = gateway.verifier.issuers().filter(is_address).collect();
    issuers.sort_unstable();
    let mut metadata = json!({
        "resource": resource,
        "resource_name": "migrant-gateway",
        "resource_name#zh": "流动人口数据共享网关",
        "scopes_supported": scopes(),
        "bearer_methods_supported": ["header"],
    });
    if !issuers.is_empty() {
        metadata["authorization_servers"] = json!(issuers);
    }
    metadata
}
