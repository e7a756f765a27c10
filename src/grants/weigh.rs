//! Whether cells may be set at all: floors, laws, and what is plainly a mistake.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use super::{
    cell::{Cell, Key},
    diff,
    ownership::exceeds_purpose,
    store::Ledger,
};
use crate::{
    error::{Code, GatewayError, Result},
    policy::{Grant, Instrument, Level, Refusal, could_hold},
};

/// Most cells of one proposal: more than the whole matrix has.
const MAX_CELLS: usize = 10_000;

/// A floor that a cell would hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which cell.
    pub key: Key,
    /// The floor.
    pub refusal: Refusal,
}

impl Hit {
    /// As answers carry it.
    pub fn to_json(&self) -> Json {
        json!({
            "cell": self.key.to_string(),
            "reason": self.refusal.code(),
            "legalBasis": self.refusal.law(),
        })
    }
}

impl std::fmt::Display for Hit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {} ({})", self.key, self.refusal.code(), self.refusal.law())
    }
}

/// Fills in what a cell that takes a grant away need not say.
///
/// # Errors
/// When there is nothing to set, a cell is named twice, or a law is not known.
pub fn complete(ledger: &Ledger, cells: &[Cell]) -> Result<Vec<Cell>> {
    let wrong = |message: String| GatewayError::new(Code::BadUserInput, message);
    if cells.is_empty() || cells.len() > MAX_CELLS {
        return Err(wrong(format!("a proposal sets between 1 and {MAX_CELLS} cells")));
    }
    let mut named = HashSet::new();
    let mut completed = Vec::with_capacity(cells.len());
    for cell in cells {
        if !named.insert(&cell.key) {
            return Err(wrong(format!("{} is set twice", cell.key)));
        }
        let mut cell = cell.clone();
        if cell.level == Level::None && cell.legal_basis.is_empty() {
            let current = ledger.current(&cell.key);
            let basis = current.map(|grant| grant.basis.code.clone());
            cell.legal_basis =
                basis.ok_or_else(|| wrong(format!("{}: there is no grant", cell.key)))?;
        }
        let Some((_, law)) = ledger.law(&cell.legal_basis) else {
            let message = format!("{}: {:?} is no legal basis", cell.key, cell.legal_basis);
            return Err(wrong(message));
        };
        if law.instrument == Instrument::Policy && exceeds_purpose(&cell.key, cell.level) {
            let message = format!(
                "{}: what goes beyond the need of its purpose rests on a law, and {:?} is a policy paper",
                cell.key, cell.legal_basis
            );
            return Err(wrong(message).with("reason", Refusal::PolicyIsNoLaw.code()));
        }
        if cell.valid_until.is_some_and(|end| cell.valid_from.is_some_and(|from| end <= from)) {
            return Err(wrong(format!("{} would end before it begins", cell.key)));
        }
        completed.push(cell);
    }
    Ok(completed)
}

/// The grants that completed cells make of the next version, and the floors they would hit there.
pub fn grants(ledger: &Ledger, cells: &[Cell], now: DateTime<Utc>) -> (Vec<Grant>, Vec<Hit>) {
    let version = ledger.grants.version() + 1;
    let made: Vec<Grant> = cells
        .iter()
        .filter_map(|cell| {
            let (_, basis) = ledger.law(&cell.legal_basis)?;
            Some(cell.grant(version, basis.clone(), now))
        })
        .collect();
    let resulting = ledger.grants.with(made.iter().cloned());
    let hits = cells
        .iter()
        .zip(&made)
        .filter_map(|(cell, grant)| {
            let refusal = could_hold(&resulting, grant, now).err()?;
            Some(Hit { key: cell.key.clone(), refusal })
        })
        .collect();
    (made, hits)
}

/// The same, refused where a floor is hit.
///
/// # Errors
/// Names every floor with its article.
pub fn permitted(ledger: &Ledger, cells: &[Cell], now: DateTime<Utc>) -> Result<Vec<Grant>> {
    let (grants, hits) = grants(ledger, cells, now);
    let Some(first) = hits.first() else { return Ok(grants) };
    let all: Vec<Json> = hits.iter().map(Hit::to_json).collect();
    Err(GatewayError::new(Code::Forbidden, format!("no grant can hold here: {first}"))
        .with("reason", first.refusal.code())
        .with("legalBasis", first.refusal.law())
        .with("floors", all))
}

/// Refuses cells that set nothing anew.
///
/// # Errors
/// When every cell is as it stands.
pub fn changes_something(ledger: &Ledger, cells: &[Cell], now: DateTime<Utc>) -> Result<()> {
    let stands = |cell: &Cell| {
        let current = ledger.current(&cell.key).and_then(Cell::of);
        current.is_some_and(|current| diff::is_as_wanted(&current, cell, now))
    };
    if cells.iter().all(stands) {
        return Err(GatewayError::new(Code::Conflict, "the grants are so already"));
    }
    Ok(())
}
