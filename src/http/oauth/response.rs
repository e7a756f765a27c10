//! Refusals of the authorization server as HTTP.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::http::response::Refused;
use crate::oauth::{ErrorCode, OAuthError};

/// A refusal (RFC 6749 §5.2).
fn refusal(error: &OAuthError) -> Response {
    let status = match (error.code, error.retry_after) {
        (ErrorCode::InvalidClient, _) => StatusCode::UNAUTHORIZED,
        (ErrorCode::TemporarilyUnavailable, Some(_)) => StatusCode::TOO_MANY_REQUESTS,
        (ErrorCode::TemporarilyUnavailable, None) => StatusCode::SERVICE_UNAVAILABLE,
        (ErrorCode::ServerError, _) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    let body = json!({ "error": error.code.as_str(), "error_description": error.description });
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"migrant-gateway\"");
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    if let Some(wait) = error.retry_after {
        // Whole seconds; a fraction of one is one.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    response
}

/// The refusal of a compressed request, which says what would be taken (RFC 9110 §15.5.16).
pub fn compressed() -> Response {
    let description = "send the request uncompressed (Content-Encoding: identity)";
    let mut response = OAuthError::request(description).into_response();
    *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let identity = HeaderValue::from_static("identity");
    response.headers_mut().insert(header::ACCEPT_ENCODING, identity);
    response
}

/// The answer to a form that says that it is too long: nobody waits for it.
pub fn too_long() -> Response {
    let mut response = refusal(&OAuthError::request("a request has at most 16384 bytes"));
    *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    response
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let mut response = refusal(&self);
        let refused = Refused { code: self.code.as_str(), message: self.description.to_string() };
        response.extensions_mut().insert(refused);
        response
    }
}
