//! `POST /oauth/token` (RFC 6749 §4.4).

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{ConnectInfo, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};

use super::{Peer, known, response};
use crate::{
    app::Gateway,
    http::response::not_found,
    oauth::{AuthorizationServer, ErrorCode, OAuthError},
};

pub async fn token(
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
) -> Result<Json<Value>, OAuthError> {
    let (client, form) = known(gateway, server, peer, headers, body).await?;
    match form.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => {
            let description = "the grant is client_credentials";
            return Err(OAuthError::new(ErrorCode::UnsupportedGrantType, description));
        }
        None => return Err(OAuthError::request("grant_type is missing")),
    }
    let issued = server.issue(&client, form.get("scope"), &form.all("resource"))?;
    tracing::info!(client = client.id, "a token was issued");
    Ok(Json(json!({
        "access_token": issued.access_token, "token_type": "Bearer",
        "expires_in": issued.expires_in, "scope": issued.scope,
    })))
}
