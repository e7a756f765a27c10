//! Every route, grouped by who calls it.

use std::{future::Future, sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware,
    response::Response,
    routing::get,
};
use tokio::net::TcpListener;

use super::{graphql, health, response};
use crate::app::Gateway;

/// The routes of a gateway.
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        // Partner systems, portals, persons: with a token.
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/schema.graphql", get(graphql::schema))
        // Operators: without one; these tell nothing of data.
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(response::not_found)
        .method_not_allowed_fallback(response::method_not_allowed)
        .layer(middleware::map_response(harden))
        .with_state(gateway)
}

/// Serves until `stop` resolves; then requests under way may end, for so long.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
    patience: Duration,
) -> std::io::Result<()> {
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let server = axum::serve(listener, router(gateway.clone())).with_graceful_shutdown(async {
        stop.await;
        let _ = stopping.send(());
    });
    let deadline = async {
        let _ = stopped.await;
        tokio::time::sleep(patience).await;
    };
    let result = tokio::select! {
        result = server => result,
        () = deadline => {
            tracing::warn!("requests were still under way at the end of the grace period");
            Ok(())
        }
    };
    gateway.audit.clone().close().await;
    result
}

/// Headers every answer carries: nothing is cached, nothing is sniffed.
async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
