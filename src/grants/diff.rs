//! What differs between two sets of grants, cell by cell.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::cell::{Cell, CellText, Key};
use crate::policy::{GrantSet, Level};

/// A cell that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellChange {
    /// Which cell.
    pub key: Key,
    /// As it was; none where there was no grant.
    pub before: Option<Cell>,
    /// As it is to be; none where there is no grant any more.
    pub after: Option<Cell>,
}

/// The latest version of every cell, in the order of the matrix.
pub fn cells(grants: &GrantSet) -> BTreeMap<Key, Cell> {
    let cells = grants.latest().filter_map(Cell::of);
    cells.map(|cell| (cell.key.clone(), cell)).collect()
}

/// What differs between two versions.
pub fn between(before: &GrantSet, after: &GrantSet) -> Vec<CellChange> {
    let (mut before, after) = (cells(before), cells(after));
    let mut changes: Vec<CellChange> = Vec::new();
    for (key, cell) in after {
        let was = before.remove(&key);
        if was.as_ref() != Some(&cell) {
            changes.push(CellChange { key, before: was, after: Some(cell) });
        }
    }
    let gone = before.into_iter();
    changes.extend(gone.map(|(key, cell)| CellChange { key, before: Some(cell), after: None }));
    changes.sort_by(|one, other| one.key.cmp(&other.key));
    changes
}

/// What would have to be set for the grants to be as wanted: cells that are not wanted at all are
/// taken away.
pub fn towards(current: &GrantSet, wanted: &[Cell], now: DateTime<Utc>) -> Vec<CellChange> {
    let mut current = cells(current);
    let mut changes: Vec<CellChange> = Vec::new();
    for cell in wanted {
        let was = current.remove(&cell.key);
        if !was.as_ref().is_some_and(|was| is_as_wanted(was, cell, now)) {
            let key = cell.key.clone();
            changes.push(CellChange { key, before: was, after: Some(cell.clone()) });
        }
    }
    let unwanted = current.into_values().filter(|cell| cell.level != Level::None);
    changes.extend(unwanted.map(|cell| CellChange {
        key: cell.key.clone(),
        after: Some(taken_away(&cell)),
        before: Some(cell),
    }));
    changes.sort_by(|one, other| one.key.cmp(&other.key));
    changes
}

/// The cell that takes a grant away at once.
pub fn taken_away(cell: &Cell) -> Cell {
    let (key, legal_basis) = (cell.key.clone(), cell.legal_basis.clone());
    Cell {
        key,
        level: Level::None,
        scope: None,
        legal_basis,
        covers_minors: false,
        valid_from: None,
        valid_until: None,
    }
}

/// Whether a cell stands as wanted. One that has begun is not asked when it did.
pub fn is_as_wanted(current: &Cell, wanted: &Cell, now: DateTime<Utc>) -> bool {
    let has_begun = |cell: &Cell| cell.valid_from.is_none_or(|from| from <= now);
    if has_begun(current) && has_begun(wanted) {
        current.opens_the_same(wanted)
    } else {
        current == wanted
    }
}

/// One change a line: `+` opened, `-` taken away, `~` changed.
pub fn text(changes: &[CellChange]) -> String {
    let line = |change: &CellChange| {
        let opens = |cell: &Option<Cell>| {
            cell.as_ref().filter(|cell| cell.level != Level::None).map(CellText::from)
        };
        let key = &change.key;
        match (opens(&change.before), opens(&change.after)) {
            (None, Some(after)) => format!("+ {key}: {after}\n"),
            (Some(before), None) => format!("- {key}: {before}\n"),
            (Some(before), Some(after)) => format!("~ {key}: {before} -> {after}\n"),
            (None, None) => format!("~ {key}: none\n"),
        }
    };
    changes.iter().map(line).collect()
}
