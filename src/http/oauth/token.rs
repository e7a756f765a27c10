//! `POST /oauth/token` (RFC 6749 §4.4).

use axum::Json;
use serde_json::{Value, json};

use super::Known;
use crate::oauth::{ErrorCode, OAuthError};

pub async fn token(Known { server, client, form }: Known) -> Result<Json<Value>, OAuthError> {
    match form.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => {
            let description = "the grant is client_credentials";
            return Err(OAuthError::new(ErrorCode::UnsupportedGrantType, description));
        }
        None => return Err(OAuthError::request("grant_type is missing")),
    }
    let issued = server.issue(&client, form.get("scope"), &form.all("resource"))?;
    let acting = client.officer.is_some();
    tracing::info!(client = client.client.id, acting, "a token was issued");
    Ok(Json(json!({
        "access_token": issued.access_token, "token_type": "Bearer",
        "expires_in": issued.expires_in, "scope": issued.scope,
    })))
}
