//! One cell of the grant matrix: what a role may see of a group or field for a purpose; and its text, the one
//! shape in which files, stored proposals, requests and answers write it.

use std::{fmt, sync::Arc};

use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, SecondsFormat, Utc};
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

/// 授权单元: a cell of the grant matrix
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, InputObject, SimpleObject)]
#[serde(deny_unknown_fields)]
#[graphql(name = "GrantCell", input_name = "GrantCellInput")]
pub struct CellText {
    /// 角色: the code of the role
    pub role: String,
    /// 用途: the code of the purpose
    pub purpose: String,
    /// 字段组或字段: G02 or Person.name
    pub target: String,
    /// 级别: none, aggregate, predicate, masked or full; none takes the grant away
    pub level: String,
    /// 范围: j, c, o, x, k, b or s
    pub scope: Option<String>,
    /// 法律依据: the code of the law; not needed to take a grant away
    #[graphql(default)]
    pub legal_basis: String,
    /// 未满14周岁: whether persons under 14 are within it
    #[graphql(default)]
    pub covers_minors: bool,
    /// 生效: in force from this instant; at once where absent
    pub valid_from: Option<DateTime<Utc>>,
    /// 失效: dead from this instant
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
    /// The cell of these codes.
    ///
    /// # Errors
    /// When one of them is not known.
    pub fn parse(role: &str, purpose: &str, target: &str) -> Result<Key, CellError> {
        let role = understand("role", role, |code| {
            Role::parse(code).filter(|role| Role::ALL.contains(role))
        })?;
        let purpose = understand("purpose for which data is asked for", purpose, |code| {
            Purpose::parse(code).filter(|purpose| Purpose::ALL.contains(purpose))
        })?;
        let known = parse_target(target)?;
        understand(TARGET, target, |_| Key::new(role, purpose, &known))
    }

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

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        let key = Key::parse(&text.role, &text.purpose, &text.target)?;
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

/// What a cell opens, without which cell it is: `full c RESPERMIT-8 under14 from 2026-01-01T00:00:00Z`.
impl fmt::Display for CellText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let mut words = vec![self.level.clone()];
        words.extend(self.scope.clone());
        words.push(self.legal_basis.clone());
        words.extend(self.covers_minors.then(|| "under14".to_owned()));
        words.extend(self.valid_from.map(|from| format!("from {}", instant(from))));
        words.extend(self.valid_until.map(|until| format!("until {}", instant(until))));
        formatter.write_str(&words.join(" "))
    }
}

/// What a target is, in errors.
const TARGET: &str = "group (G02) or field (Person.name)";

/// The group or field of a text.
///
/// # Errors
/// When it is neither.
pub fn parse_target(text: &str) -> Result<Target, CellError> {
    understand(TARGET, text, Target::parse)
}

fn understand<T>(
    what: &'static str,
    value: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, CellError> {
    parse(value).ok_or_else(|| CellError { what, value: value.to_owned() })
}
