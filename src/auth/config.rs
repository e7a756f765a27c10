//! Whom to trust, and for how long.

use std::{path::PathBuf, sync::Arc, time::Duration};

use entity::sharing::Department;
use url::Url;

use super::{ClaimNames, PersonClaims, SigningKeys};

/// Where an issuer's public keys (a JWK Set, RFC 7517) come from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// A file; read at start and again for an unknown key or when the keys have aged.
    File(PathBuf),
    /// An https address, or http on a loopback host; fetched at the first token.
    Url(Url),
    /// This key set, for good: the issuer of `token issue`.
    Local(serde_json::Value),
    /// The keys of the gateway's own authorization server, followed as they are rotated.
    Signing(Arc<SigningKeys>),
}

/// An issuer whose tokens are accepted.
#[derive(Clone, Debug)]
pub struct TrustedIssuer {
    /// The exact value of `iss`.
    pub issuer: String,
    /// Its keys.
    pub source: KeySource,
    /// Whose roles it may vouch for; none named means all.
    pub departments: Vec<Department>,
    /// Where its tokens have the claims of this gateway.
    pub claims: ClaimNames,
    /// How its tokens name a person; where it is said, they are persons' and nobody else's.
    pub person: Option<PersonClaims>,
}

impl TrustedIssuer {
    /// An issuer that may vouch for every role, with claims where this gateway has them.
    pub fn new(issuer: impl Into<String>, source: KeySource) -> Self {
        let claims = ClaimNames::default();
        Self { issuer: issuer.into(), source, departments: Vec::new(), claims, person: None }
    }
}

/// The rules of a [`Verifier`](super::Verifier).
#[derive(Clone, Debug)]
pub struct VerifierConfig {
    /// What `aud` must contain.
    pub audience: String,
    /// Who may issue tokens.
    pub issuers: Vec<TrustedIssuer>,
    /// How long after `exp` a token still passes. Default: not at all.
    pub expiry_leeway: Duration,
    /// How long before `nbf` a token already passes. Default: 5 s.
    pub not_before_leeway: Duration,
    /// The longest accepted time from `nbf` to `exp`. Default: 24 h.
    pub max_lifetime: Duration,
    /// The shortest time between two attempts to load an issuer's keys. Default: 30 s.
    pub refresh_interval: Duration,
    /// The age at which keys are loaded again. Default: 15 min.
    pub max_key_age: Duration,
    /// How many verified tokens to remember. Default: 10,000.
    pub cached_tokens: u64,
}

impl VerifierConfig {
    /// The defaults, for an audience and its issuers.
    pub fn new(audience: impl Into<String>, issuers: Vec<TrustedIssuer>) -> Self {
        Self {
            audience: audience.into(),
            issuers,
            expiry_leeway: Duration::ZERO,
            not_before_leeway: Duration::from_secs(5),
            max_lifetime: Duration::from_hours(24),
            refresh_interval: Duration::from_secs(30),
            max_key_age: Duration::from_mins(15),
            cached_tokens: 10_000,
        }
    }
}
