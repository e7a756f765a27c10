//! A key set: the usable keys of a JWK Set (RFC 7517 §5) by their id.

use std::collections::HashMap;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    KeySourceError,
    keys::{Jwk, VerificationKey},
};

/// The keys an issuer published at one time.
pub(super) struct KeySet {
    keys: HashMap<String, VerificationKey>,
    digest: [u8; 32],
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

impl KeySet {
    /// Reads a JWK Set; keys that cannot be used are left out, as RFC 7517 §5 asks. Where an id
    /// occurs twice, the first key counts.
    pub(super) fn parse(json: &[u8]) -> Result<Self, KeySourceError> {
        let document: Document =
            serde_json::from_slice(json).map_err(|_| KeySourceError::NotAKeySet)?;
        let mut keys = HashMap::new();
        for entry in document.keys {
            let Ok(mut jwk) = serde_json::from_value::<Jwk>(entry) else { continue };
            // A token names its key; one without an id could not be named.
            let Some(kid) = jwk.kid.take() else { continue };
            if let Some(key) = jwk.into_verification_key() {
                keys.entry(kid).or_insert(key);
            }
        }
        Ok(Self { keys, digest: Sha256::digest(json).into() })
    }

    /// The key of this id.
    pub(super) fn get(&self, kid: &str) -> Option<&VerificationKey> {
        self.keys.get(kid)
    }

    /// Whether no key can be used.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether both come from the same document.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}
