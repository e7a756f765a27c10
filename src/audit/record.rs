//! What a request leaves behind, before it has a place in the chain.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use entity::access_record::Model;
use serde_json::json;

use super::chain;
use super::change::Applied;
use super::fields::Fields;
use super::outcome::Outcome;
use super::persons::{Divided, Subjects};

/// Who asked, for what, which fields, and whose data was in the answer. No personal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// When, to the microsecond; on the chain not before the record in front of it. A change has the
    /// instant at which it was made.
    pub at: DateTime<Utc>,
    /// The subject of the token.
    pub caller: String,
    /// The `jti` of the token.
    pub token_id: String,
    /// Role code.
    pub role: String,
    /// Department code.
    pub department: String,
    /// Unit code.
    pub unit: String,
    /// Organization code.
    pub organization: Option<String>,
    /// Purpose code.
    pub purpose: Option<String>,
    /// Operation name.
    pub operation: Option<String>,
    /// SHA-256 of the document, in hex.
    pub document_hash: String,
    /// The version of the grants that decided.
    pub grants_version: i64,
    /// What it came to.
    pub decision: Outcome,
    /// Everything asked for, and at which level.
    pub fields: Fields,
    /// Whether the access itself tells of specially protected data.
    pub protected: bool,
    /// How many rows were read for the answer.
    pub row_count: u64,
    /// Whom the answer tells of, and what of each.
    pub subjects: Subjects,
}

/// A record and its subjects. `seq` and the hashes are given when its batch takes its turn.
#[derive(Debug)]
pub(super) struct Entry {
    pub record: Model,
    pub subjects: Vec<i64>,
    /// Which of the record's sets of fields is each one's, where there are several.
    pub sets: Vec<i16>,
}

impl From<Draft> for Entry {
    fn from(draft: Draft) -> Self {
        let Divided { persons, shown, sets } = draft.subjects.divide(&draft.fields);
        let record = Model {
            seq: 0,
            at: to_microseconds(draft.at),
            caller: storable(draft.caller),
            token_id: storable(draft.token_id),
            role: storable(draft.role),
            department: storable(draft.department),
            unit: storable(draft.unit),
            organization: draft.organization.map(storable),
            purpose: draft.purpose.map(storable),
            operation: draft.operation.map(storable),
            document_hash: storable(draft.document_hash),
            grants_version: draft.grants_version,
            decision: draft.decision.as_str().to_owned(),
            fields: draft.fields.to_string(),
            protected: draft.protected,
            row_count: i64::try_from(draft.row_count).unwrap_or(i64::MAX),
            subject_count: i64::try_from(persons.len()).unwrap_or(i64::MAX),
            subjects_digest: chain::divided_digest(&persons, &sets),
            change: None,
            shown,
            previous_hash: String::new(),
            hash: String::new(),
        };
        Self { record, subjects: persons, sets }
    }
}

impl Entry {
    /// The record of a request that changed something.
    pub fn of_change(mut draft: Draft, applied: Applied) -> Self {
        draft.decision = applied.decision();
        let Applied { action, target, before, after, subjects } = applied;
        draft.subjects = subjects.into();
        let change =
            json!({ "action": action, "target": target, "before": before, "after": after });
        let mut entry = Self::from(draft);
        entry.record.change = Some(storable(change.to_string()));
        entry
    }
}

/// PostgreSQL keeps microseconds; a finer instant would not hash to the same when read again.
pub(super) fn to_microseconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(at)
}

/// PostgreSQL refuses NUL in text; one such value would cost its whole batch.
fn storable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}
