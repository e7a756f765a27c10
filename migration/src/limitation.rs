//! The step from grants that hold under every purpose of a role to those that the purpose needs.
//!
//! Pure: the migration takes it over the tables, and whoever replays the record takes it over what the
//! acts made, and both come to the same rows.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;

use crate::{
    limits::{self, Granted, Most, rank},
    seed,
};

/// What is said of the version that it makes.
pub const LIMITATION_SUMMARY: &str =
    "purpose limitation: each purpose opens the groups that it needs";

/// When the limitation was decided. A steward's grant that was to begin later is looked at as one that
/// has not begun.
const DECIDED: &str = "2026-11-20T00:00:00+08:00";

/// Role, purpose, group, and the field where it is one's.
type Key = (String, String, String, Option<String>);

/// A row of the grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRow {
    pub version: i64,
    pub role: String,
    pub purpose: String,
    pub group: String,
    /// `Kind.field`.
    pub field: Option<String>,
    pub level: String,
    pub scope: Option<String>,
    /// The code of the law.
    pub law: String,
    pub covers_minors: bool,
    /// None where it is not known.
    pub valid_from: Option<DateTime<Utc>>,
    pub valid_until: Option<DateTime<Utc>>,
}

impl GrantRow {
    fn key(&self) -> Key {
        (self.role.clone(), self.purpose.clone(), self.group.clone(), self.field.clone())
    }

    fn of(version: i64, granted: Granted) -> GrantRow {
        let Granted { role, purpose, group, field, level, scope, law, covers_minors, valid_from } =
            granted;
        let valid_from = Some(valid_from);
        GrantRow {
            version,
            role,
            purpose,
            group,
            field,
            level,
            scope,
            law,
            covers_minors,
            valid_from,
            valid_until: None,
        }
    }

    /// Takes away what the cell opens, from the first instant at which it opened anything.
    fn closed(self, since: Option<DateTime<Utc>>) -> GrantRow {
        GrantRow {
            level: "none".to_owned(),
            scope: None,
            covers_minors: false,
            valid_from: since,
            valid_until: None,
            ..self
        }
    }

    fn opens_as(&self, other: &GrantRow) -> bool {
        let of = |row: &GrantRow| {
            (row.level.clone(), row.scope.clone(), row.law.clone(), row.covers_minors)
        };
        of(self) == of(other)
    }
}

/// When the version was decided.
///
/// # Errors
/// Never: the instant is a constant.
pub fn decided_at() -> Result<DateTime<Utc>, DbErr> {
    DateTime::parse_from_rfc3339(DECIDED).map(|at| at.to_utc()).map_err(seed::error)
}

/// The rows of the version that limits `rows`, all that there are.
///
/// What the gateway came with becomes what the purposes need. What stewards decided stays, where the
/// purpose needs the group and needs that much; what goes beyond is closed, for it wants the signature
/// of the data protection officer, which it does not have.
///
/// # Errors
/// When a data file or a row's level is not understood.
pub fn limited(rows: &[GrantRow]) -> Result<Vec<GrantRow>, DbErr> {
    let version = rows.iter().map(|row| row.version).max().unwrap_or(0) + 1;
    let most = limits::most()?;
    let mut cells: BTreeMap<Key, Vec<&GrantRow>> = BTreeMap::new();
    for row in rows {
        cells.entry(row.key()).or_default().push(row);
    }
    let mut made = Vec::new();
    for granted in limits::granted()? {
        let wanted = GrantRow::of(version, granted);
        let key = wanted.key();
        match cells.get(&key) {
            None => made.push(wanted),
            Some(versions) => {
                // What stewards decided on is looked at below.
                let is_untouched = versions.iter().all(|row| row.version == 1);
                if is_untouched && !versions.iter().any(|row| row.opens_as(&wanted)) {
                    made.push(wanted);
                }
                if is_untouched {
                    cells.remove(&key);
                }
            }
        }
    }
    for versions in cells.values() {
        made.extend(within(&most, version, versions)?);
    }
    made.sort_by_key(GrantRow::key);
    Ok(made)
}

/// What a cell that is not as the gateway came with it becomes; none where it stays.
fn within(most: &Most, version: i64, versions: &[&GrantRow]) -> Result<Option<GrantRow>, DbErr> {
    let Some(latest) = versions.iter().max_by_key(|row| row.version) else { return Ok(None) };
    let is_beyond = |row: &GrantRow| {
        let key = (row.purpose.clone(), row.role.clone(), row.group.clone());
        let most = most.get(&key).map_or("none", String::as_str);
        // A level that nobody knows opens nothing.
        Ok::<_, DbErr>(rank(&row.level).unwrap_or(0) > rank(most)?)
    };
    let mut any = false;
    for row in versions {
        any |= is_beyond(row)?;
    }
    let has_begun = latest.valid_from.is_none_or(|from| decided_at().is_ok_and(|at| from <= at));
    if !any || (!is_beyond(latest)? && has_begun) {
        return Ok(None);
    }
    let since = versions.iter().filter_map(|row| row.valid_from).min();
    let closed = GrantRow { version, ..(*latest).clone() }.closed(since);
    Ok(Some(closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<DateTime<Utc>> {
        Some(DateTime::parse_from_rfc3339(text).unwrap().to_utc())
    }

    fn row(version: i64, cell: &str, level: &str) -> GrantRow {
        let mut parts = cell.split(' ').map(str::to_owned);
        let mut next = || parts.next().unwrap();
        let (role, purpose, group) = (next(), next(), next());
        GrantRow {
            version,
            role,
            purpose,
            group,
            field: parts.next(),
            level: level.to_owned(),
            scope: Some("c".to_owned()),
            law: "HEALTH-35".to_owned(),
            covers_minors: true,
            valid_from: at("2020-06-01T00:00:00+08:00"),
            valid_until: None,
        }
    }

    /// `level scope` of one cell in what the limitation makes.
    fn made(rows: &[GrantRow], cell: &str) -> Option<String> {
        let key = row(0, cell, "none").key();
        let made = limited(rows).unwrap();
        let found = made.iter().find(|row| row.key() == key)?;
        Some(format!("{} {}", found.level, found.scope.as_deref().unwrap_or("-")))
    }

    #[test]
    fn what_the_gateway_came_with_becomes_what_the_purpose_needs() {
        let rows = [
            row(1, "HC P-HE G14", "full"),
            row(1, "HC P-HR G14", "full"),
            row(1, "HC P-IMM G14", "full"),
        ];
        assert_eq!(made(&rows, "HC P-HE G14").as_deref(), Some("none -"));
        assert_eq!(made(&rows, "HC P-HR G14"), None, "as it is");
        assert_eq!(made(&rows, "HC P-IMM G14").as_deref(), Some("masked c"));
        assert_eq!(made(&rows, "GG P-REF G02").as_deref(), Some("masked k"), "what is new");
        assert!(limited(&rows).unwrap().iter().all(|row| row.version == 2));
    }

    #[test]
    fn what_stewards_decided_stays_within_the_purpose_and_is_closed_beyond_it() {
        let first = row(1, "HC P-IMM G14", "full");
        let narrowed = row(2, "HC P-IMM G14", "predicate");
        assert_eq!(made(&[first.clone(), narrowed.clone()], "HC P-IMM G14"), None);
        let revoked = row(3, "HC P-IMM G14", "none");
        assert_eq!(made(&[first.clone(), revoked], "HC P-IMM G14"), None);
        let widened = row(2, "HC P-HE G14", "masked");
        assert_eq!(made(&[widened], "HC P-HE G14").as_deref(), Some("none -"));
        let field = row(2, "HC P-HE G14 HealthRecord.bloodType", "full");
        let cell = "HC P-HE G14 HealthRecord.bloodType";
        assert_eq!(made(&[field], cell).as_deref(), Some("none -"));
        // Until it begins, what was before it would hold.
        let scheduled = GrantRow { valid_from: at("2027-01-01T00:00:00+08:00"), ..narrowed };
        let all = [first, scheduled];
        assert_eq!(made(&all, "HC P-IMM G14").as_deref(), Some("none -"));
        let closed = limited(&all).unwrap();
        let closed = closed.iter().find(|row| row.key() == all[0].key()).unwrap();
        assert_eq!(closed.valid_from, all[0].valid_from, "from the first instant on");
    }

    #[test]
    fn a_second_time_changes_nothing() {
        let rows = [row(1, "HC P-HE G14", "full"), row(1, "HC P-IMM G14", "full")];
        let mut all = rows.to_vec();
        all.extend(limited(&rows).unwrap());
        assert_eq!(limited(&all).unwrap(), []);
    }
}
