//! What stewards do: each commits with its record, and weighs what it finds under the lock there.

mod decide;
mod propose;
mod revoke;

use serde_json::{Value as Json, json};

pub use decide::Decide;
pub use propose::{Propose, Wanted};
pub use revoke::Revoke;

use super::{
    approval::Objection,
    cell::{Cell, CellText},
    proposal::LONGEST,
};
use crate::error::{Code, GatewayError, Result};

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

/// Refuses words that are too long to be read.
fn readable(words: &str) -> Result<()> {
    if words.chars().count() > LONGEST || words.contains('\0') {
        let message = format!("write at most {LONGEST} characters of plain text");
        return Err(GatewayError::new(Code::BadUserInput, message));
    }
    Ok(())
}
