//! What a change hands out besides its record.

use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

use crate::secrets::hex;

/// The number of what a change made: a proposal, a version, an agreement. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Made(Arc<OnceLock<i64>>);

impl Made {
    /// The number; none while the change was not applied, or made nothing.
    pub fn get(&self) -> Option<i64> {
        self.0.get().copied()
    }

    /// Tells the number.
    pub fn set(&self, number: i64) {
        // A change is applied once; were it applied again, the first number stands.
        let _ = self.0.set(number);
    }
}

/// What people write beside a change may name persons, and records hold no personal values: they bind
/// the words by their SHA-256, and the words stand beside what was changed.
pub fn words_digest(words: &str) -> String {
    hex(&Sha256::digest(words.as_bytes()))
}
