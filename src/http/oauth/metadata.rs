//! `/.well-known/oauth-authorization-server` (RFC 8414) and `/.well-known/jwks.json`.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};

use crate::{app::Gateway, http::response::not_found};

pub async fn metadata(State(gateway): State<Arc<Gateway>>) -> Response {
    match &gateway.oauth {
        Some(server) => Json(server.metadata()).into_response(),
        None => not_found().await,
    }
}

pub async fn keys(State(gateway): State<Arc<Gateway>>) -> Response {
    match &gateway.oauth {
        Some(server) => Json(server.jwks()).into_response(),
        None => not_found().await,
    }
}
