//! The gateway's own issuer: a key of its own, and tokens for demonstrations and operators.

use std::{fs, io, path::Path, time::Duration};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header, encode,
    jwk::{AlgorithmParameters, Jwk, ThumbprintHash},
};
use rand::TryRng;
use serde::Serialize;
use serde_json::json;
use thiserror::Error;
use zeroize::Zeroizing;

use super::{Audience, ClaimError, Claims, ClientMarks};
use crate::{
    files,
    policy::{Purpose, Role},
    secrets::private_key_pem,
};

/// An ES256 key pair. Never printed.
pub struct LocalKey {
    key: EncodingKey,
    kid: String,
    x: String,
    y: String,
}

/// Why a key file could not be used.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// It cannot be read or created, or others may read it.
    #[error("the signing key's file cannot be used")]
    File(#[from] io::Error),
    /// Not a P-256 private key in PKCS#8 PEM.
    #[error("the signing key's file holds no P-256 private key in PKCS#8 PEM")]
    Content,
    /// The cryptographic library failed.
    #[error("no signing key could be generated")]
    Generation,
    /// The one key was configured, and there is no directory of keys.
    #[error("the signing key is configured (keys.signing_pem); replace it there")]
    Fixed,
}

/// What a token shall say.
#[derive(Clone)]
pub struct TokenRequest {
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// `sub`: 1 to 256 characters.
    pub subject: String,
    /// The role.
    pub role: Role,
    /// The administrative unit's code.
    pub unit: String,
    /// The organization's code.
    pub organization: Option<String>,
    /// The purposes; none means all that are open to the role.
    pub purposes: Vec<Purpose>,
    /// The person's key: required for [`Role::SU`], refused for all others.
    pub person: Option<i64>,
    /// How long the token holds, in whole seconds: 1 s to 24 h.
    pub ttl: Duration,
}

/// Why no token was issued.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum IssueError {
    /// The verifier would refuse the claims.
    #[error(transparent)]
    Claims(#[from] ClaimError),
    /// The lifetime is out of range.
    #[error("a token holds for 1 second to 24 hours")]
    Lifetime,
    /// Randomness or the signature failed.
    #[error("the token could not be signed")]
    Signing,
}

impl LocalKey {
    /// Opens the key, or creates it with mode 0600 where there is none.
    ///
    /// # Errors
    /// When the file cannot be read or created, others may read it, or it holds another thing.
    pub fn open_or_create(path: &Path) -> Result<Self, KeyFileError> {
        match files::require_private(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                match files::write_private(path, generate()?.as_bytes()) {
                    // Another process was faster: its key is the key.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        files::require_private(path)?;
                    }
                    written => written?,
                }
            }
            checked => checked?,
        }
        Self::from_pem(&Zeroizing::new(fs::read(path)?))
    }

    /// The key in a PEM text.
    pub(super) fn from_pem(pem: &[u8]) -> Result<Self, KeyFileError> {
        let key = EncodingKey::from_ec_pem(pem).map_err(|_| KeyFileError::Content)?;
        let jwk =
            Jwk::from_encoding_key(&key, Algorithm::ES256).map_err(|_| KeyFileError::Content)?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| KeyFileError::Content)?;
        let AlgorithmParameters::EllipticCurve(point) = jwk.algorithm else {
            return Err(KeyFileError::Content);
        };
        Ok(Self { key, kid, x: point.x, y: point.y })
    }

    /// The key's id: its JWK thumbprint (RFC 7638, SHA-256).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key as a JWK (RFC 7517 §4).
    pub fn public_jwk(&self) -> serde_json::Value {
        json!({
            "kty": "EC", "crv": "P-256", "x": self.x, "y": self.y,
            "kid": self.kid, "alg": "ES256", "use": "sig",
        })
    }

    /// The public key as a JWK Set (RFC 7517 §5).
    pub fn public_jwks(&self) -> serde_json::Value {
        json!({ "keys": [self.public_jwk()] })
    }

    /// Signs claims as a token of this type (`typ`).
    ///
    /// # Errors
    /// When the signature fails.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, IssueError> {
        let header = Header {
            typ: Some(typ.to_owned()),
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::ES256)
        };
        encode(&header, claims, &self.key).map_err(|_| IssueError::Signing)
    }

    /// Issues a token that starts at `now`.
    ///
    /// # Errors
    /// When the token would be refused by a verifier, or could not be signed.
    pub fn issue(&self, request: &TokenRequest, now: DateTime<Utc>) -> Result<String, IssueError> {
        let lifetime = Duration::from_secs(1)..=Duration::from_hours(24);
        if !lifetime.contains(&request.ttl) {
            return Err(IssueError::Lifetime);
        }
        let claims = claims(request, now)?;
        // The verifier's own rules, so that whatever is issued is also accepted.
        claims.check()?;
        self.sign("JWT", &claims)
    }
}

fn claims(request: &TokenRequest, now: DateTime<Utc>) -> Result<Claims, IssueError> {
    let start = u64::try_from(now.timestamp()).map_err(|_| ClaimError::Instants)?;
    let purposes = if request.purposes.is_empty() {
        Purpose::of(request.role).collect()
    } else {
        request.purposes.clone()
    };
    Ok(Claims {
        iss: request.issuer.clone(),
        aud: Audience::One(request.audience.clone()),
        exp: start + request.ttl.as_secs(),
        nbf: start,
        iat: Some(start),
        sub: request.subject.clone(),
        jti: token_id()?,
        role: request.role,
        unit: request.unit.clone(),
        organization: request.organization.clone(),
        purposes,
        person: request.person,
        identity: None,
        act: None,
        marks: ClientMarks::default(),
    })
}

/// A new token's id: 128 random bits.
///
/// # Errors
/// When the system has no randomness to give.
pub fn token_id() -> Result<String, IssueError> {
    let mut bytes = [0u8; 16];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).map_err(|_| IssueError::Signing)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A new private key in PEM.
pub(super) fn generate() -> Result<Zeroizing<String>, KeyFileError> {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
        .map_err(|_| KeyFileError::Generation)?;
    Ok(private_key_pem(document.as_ref()))
}
