//! `POST /oauth/revoke` (RFC 7009).

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};

use super::Known;
use crate::{
    app::Gateway,
    oauth::{ErrorCode, OAuthError},
};

pub async fn revoke(
    State(gateway): State<Arc<Gateway>>,
    Known { server, client, form }: Known,
) -> Result<StatusCode, OAuthError> {
    let token = form.get("token").ok_or(OAuthError::request("token is missing"))?;
    // What does not verify, has expired or is revoked needs nothing (RFC 7009 §2.2).
    let Ok(caller) = gateway.verifier.verify(token).await else { return Ok(StatusCode::OK) };
    if caller.issuer != server.issuer() || caller.subject != client.client.id {
        let description = "the token is another's";
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, description));
    }
    gateway.revoke(&caller).await.map_err(|_| OAuthError::unavailable())?;
    Ok(StatusCode::OK)
}
