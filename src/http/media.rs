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
        let mut best: Option<(Media, u16)> = None;
        let mut said = false;
        for value in headers.get_all(header::ACCEPT) {
            for range in value.to_str().unwrap_or_default().split(',') {
                said = true;
                let mut parts = range.split(';').map(str::trim);
                let media = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
                    "application/graphql-response+json" => Media::GraphqlResponse,
                    "application/json" | "application/*" | "*/*" => Media::Json,
                    _ => continue,
                };
                let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, quality);
                if quality > 0 && best.is_none_or(|(_, known)| quality > known) {
                    best = Some((media, quality));
                }
            }
        }
        match best {
            Some((media, _)) => Ok(media),
            None if !said => Ok(Media::Json),
            None => Err(GatewayError::new(
                Code::NotAcceptable,
                "answers are application/graphql-response+json or application/json",
            )),
        }
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
/// When the type is another, or the charset is not UTF-8.
pub fn require_json(headers: &HeaderMap) -> Result<()> {
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
