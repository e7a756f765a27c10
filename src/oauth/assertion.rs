//! Assertions that clients sign to prove who they are (RFC 7523 §3).

use chrono::{DateTime, TimeDelta, Utc};
use entity::oauth_credential;
use serde::Deserialize;

use super::OAuthError;
use crate::auth::{
    Audience, Jwk, VerificationKey, is_officer,
    token::{MAX_TOKEN_BYTES, UnverifiedToken},
};

/// The algorithms of assertions. Which one is the key's matter.
pub const ALGORITHMS: [&str; 3] = ["ES256", "EdDSA", "RS256"];

/// What an assertion may call itself in `typ`; it need not.
const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];

/// How far ahead an assertion may expire.
const LONGEST: TimeDelta = TimeDelta::minutes(5);

/// How far the client's clock may be from this one.
const LEEWAY: TimeDelta = TimeDelta::seconds(5);

/// An assertion taken apart, nothing in it believed yet.
pub(super) struct Assertion<'a>(UnverifiedToken<'a>);

/// An assertion that proves its client, if it was not used before.
pub(super) struct Valid {
    pub(super) jti: String,
    /// The officer who acts through the client, as the client says.
    pub(super) officer: Option<String>,
    /// When it can be forgotten.
    pub(super) expires_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    sub: String,
    aud: Audience,
    exp: u64,
    jti: String,
    #[serde(default)]
    nbf: Option<u64>,
    #[serde(default)]
    iat: Option<u64>,
    /// Who acts through the client (RFC 8693 §4.1).
    #[serde(default)]
    act: Option<Acting>,
}

#[derive(Deserialize)]
struct Acting {
    sub: String,
    /// The client, if anybody: it vouches for nobody else's officers.
    #[serde(default)]
    iss: Option<String>,
}

impl<'a> Assertion<'a> {
    /// Takes an assertion apart.
    pub(super) fn parse(text: &'a str) -> Result<Self, OAuthError> {
        let short = text.len() <= MAX_TOKEN_BYTES;
        let token = short.then(|| UnverifiedToken::parse(text, &TYPES).ok()).flatten();
        token.map(Self).ok_or_else(OAuthError::client)
    }

    /// The client that the assertion says it is from.
    pub(super) fn client_id(&self) -> &str {
        &self.0.issuer
    }

    /// What the assertion says, where one of the client's keys signed it and its claims hold now;
    /// `decoy` is verified with where the client has no such key, so that it takes as long.
    pub(super) fn check<'k>(
        &self,
        keys: impl Iterator<Item = &'k oauth_credential::Model>,
        decoy: &VerificationKey,
        audiences: &[&str],
        now: DateTime<Utc>,
    ) -> Option<Valid> {
        let verifies = |key: &VerificationKey| key.verifies(self.0.message, self.0.signature);
        let mut candidates = keys.filter_map(|key| self.candidate(key)).peekable();
        if candidates.peek().is_none() {
            verifies(decoy);
            return None;
        }
        if !candidates.any(|key| verifies(&key)) {
            return None;
        }
        self.claims(audiences, now)
    }

    /// A key that may have signed it: the one it names, where it names one and the key has a name,
    /// and of its algorithm.
    fn candidate(&self, credential: &oauth_credential::Model) -> Option<VerificationKey> {
        let named = self.0.kid.as_deref().zip(credential.kid.as_deref());
        if named.is_some_and(|(asked, known)| asked != known) {
            return None;
        }
        let jwk: Jwk = serde_json::from_str(&credential.value).ok()?;
        jwk.into_verification_key().filter(|key| key.is_for(&self.0.algorithm))
    }

    fn claims(&self, audiences: &[&str], now: DateTime<Utc>) -> Option<Valid> {
        let payload: Payload = serde_json::from_slice(&self.0.payload).ok()?;
        let id = self.client_id();
        let expires_at = instant(payload.exp)? + LEEWAY;
        let begins = payload.nbf.map_or(Some(now), instant)?;
        let issued = payload.iat.map_or(Some(now), instant)?;
        let holds = payload.iss == id
            && payload.sub == id
            && audiences.iter().any(|audience| payload.aud.contains(audience))
            && now < expires_at
            && expires_at - now <= LONGEST + LEEWAY + LEEWAY
            && begins - now <= LEEWAY
            && issued - now <= LEEWAY
            && (1..=256).contains(&payload.jti.len())
            && !payload.jti.chars().any(char::is_control)
            && payload.act.as_ref().is_none_or(|act| {
                is_officer(&act.sub) && act.iss.as_ref().is_none_or(|issuer| issuer == id)
            });
        let officer = payload.act.map(|act| act.sub);
        holds.then_some(Valid { jti: payload.jti, officer, expires_at })
    }
}

fn instant(seconds: u64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)
}

/// A client's public key as it is stored, with its id; nothing for a key that could not verify an
/// assertion, or that is not public.
pub fn public_jwk(text: &str) -> Option<(Option<String>, String)> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let jwk: Jwk = serde_json::from_value(value.clone()).ok()?;
    let kid = jwk.kid.clone();
    jwk.into_verification_key()?;
    Some((kid, value.to_string()))
}
