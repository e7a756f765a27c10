//! Media types of GraphQL over HTTP.

use axum::http::{HeaderMap, header};

use crate::error::{Code, GatewayError, Result};

/// What an answer is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: status codes tell of request errors.
    GraphqlResponse,
    /// `application/json`: well-formed requests answer 200, errors or not.
    Json,
}

impl Media {
    /// The header's value.
    pub const fn content_type(self) -> &'static str {
        match self {
            Media::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Media::Json => "application/json; charset=utf-8",
        }
    }

    /// The best of what the client accepts; `application/json` where it does not say.
    ///
    /// # Errors
    /// When it accepts neither.
    pub fn negotiate(headers: &HeaderMap) -> Result<Media> {
        let ranges: Vec<Range> = headers
            .get_all(header::ACCEPT)
            .iter()
            .flat_map(|value| value.to_str().unwrap_or_default().split(','))
            .map(Range::parse)
            .collect();
        if ranges.is_empty() {
            return Ok(Media::Json);
        }
        let [json, response] =
            [Media::Json, Media::GraphqlResponse].map(|media| quality_of(media, &ranges));
        match (json, response) {
            (0, 0) => Err(GatewayError::new(
                Code::NotAcceptable,
                "answers are application/graphql-response+json or application/json",
            )),
            // The newer type only for those who ask for it by name.
            _ if response > json => Ok(Media::GraphqlResponse),
            _ if response == json && names(Media::GraphqlResponse, &ranges) => {
                Ok(Media::GraphqlResponse)
            }
            _ => Ok(Media::Json),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Media::GraphqlResponse => "application/graphql-response+json",
            Media::Json => "application/json",
        }
    }
}

/// One range of an `Accept` header with its quality in thousandths.
struct Range {
    media: String,
    quality: u16,
}

impl Range {
    fn parse(text: &str) -> Range {
        let mut parts = text.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, quality);
        Range { media, quality }
    }
}

/// The quality of a type: that of the most specific range it falls into (RFC 9110 §12.5.1).
fn quality_of(media: Media, ranges: &[Range]) -> u16 {
    [media.name(), "application/*", "*/*"]
        .into_iter()
        .find_map(|name| ranges.iter().find(|range| range.media == name))
        .map_or(0, |range| range.quality)
}

fn names(media: Media, ranges: &[Range]) -> bool {
    let place = |media: Media| ranges.iter().position(|range| range.media == media.name());
    match (place(media), place(Media::Json)) {
        (Some(place), Some(json)) => place < json,
        (named, None) => named.is_some(),
        (None, Some(_)) => false,
    }
}

/// A quality in thousandths; one that does not parse counts as none.
fn quality(text: &str) -> u16 {
    match text.trim().parse::<f32>() {
        Ok(quality) if (0.0..=1.0).contains(&quality) => (quality * 1000.0) as u16,
        _ => 0,
    }
}

/// A POST carries `application/json` and nothing else: what a browser's form can send is refused.
///
/// # Errors
/// When the type is another, the charset is not UTF-8, or the body is compressed: a few bytes of it
/// could stand for any number.
pub fn require_json(headers: &HeaderMap) -> Result<()> {
    if is_compressed(headers) {
        let message = "send the request uncompressed (Content-Encoding: identity)";
        return Err(GatewayError::new(Code::UnsupportedMediaType, message));
    }
    let unsupported =
        || GatewayError::new(Code::UnsupportedMediaType, "send the request as application/json");
    let value = headers.get(header::CONTENT_TYPE).ok_or_else(unsupported)?;
    let value = value.to_str().map_err(|_| unsupported())?.to_ascii_lowercase();
    let mut parts = value.split(';').map(str::trim);
    let is_json = parts.next() == Some("application/json");
    let is_utf8 = parts
        .filter_map(|part| part.strip_prefix("charset="))
        .all(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"));
    if is_json && is_utf8 { Ok(()) } else { Err(unsupported()) }
}

/// Whether a request's body is encoded in any way (RFC 9110 §8.4).
pub fn is_compressed(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(str::trim)
        .any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
}
