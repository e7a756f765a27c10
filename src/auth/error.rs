//! What can go wrong. No message repeats anything out of a token or a key.

use std::io;

use thiserror::Error;

use super::ClaimError;

/// Why a token was refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AuthError {
    /// Not three base64url parts holding JSON, or a header or payload without what it must have.
    #[error("the token is not a signed JSON Web Token")]
    Malformed,
    /// Longer than 8 KiB.
    #[error("the token is longer than 8 KiB")]
    TooLong,
    /// The header names a key source or extension of its own, or another type of token.
    #[error("the token's header carries a parameter that is not accepted")]
    Header,
    /// No trusted issuer has this name.
    #[error("the token's issuer is not trusted here")]
    UnknownIssuer,
    /// The issuer's key set has no usable key of this `kid`.
    #[error("the token is signed with a key its issuer does not publish")]
    UnknownKey,
    /// The header's algorithm is not the key's.
    #[error("the token's algorithm is not the one of its key")]
    Algorithm,
    /// The signature does not belong to the header and payload.
    #[error("the token's signature is not valid")]
    Signature,
    /// The token is meant for someone else.
    #[error("the token is not meant for this gateway")]
    Audience,
    /// A claim breaks a rule.
    #[error("the token's claims are not acceptable: {0}")]
    Claims(#[from] ClaimError),
    /// The validity of the token ends too long after it starts.
    #[error("the token's lifetime is longer than allowed here")]
    Lifetime,
    /// `exp` has come.
    #[error("the token has expired")]
    Expired,
    /// `nbf` has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// The token was taken back before it expired.
    #[error("the token was revoked")]
    Revoked,
    /// The client may not act at present.
    #[error("the client is suspended")]
    Suspended,
    /// The role is of a department that the issuer may not vouch for.
    #[error("the token's issuer may not vouch for the department of its role")]
    Department,
    /// The issuer's keys have never been loaded and cannot be loaded now.
    #[error("the issuer's keys cannot be loaded at present")]
    KeysUnavailable,
}

impl AuthError {
    /// The code for `extensions.code`: `UNAUTHENTICATED`, `TOKEN_EXPIRED`,
    /// `TOKEN_NOT_YET_VALID`, `TOKEN_REVOKED`, `CLIENT_SUSPENDED` or `KEYS_UNAVAILABLE`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "TOKEN_EXPIRED",
            Self::NotYetValid => "TOKEN_NOT_YET_VALID",
            Self::Revoked => "TOKEN_REVOKED",
            Self::Suspended => "CLIENT_SUSPENDED",
            Self::KeysUnavailable => "KEYS_UNAVAILABLE",
            _ => "UNAUTHENTICATED",
        }
    }
}

/// Why an issuer's key set could not be loaded.
#[derive(Debug, Error)]
pub enum KeySourceError {
    /// The address is neither https nor on this machine.
    #[error("keys are fetched over https only, except from a loopback address")]
    Insecure,
    /// The request failed, or took longer than three seconds.
    #[error("the key set could not be fetched")]
    Fetch(#[source] reqwest::Error),
    /// The answer was not 200; redirects are not followed.
    #[error("the key set was answered with HTTP status {0}")]
    Status(u16),
    /// The file could not be read.
    #[error("the key set could not be read")]
    Read(#[from] io::Error),
    /// Larger than 256 KiB.
    #[error("the key set is larger than 256 KiB")]
    TooLarge,
    /// Not a JWK Set (RFC 7517 §5).
    #[error("the document is not a JWK Set")]
    NotAKeySet,
    /// Nothing in it can verify a signature.
    #[error("the JWK Set has no public signature key that can be used")]
    NoUsableKey,
}

/// Why a verifier could not be set up.
#[derive(Debug, Error)]
pub enum SetupError {
    /// Without an audience, tokens for others would pass.
    #[error("an audience must be configured")]
    NoAudience,
    /// Two entries for one issuer.
    #[error("the issuer {0} is configured twice")]
    DuplicateIssuer(String),
    /// An issuer's keys could not be loaded.
    #[error("the keys of the issuer {issuer}")]
    Source {
        /// The configured issuer.
        issuer: String,
        /// What went wrong.
        source: KeySourceError,
    },
}
