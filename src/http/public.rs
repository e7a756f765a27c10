//! Where callers reach this gateway.

use axum::http::{HeaderMap, Uri, header};

use crate::app::Gateway;

/// The longest authority that is repeated to whoever sent it.
const LONGEST: usize = 255;

/// Scheme, host and port as callers see them: as configured, or else as the request has them, for
/// the answer to nobody but its sender. None where the request does not say.
pub fn base(gateway: &Gateway, headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let issuer = || gateway.oauth.as_ref().map(|server| server.issuer().to_owned());
    gateway.public_url.clone().or_else(issuer).or_else(|| asked(headers, uri))
}

/// What the request was sent to. HTTP/2 has it in the target, HTTP/1.1 in `Host`.
fn asked(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = uri.authority().map(|authority| authority.as_str()).or(named)?;
    let is_plain = authority.len() <= LONGEST
        && authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte));
    if !is_plain || authority.is_empty() {
        return None;
    }
    let host = authority.trim_start_matches('[');
    let is_local = ["127.", "localhost", "::1]"].iter().any(|local| host.starts_with(local));
    // Beyond this machine there is a proxy, whose side towards callers is TLS.
    let scheme = if is_local { "http" } else { "https" };
    Some(format!("{scheme}://{authority}"))
}
