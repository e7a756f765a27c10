//! `WWW-Authenticate`: what was wrong with a token (RFC 6750 §3), and where a client learns how to get
//! a better one (RFC 9728 §5.1).

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::Response,
};

use super::{protected_resource, public, response::Refused};
use crate::app::Gateway;

/// Adds the challenge to a 401 or 403. A request without a token is told of no error: there is none
/// yet.
pub fn challenge(response: &mut Response, gateway: &Gateway, headers: &HeaderMap, uri: &Uri) {
    let error = match response.status() {
        StatusCode::UNAUTHORIZED if has_token(headers) => Some("invalid_token"),
        StatusCode::UNAUTHORIZED => None,
        StatusCode::FORBIDDEN => Some("insufficient_scope"),
        _ => return,
    };
    let mut parameters = Vec::new();
    if let Some(error) = error {
        parameters.push(format!("error=\"{error}\""));
        if let Some(Refused { message, .. }) = response.extensions().get() {
            parameters.push(format!("error_description=\"{}\"", quotable(message)));
        }
    }
    if let Some(base) = public::base(gateway, headers, uri) {
        let path = protected_resource::PATH;
        parameters.push(format!("resource_metadata=\"{base}{path}{}\"", uri.path()));
    }
    let value = format!("Bearer {}", parameters.join(", "));
    let value = HeaderValue::from_str(value.trim_end());
    let value = value.unwrap_or(HeaderValue::from_static("Bearer"));
    response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
}

fn has_token(headers: &HeaderMap) -> bool {
    headers.get_all(header::AUTHORIZATION).iter().any(|value| {
        let parts = value.to_str().ok().and_then(|value| value.split_once(' '));
        parts.is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()
        })
    })
}

/// The characters that a description may have (RFC 6750 §3).
fn quotable(text: &str) -> String {
    let is_allowed = |c: &char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
    text.chars().filter(is_allowed).collect()
}
