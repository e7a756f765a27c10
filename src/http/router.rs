//! Every route, grouped by who calls it.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware,
    response::Response,
    routing::{get, post},
};

use super::{graphql, health, oauth, response};
use crate::app::Gateway;

/// The routes of a gateway.
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        // Partner systems, portals, persons: with a token.
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/schema.graphql", get(graphql::schema))
        // Partner systems: with what proves who they are, for a token.
        .route("/oauth/token", post(oauth::token))
        .route("/oauth/revoke", post(oauth::revoke))
        .route("/oauth/introspect", post(oauth::introspect))
        // Anybody: where the above is, and what its tokens are verified with.
        .route("/.well-known/oauth-authorization-server", get(oauth::metadata))
        .route("/.well-known/jwks.json", get(oauth::keys))
        // Operators: without one; these tell nothing of data.
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(response::not_found)
        .method_not_allowed_fallback(response::method_not_allowed)
        .layer(middleware::map_response(harden))
        .with_state(gateway)
}

/// Headers every answer carries: nothing is cached, nothing is sniffed.
async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
