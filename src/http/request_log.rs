//! What surrounds every request, in one layer, since each costs: its name, the headers that every answer
//! carries, and one line in the log: which route, how it ended, how long it took, and the receipt of its
//! record. Nothing of what was asked or answered, of paths, tokens or addresses.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};

use super::{
    etag,
    response::{RECORD, Refused},
    router::harden,
    trace::{Ids, Trace},
};

/// Routes of which every few seconds somebody asks whether all is well.
const HEALTH: [&str; 2] = ["/healthz", "/readyz"];

/// Names a request, has it answered, completes the answer's headers, and writes its line.
pub async fn log(State(ids): State<Arc<Ids>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let trace = ids.trace(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = harden(next.run(request).await);
    etag::tell_coding(&mut response);
    trace.name(response.headers_mut());
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    let method = match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "-",
    };
    let milliseconds = begun.elapsed().as_micros() as f64 / 1000.0;
    line(&trace, method, route, milliseconds, &response);
    response
}

fn line(trace: &Trace, method: &str, route: &str, milliseconds: f64, response: &Response) {
    let status = response.status().as_u16();
    let code = response.extensions().get::<Refused>().map(|refused| refused.code);
    let receipt = text(response.headers(), RECORD);
    let (request_id, trace_id) = (trace.request.as_str(), trace.trace.as_str());
    if HEALTH.contains(&route) {
        tracing::debug!(method, route, status, milliseconds, request_id, trace_id, "request");
    } else {
        tracing::info!(
            method,
            route,
            status,
            code,
            milliseconds,
            receipt,
            request_id,
            trace_id,
            "request"
        );
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
