//! Tokens that are refused although they verify.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use parking_lot::RwLock;

use super::{AuthError, Caller};

/// What is refused: the state of the database at one moment.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// Issuers with the ids (`jti`) of their revoked tokens that have not expired.
    pub revoked: HashMap<String, HashSet<String>>,
    /// Issuers with the clients (`sub`) that are suspended.
    pub suspended: HashMap<String, HashSet<String>>,
}

/// What is refused at present; looked at with every request, replaced whole.
#[derive(Default)]
pub(super) struct Refusals(RwLock<Arc<Refused>>);

impl Refusals {
    /// Refuses these from now on, and no others; whether they are not those of before.
    pub(super) fn replace(&self, refused: Refused) -> bool {
        let mut present = self.0.write();
        let differ = **present != refused;
        *present = Arc::new(refused);
        differ
    }

    /// Whether a verified caller may pass.
    pub(super) fn check(&self, caller: &Caller) -> Result<(), AuthError> {
        let refused = self.0.read();
        let holds = |all: &HashMap<String, HashSet<String>>, one: &str| {
            all.get(&caller.issuer).is_some_and(|ones| ones.contains(one))
        };
        if holds(&refused.suspended, &caller.subject) {
            return Err(AuthError::Suspended);
        }
        if holds(&refused.revoked, &caller.token_id) {
            return Err(AuthError::Revoked);
        }
        Ok(())
    }
}
