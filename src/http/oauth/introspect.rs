//! `POST /oauth/introspect` (RFC 7662).

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::Known;
use crate::{
    app::Gateway,
    auth::Caller,
    oauth::{AuthorizationServer, OAuthError, scope_text},
};

pub async fn introspect(
    State(gateway): State<Arc<Gateway>>,
    Known { server, form, .. }: Known,
) -> Result<Json<Value>, OAuthError> {
    let token = form.get("token").ok_or(OAuthError::request("token is missing"))?;
    let caller = gateway.verifier.verify(token).await.ok();
    let ours = caller.filter(|caller| caller.issuer == server.issuer());
    Ok(Json(ours.map_or_else(|| json!({ "active": false }), |caller| describe(&server, &caller))))
}

fn describe(server: &AuthorizationServer, caller: &Caller) -> Value {
    let purposes: Vec<&str> = caller.purposes.iter().map(|purpose| purpose.code()).collect();
    let mut told = json!({
        "active": true, "token_type": "Bearer", "iss": caller.issuer, "aud": server.audience(),
        "sub": caller.subject, "client_id": caller.subject, "jti": caller.token_id,
        "exp": caller.expires_at.timestamp(), "scope": scope_text(caller.role, &caller.purposes),
        "role": caller.role.code(), "unit": caller.unit, "organization": caller.organization,
        "purposes": purposes,
    });
    if let Some(officer) = &caller.officer {
        told["act"] = json!({ "sub": officer.subject, "iss": officer.issuer });
    }
    told
}
