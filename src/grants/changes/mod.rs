//! What stewards do: each commits with its record, and weighs what it finds under the lock there.

mod decide;
mod propose;
mod revoke;

use std::sync::{Arc, OnceLock};

use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

pub use decide::Decide;
pub use propose::{Propose, Wanted};
pub use revoke::Revoke;

use super::{
    approval::Objection,
    cell::{Cell, CellText},
    proposal::LONGEST,
};
use crate::{
    error::{Code, GatewayError, Result},
    secrets::hex,
};

/// A number that a change gives out: of the proposal or version it made. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Made(Arc<OnceLock<i64>>);

impl Made {
    /// The number; none while the change was not applied, or made nothing.
    pub fn get(&self) -> Option<i64> {
        self.0.get().copied()
    }

    fn set(&self, number: i64) {
        // A change is applied once; were it applied again, the first number stands.
        let _ = self.0.set(number);
    }
}

impl From<Objection> for GatewayError {
    fn from(objection: Objection) -> Self {
        let code = match objection {
            Objection::Decided | Objection::Twice => Code::Conflict,
            _ => Code::Forbidden,
        };
        GatewayError::new(code, objection.to_string())
    }
}

/// Cells as records tell them.
fn told(cells: &[Cell]) -> Json {
    json!(cells.iter().map(CellText::from).collect::<Vec<_>>())
}

/// What stewards write may name persons, and records hold no personal values: they bind the words
/// by their SHA-256, and the words stand beside the proposal.
fn bound(words: &str) -> Json {
    json!(hex(&Sha256::digest(words.as_bytes())))
}

/// Refuses words that are too long to be read.
fn readable(words: &str) -> Result<()> {
    if words.chars().count() > LONGEST || words.contains('\0') {
        let message = format!("write at most {LONGEST} characters of plain text");
        return Err(GatewayError::new(Code::BadUserInput, message));
    }
    Ok(())
}
