//! Remembers verified tokens, so that a signature is checked once.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{Expiry, sync::Cache};
use sha2::{Digest, Sha256};

use super::{Caller, claims::Validity, keyring::KeyRing};

/// A token's SHA-256: the token itself is not kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TokenKey([u8; 32]);

impl TokenKey {
    /// The key of a token.
    pub(super) fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

/// A token that passed, and what must still hold when it comes again.
#[derive(Clone)]
pub(super) struct Verified {
    pub(super) caller: Arc<Caller>,
    pub(super) validity: Validity,
    pub(super) ring: Arc<KeyRing>,
    /// The generation of the key set it was verified with.
    pub(super) generation: u64,
    /// The time left when it was remembered.
    pub(super) time_left: Duration,
}

/// The verified tokens of late.
pub(super) struct VerifiedTokens(Cache<TokenKey, Verified>);

impl VerifiedTokens {
    /// Room for this many.
    pub(super) fn new(entries: u64) -> Self {
        Self(Cache::builder().max_capacity(entries).expire_after(AtExpiry).build())
    }

    /// A remembered token; the caller of this function checks time and generation.
    pub(super) fn get(&self, key: &TokenKey) -> Option<Verified> {
        self.0.get(key)
    }

    /// Remembers a token.
    pub(super) fn insert(&self, key: TokenKey, verified: Verified) {
        self.0.insert(key, verified);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> u64 {
        self.0.run_pending_tasks();
        self.0.entry_count()
    }
}

// Frees memory when a token ends. It runs on moka's own clock; that an ended token is refused is
// decided at the hit, on the injected one.
struct AtExpiry;

impl Expiry<TokenKey, Verified> for AtExpiry {
    fn expire_after_create(&self, _: &TokenKey, new: &Verified, _: Instant) -> Option<Duration> {
        Some(new.time_left)
    }
}
