//! `/.well-known/oauth-authorization-server` (RFC 8414) and `/.well-known/jwks.json`.

use axum::{
    Json,
    response::{IntoResponse, Response},
};

use super::Server;

pub async fn metadata(Server(server): Server) -> Response {
    Json(server.metadata()).into_response()
}

pub async fn keys(Server(server): Server) -> Response {
    Json(server.jwks()).into_response()
}
