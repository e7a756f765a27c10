//! A token taken apart, nothing in it believed yet.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, de::IgnoredAny};

use super::{AuthError, ClaimError, ClaimNames, Claims, PersonClaims};

/// The longest token looked at, in bytes.
pub(crate) const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// What a token for this gateway may call itself in `typ`; it need not.
pub(super) const ACCESS_TOKEN: [&str; 2] = ["JWT", "at+jwt"];

/// The three parts of a token in JWS compact serialization (RFC 7515 §7.1).
pub(crate) struct UnverifiedToken<'a> {
    /// The key's id.
    pub(crate) kid: Option<String>,
    /// The algorithm the token claims to use.
    pub(crate) algorithm: String,
    /// The issuer the token claims to come from: good for choosing a key set, for nothing else.
    pub(crate) issuer: String,
    /// Header and payload as signed.
    pub(crate) message: &'a str,
    /// The signature, base64url.
    pub(crate) signature: &'a str,
    /// The payload: JSON, to be believed once the signature has been verified.
    pub(crate) payload: Vec<u8>,
}

// A key or an address inside the token would let the token choose what it is verified with, and
// an extension marked critical must be refused by whoever does not know it (RFC 8725 §3.10,
// RFC 7515 §4.1.11). Presence alone counts, even with null.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    jwk: bool,
    #[serde(default, deserialize_with = "present")]
    jku: bool,
    #[serde(default, deserialize_with = "present")]
    x5u: bool,
    #[serde(default, deserialize_with = "present")]
    x5c: bool,
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

#[derive(Deserialize)]
struct Origin {
    iss: String,
}

fn present<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(from).map(|_| true)
}

impl<'a> UnverifiedToken<'a> {
    /// Takes a token apart and checks its header; where it has a type, it must be one of these.
    pub(crate) fn parse(token: &'a str, types: &[&str]) -> Result<Self, AuthError> {
        let (message, signature) = token.rsplit_once('.').ok_or(AuthError::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(AuthError::Malformed)?;
        let header: Header = from_json(&decode(header)?)?;
        header.check(types)?;
        let payload = decode(payload)?;
        let Origin { iss: issuer } = from_json(&payload)?;
        Ok(Self { kid: header.kid, algorithm: header.alg, issuer, message, signature, payload })
    }

    /// The claims, from where the issuer has them; to be called once the signature has been
    /// verified.
    pub(super) fn claims(
        &self,
        names: &ClaimNames,
        person: Option<&PersonClaims>,
    ) -> Result<Claims, ClaimError> {
        match person {
            Some(person) => person.read(&self.payload, names),
            None => names.read(&self.payload),
        }
    }
}

impl Header {
    fn check(&self, types: &[&str]) -> Result<(), AuthError> {
        let named = |typ: &str| types.iter().any(|known| known.eq_ignore_ascii_case(typ));
        let typed = self.typ.as_deref().is_none_or(named);
        if !typed || self.jwk || self.jku || self.x5u || self.x5c || self.crit {
            return Err(AuthError::Header);
        }
        Ok(())
    }
}

fn decode(part: &str) -> Result<Vec<u8>, AuthError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| AuthError::Malformed)
}

fn from_json<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, AuthError> {
    // Serde would take an array's elements for a struct's members.
    if !json.trim_ascii_start().starts_with(b"{") {
        return Err(AuthError::Malformed);
    }
    serde_json::from_slice(json).map_err(|_| AuthError::Malformed)
}
