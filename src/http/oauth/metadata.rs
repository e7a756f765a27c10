//! `/.well-known/oauth-authorization-server` (RFC 8414) and `/.well-known/jwks.json`.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::Server;
use crate::http::etag;

pub async fn metadata(Server(server): Server) -> Response {
    Json(server.metadata()).into_response()
}

/// How long a key set may be kept. Keys are announced minutes before they sign, and who meets an
/// unknown `kid` looks again anyway.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=60");

pub async fn keys(Server(server): Server, headers: HeaderMap) -> Response {
    let mut response = etag::answer(&headers, server.jwks().to_string(), "application/json");
    response.headers_mut().insert(header::CACHE_CONTROL, KEPT);
    response
}
