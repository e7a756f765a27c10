//! The body of a request: a form, each of its parameters once.

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use zeroize::Zeroizing;

use crate::oauth::OAuthError;

/// The longest form, in bytes: an assertion or a token and some words.
pub const LONGEST: usize = 16 * 1024;

/// The parameters of a request.
pub struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// Reads a form.
    ///
    /// # Errors
    /// When the body is no form, too long, or a parameter occurs twice (RFC 6749 §3.2); `resource`
    /// may (RFC 8707 §2).
    pub async fn read(headers: &HeaderMap, body: Body) -> Result<Self, OAuthError> {
        let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = media.and_then(|value| value.split(';').next()).unwrap_or_default();
        if !media.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let description = "send the request as application/x-www-form-urlencoded";
            return Err(OAuthError::request(description));
        }
        let bytes = axum::body::to_bytes(body, LONGEST)
            .await
            .map_err(|_| OAuthError::request("a request has at most 16384 bytes"))?;
        let mut parameters: Vec<(String, Zeroizing<String>)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(&bytes) {
            // A parameter without a value counts as left out (RFC 6749 §3.2).
            if value.is_empty() {
                continue;
            }
            if name != "resource" && parameters.iter().any(|(known, _)| *known == name) {
                return Err(OAuthError::request("a parameter occurs twice"));
            }
            parameters.push((name.into_owned(), Zeroizing::new(value.into_owned())));
        }
        Ok(Self(parameters))
    }

    /// A parameter's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of a parameter.
    pub fn all(&self, name: &str) -> Vec<String> {
        let named = self.0.iter().filter(|(known, _)| known == name);
        named.map(|(_, value)| value.to_string()).collect()
    }

    /// A parameter's value, which is not there any more.
    pub fn take(&mut self, name: &str) -> Option<Zeroizing<String>> {
        let place = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(place).1)
    }
}
