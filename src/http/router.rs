//! Every route, grouped by who calls it.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware,
    response::Response,
    routing::{get, post},
};

use super::{
    catalogue, compression, copy, counts, graphql, health, oauth, protected_resource, request_log,
    response, trace::Ids,
};
use crate::app::Gateway;

/// The routes of a gateway.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let answers = Router::new()
        // Partner systems, portals, persons: with a token.
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/schema.graphql", get(graphql::schema))
        // Anybody: what codes mean, and what is shared with whom.
        .route("/code-lists", get(catalogue::code_lists))
        .route("/code-lists/{*name}", get(catalogue::code_list))
        .route("/catalogue", get(catalogue::index))
        .route("/catalogue/{*name}", get(catalogue::list))
        // Anybody: who issues those tokens, and what they can ask for.
        .route(protected_resource::PATH, get(protected_resource::metadata))
        .route(&format!("{}/graphql", protected_resource::PATH), get(protected_resource::metadata))
        .route(
            &format!("{}/schema.graphql", protected_resource::PATH),
            get(protected_resource::metadata),
        )
        .route(&format!("{}/me/copy", protected_resource::PATH), get(protected_resource::metadata))
        .layer(compression::layer());
    Router::new()
        .merge(answers)
        // Partner systems: with what proves who they are, for a token.
        .route("/oauth/token", post(oauth::token))
        .route("/oauth/revoke", post(oauth::revoke))
        .route("/oauth/introspect", post(oauth::introspect))
        // Anybody: where the above is, and what its tokens are verified with.
        .route("/.well-known/oauth-authorization-server", get(oauth::metadata))
        .route("/.well-known/jwks.json", get(oauth::keys))
        // Persons: all that is held of them, to keep or to print.
        .route("/me/copy", get(copy::get))
        // Anybody: what came of persons' requests, in numbers.
        .route("/subject-requests", get(counts::get))
        // Operators: without one; these tell nothing of data.
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(response::not_found)
        .method_not_allowed_fallback(response::method_not_allowed)
        .layer(middleware::from_fn_with_state(Arc::new(Ids::of_system()), request_log::log))
        .with_state(gateway)
}

/// Headers every answer carries: nothing is sniffed, and nothing is cached but what says so itself.
pub fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let uncached = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(uncached);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
