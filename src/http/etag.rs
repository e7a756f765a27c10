//! Entity tags (RFC 9110 §8.8.3): who has a text already is told so instead of sent it.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use sha2::{Digest as _, Sha256};

use crate::secrets::hex;

/// The codings of answers: each is a text of its own, so its tag ends with the coding.
const CODINGS: [&str; 3] = ["gzip", "br", "zstd"];

/// A text with its tag, or 304 for who has it.
pub fn answer(request: &HeaderMap, text: impl AsRef<str>, content_type: &'static str) -> Response {
    let text = text.as_ref();
    let tag = hex(&Sha256::digest(text)[..16]);
    let known = known(request, &tag);
    let mut response = Response::new(match known {
        Some(_) => Body::empty(),
        None => Body::from(text.to_owned()),
    });
    let headers = response.headers_mut();
    match &known {
        Some(_) => *response.status_mut() = StatusCode::NOT_MODIFIED,
        None => {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
    }
    let tag = HeaderValue::from_str(&known.unwrap_or_else(|| format!("\"{tag}\"")));
    if let Ok(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The tag among those the client has, as it has it.
fn known(request: &HeaderMap, tag: &str) -> Option<String> {
    let values = request.get_all(header::IF_NONE_MATCH).iter();
    let mut given = values.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    given.find_map(|given| {
        let opaque = given.trim();
        if opaque == "*" {
            return Some(format!("\"{tag}\""));
        }
        let strong = opaque.strip_prefix("W/").unwrap_or(opaque);
        let inner = strong.strip_prefix('"')?.strip_suffix('"')?;
        let coded = |coding: &&str| {
            inner.strip_suffix(*coding).is_some_and(|i| i.strip_suffix('-') == Some(tag))
        };
        (inner == tag || CODINGS.iter().any(coded)).then(|| strong.to_owned())
    })
}

/// Tells the tag of a compressed answer from that of the plain one.
pub fn tell_coding(response: &mut Response) {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(tag) = text(header::ETAG).and_then(|tag| tag.strip_suffix('"'))
        && let Some(coding) = text(header::CONTENT_ENCODING)
        && let Ok(tag) = HeaderValue::from_str(&format!("{tag}-{coding}\""))
    {
        response.headers_mut().insert(header::ETAG, tag);
    }
}
