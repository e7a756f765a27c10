//! What a client shows of itself, by one method and no more (RFC 6749 §2.3).

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::form::Form;
use crate::oauth::{OAuthError, Presented, Proof};

/// The only kind of assertion (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Takes from a request what proves its client.
///
/// # Errors
/// When it shows nothing, or more than one thing.
pub fn presented(headers: &HeaderMap, form: &mut Form) -> Result<Presented, OAuthError> {
    let basic = basic(headers)?;
    let client_id = form.take("client_id").map(|id| id.to_string());
    let secret = form.take("client_secret");
    let assertion = form.take("client_assertion");
    match (basic, secret, assertion) {
        (Some((id, secret)), None, None) => match client_id {
            Some(named) if named != id => Err(OAuthError::request("client_id is another's")),
            _ => Ok(Presented { client_id: Some(id), proof: Proof::Secret(secret) }),
        },
        (None, Some(secret), None) => Ok(Presented { client_id, proof: Proof::Secret(secret) }),
        (None, None, Some(assertion)) => match form.take("client_assertion_type") {
            Some(kind) if *kind == JWT_BEARER => {
                Ok(Presented { client_id, proof: Proof::Assertion(assertion.to_string()) })
            }
            _ => Err(OAuthError::request("client_assertion_type is not jwt-bearer")),
        },
        (None, None, None) => Err(OAuthError::client()),
        _ => Err(OAuthError::request("a client authenticates by one method")),
    }
}

/// Id and secret of HTTP Basic, each of them form-encoded before (RFC 6749 §2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<(String, Zeroizing<String>)>, OAuthError> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(OAuthError::request("the header Authorization occurs twice"));
    }
    let (scheme, credentials) =
        value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or(OAuthError::client())?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(OAuthError::client());
    }
    let bytes = STANDARD.decode(credentials.trim()).map_err(|_| OAuthError::client())?;
    let text = Zeroizing::new(String::from_utf8(bytes).map_err(|_| OAuthError::client())?);
    let (id, secret) = text.split_once(':').ok_or(OAuthError::client())?;
    Ok(Some((decoded(id), Zeroizing::new(decoded(secret)))))
}

fn decoded(text: &str) -> String {
    // A form of one nameless parameter: what it holds is decoded and no more.
    let text = text.replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(text.as_bytes())
        .next()
        .map_or_else(String::new, |(name, _)| name.into_owned())
}
