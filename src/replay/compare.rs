//! One table beside what must stand there.

use std::{collections::BTreeSet, fmt};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};

use super::{
    expected::Rows,
    image::{self, Image},
};

/// A row that is not what the acts made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The table.
    pub table: String,
    /// What names the row there.
    pub key: String,
    /// What is wrong with it.
    pub kind: Kind,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No act made it.
    Unexplained,
    /// An act made it, and it is not there.
    Missing,
    /// These columns differ from what the acts made.
    Differs(Vec<String>),
    /// An act itself is not as it was written.
    Altered,
}

impl Finding {
    /// Of an act that is not as it was written.
    pub(super) fn of_record(seq: i64) -> Finding {
        Finding { table: "access_record".to_owned(), key: seq.to_string(), kind: Kind::Altered }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.table.as_str() {
            image::LAW => "law",
            image::GRANT => "grant",
            image::VERSION => "version",
            image::PROPOSAL => "proposal",
            image::DECISION => "decision on proposal",
            image::CLIENT => "client",
            image::CREDENTIAL => "credential",
            image::REVOKED_TOKEN => "revoked token",
            image::AGREEMENT => "agreement",
            image::AUDIT_CASE => "audit case",
            image::CLOSING => "closing to guardians",
            image::IDENTITY => "identity of a person",
            image::SUBJECT_REQUEST => "request of a person",
            image::ACCESS_REQUEST => "request to share",
            image::BREAK_GLASS => "emergency access",
            image::CONSENT => "consent",
            _ => "record",
        };
        write!(formatter, "{what} {}: ", self.key)?;
        match &self.kind {
            Kind::Unexplained => formatter.write_str("no act explains it"),
            Kind::Missing => formatter.write_str("an act made it, and it is missing"),
            Kind::Differs(columns) => {
                write!(formatter, "differs from what the acts made: {}", columns.join(", "))
            }
            Kind::Altered => formatter.write_str("the act is not as it was written"),
        }
    }
}

/// A comparison under way.
pub(super) struct Comparison {
    table: &'static str,
    expected: Rows,
    seen: BTreeSet<String>,
    findings: Vec<Finding>,
    now: DateTime<Utc>,
    /// How many rows were compared.
    pub rows: u64,
}

impl Comparison {
    pub fn new(table: &'static str, expected: Rows, now: DateTime<Utc>) -> Self {
        Self { table, expected, seen: BTreeSet::new(), findings: Vec::new(), now, rows: 0 }
    }

    /// Takes a row that stands there.
    pub fn take(&mut self, row: Image) {
        let expected = self.expected.get(&row.key);
        // Other systems write consents, too.
        if expected.is_none() && self.table == image::CONSENT {
            return;
        }
        self.rows += 1;
        // A second row of the same cell is one too many, whatever it holds.
        let known = expected.filter(|_| self.seen.insert(row.key.clone()));
        let kind = match known {
            None => Some(Kind::Unexplained),
            Some(expected) => differing(self.table, expected, &row.columns),
        };
        if let Some(kind) = kind {
            self.findings.push(Finding { table: self.table.to_owned(), key: row.key, kind });
        }
    }

    /// What does not agree.
    pub fn end(self) -> Vec<Finding> {
        let Self { table, expected, seen, mut findings, now, .. } = self;
        for (key, columns) in expected {
            if !seen.contains(&key) && !is_forgotten(table, &columns, now) {
                findings.push(Finding { table: table.to_owned(), key, kind: Kind::Missing });
            }
        }
        findings
    }
}

/// Tokens that have expired need not be remembered.
fn is_forgotten(table: &str, columns: &Map<String, Json>, now: DateTime<Utc>) -> bool {
    let expires = columns.get("expiresAt").and_then(Json::as_str);
    table == image::REVOKED_TOKEN
        && expires.and_then(|at| at.parse::<DateTime<Utc>>().ok()).is_none_or(|at| at <= now)
}

fn differing(table: &str, expected: &Map<String, Json>, found: &Map<String, Json>) -> Option<Kind> {
    let differs = |(name, value): (&String, &Json)| {
        // An update of the gateway may end emergencies that are open; ending one opens nothing.
        let ended = table == image::BREAK_GLASS && name == "closedAt" && value.is_null();
        (found.get(name) != Some(value) && !ended).then(|| name.clone())
    };
    let columns: Vec<String> = expected.iter().filter_map(differs).collect();
    (!columns.is_empty()).then_some(Kind::Differs(columns))
}
