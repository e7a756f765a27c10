//! One cell of the grant matrix: what a role may see of a group or field for a purpose.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::sharing::Group;
use serde::{Deserialize, Serialize};

use crate::policy::{Grant, LegalBasis, Level, Purpose, Role, Scope, Target};

/// Which cell: role, purpose, group, and the field where the cell is one field's. Ordered as the
/// matrix is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// To whom.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
    /// The group, or the group of the field.
    pub group: Group,
    /// `Kind.field`.
    pub field: Option<String>,
}

/// What a cell is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Which cell.
    pub key: Key,
    /// How much; `none` takes the grant away.
    pub level: Level,
    /// Of which rows.
    pub scope: Option<Scope>,
    /// The code of the law.
    pub legal_basis: String,
    /// Whether persons under 14 are within it (PIPL 31).
    pub covers_minors: bool,
    /// In force from this instant; none for the instant at which it is approved.
    pub valid_from: Option<DateTime<Utc>>,
    /// Dead from this instant.
    pub valid_until: Option<DateTime<Utc>>,
}

/// A cell as text files, stored proposals and requests write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellText {
    /// Role code.
    pub role: String,
    /// Purpose code.
    pub purpose: String,
    /// `G02` or `Person.name`.
    pub target: String,
    /// none, aggregate, predicate, masked or full.
    pub level: String,
    /// j, c, o, x, k, b or s.
    pub scope: Option<String>,
    /// The code of the law.
    pub legal_basis: String,
    /// Whether persons under 14 are within it.
    pub covers_minors: bool,
    /// RFC 3339.
    pub valid_from: Option<DateTime<Utc>>,
    /// RFC 3339.
    pub valid_until: Option<DateTime<Utc>>,
}

/// What is wrong with the text of a cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is no {what}")]
pub struct CellError {
    /// What was expected.
    pub what: &'static str,
    /// What stood there.
    pub value: String,
}

impl Key {
    /// The cell of a target; none where the catalogue has no such field.
    pub fn new(role: Role, purpose: Purpose, target: &Target) -> Option<Key> {
        let field = match target {
            Target::Group(_) => None,
            Target::Field(path) => Some(path.clone()),
        };
        Some(Key { role, purpose, group: target.group()?, field })
    }

    /// What the cell speaks of.
    pub fn target(&self) -> Target {
        match &self.field {
            Some(path) => Target::Field(path.clone()),
            None => Target::Group(self.group),
        }
    }

    /// Whether a change of one tells something about the other: a group and a field of it do.
    pub fn overlaps(&self, other: &Key) -> bool {
        (self.role, self.purpose, self.group) == (other.role, other.purpose, other.group)
            && (self.field == other.field || self.field.is_none() || other.field.is_none())
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {} {}", self.role, self.purpose, self.target())
    }
}

impl Cell {
    /// The cell that a grant set; none for a field that the catalogue does not have.
    pub fn of(grant: &Grant) -> Option<Cell> {
        Some(Cell {
            key: Key::new(grant.role, grant.purpose, &grant.target)?,
            level: grant.level,
            scope: grant.scope,
            legal_basis: grant.basis.code.clone(),
            covers_minors: grant.covers_minors,
            valid_from: Some(grant.valid_from),
            valid_until: grant.valid_until,
        })
    }

    /// The grant that the cell makes of a version at an instant. Nothing begins before it is made.
    pub fn grant(&self, version: i64, basis: Arc<LegalBasis>, now: DateTime<Utc>) -> Grant {
        Grant {
            version,
            role: self.key.role,
            target: self.key.target(),
            level: self.level,
            scope: self.scope,
            purpose: self.key.purpose,
            basis,
            covers_minors: self.covers_minors,
            valid_from: self.valid_from.map_or(now, |from| from.max(now)),
            valid_until: self.valid_until,
        }
    }

    /// Whether both open the same, whenever they begin.
    pub fn opens_the_same(&self, other: &Cell) -> bool {
        let open = |cell: &Cell| Cell { valid_from: None, ..cell.clone() };
        open(self) == open(other)
    }
}

impl From<&Cell> for CellText {
    fn from(cell: &Cell) -> Self {
        CellText {
            role: cell.key.role.code().to_owned(),
            purpose: cell.key.purpose.code().to_owned(),
            target: cell.key.target().to_string(),
            level: cell.level.code().to_owned(),
            scope: cell.scope.map(|scope| scope.code().to_owned()),
            legal_basis: cell.legal_basis.clone(),
            covers_minors: cell.covers_minors,
            valid_from: cell.valid_from,
            valid_until: cell.valid_until,
        }
    }
}

impl TryFrom<&CellText> for Cell {
    type Error = CellError;

    fn try_from(text: &CellText) -> Result<Self, Self::Error> {
        let role = understand("role", &text.role, |code| {
            Role::parse(code).filter(|role| Role::ALL.contains(role))
        })?;
        let purpose = understand("purpose for which data is asked for", &text.purpose, |code| {
            Purpose::parse(code).filter(|purpose| Purpose::ALL.contains(purpose))
        })?;
        let target = understand("group or field", &text.target, Target::parse)?;
        let key = understand("group or field", &text.target, |_| Key::new(role, purpose, &target))?;
        let scope = text.scope.as_deref().map(|code| understand("scope", code, Scope::parse));
        Ok(Cell {
            key,
            level: understand("level", &text.level, Level::parse)?,
            scope: scope.transpose()?,
            legal_basis: text.legal_basis.clone(),
            covers_minors: text.covers_minors,
            valid_from: text.valid_from,
            valid_until: text.valid_until,
        })
    }
}

fn understand<T>(
    what: &'static str,
    value: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, CellError> {
    parse(value).ok_or_else(|| CellError { what, value: value.to_owned() })
}
