//! What anybody may know, as JSON with a tag: code lists, and the catalogue. Without a token, for nothing of
//! it is anybody's.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use super::{etag, response};
use crate::app::Gateway;

const JSON: &str = "application/json; charset=utf-8";

/// `/code-lists`: every code list with its codes.
pub async fn code_lists(State(gateway): State<Arc<Gateway>>, headers: HeaderMap) -> Response {
    document(&gateway, &headers, "code-lists").await
}

/// `/code-lists/{name}`: one of them, by its name or its standard.
pub async fn code_list(
    State(gateway): State<Arc<Gateway>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    document(&gateway, &headers, &format!("code-lists/{name}")).await
}

/// `/catalogue`: what there is.
pub async fn index(State(gateway): State<Arc<Gateway>>, headers: HeaderMap) -> Response {
    document(&gateway, &headers, "catalogue").await
}

/// `/catalogue/{list}`, `/catalogue/entries/{kind}`.
pub async fn list(
    State(gateway): State<Arc<Gateway>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    document(&gateway, &headers, &format!("catalogue/{name}")).await
}

async fn document(gateway: &Gateway, headers: &HeaderMap, path: &str) -> Response {
    let Some(text) = gateway.published(path) else { return response::not_found().await };
    let mut response = etag::answer(headers, text, JSON);
    // Kept by whoever likes, and asked for again with its tag before it is used.
    let revalidated = HeaderValue::from_static("no-cache");
    response.headers_mut().insert(header::CACHE_CONTROL, revalidated);
    response
}
