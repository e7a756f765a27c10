//! `POST /oauth/revoke` (RFC 7009).

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{Peer, known, response};
use crate::{
    app::Gateway,
    http::response::not_found,
    oauth::{AuthorizationServer, ErrorCode, OAuthError},
};

pub async fn revoke(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match &gateway.oauth {
        Some(server) => response::of(answer(&gateway, server, peer, &headers, body).await),
        None => not_found().await,
    }
}

async fn answer(
    gateway: &Gateway,
    server: &Arc<AuthorizationServer>,
    peer: Peer,
    headers: &HeaderMap,
    body: Body,
) -> Result<StatusCode, OAuthError> {
    let (client, form) = known(gateway, server, peer, headers, body).await?;
    let token = form.get("token").ok_or(OAuthError::request("token is missing"))?;
    // What does not verify, has expired or is revoked needs nothing (RFC 7009 §2.2).
    let Ok(caller) = gateway.verifier.verify(token).await else { return Ok(StatusCode::OK) };
    if caller.issuer != server.issuer() || caller.subject != client.id {
        let description = "the token is another's";
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, description));
    }
    gateway.revoke(&caller).await.map_err(|_| OAuthError::unavailable())?;
    Ok(StatusCode::OK)
}
