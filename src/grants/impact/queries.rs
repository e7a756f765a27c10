//! Recorded queries of the last days that a proposal would stop, change, or may let begin.
//!
//! Records name the fields that a query read, and of a refused one the first that it lacked; not
//! where in the document each stood. So a query that reads a vanishing field stops for certain; one
//! whose field is narrowed changes, and stops where it filtered by it; and one that was refused may
//! begin, unless it lacks something else as well.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    audit::{Outcome, RecordedField},
    catalogue::{Field, FieldId, catalogue},
    error::{Code, Result},
    graphql::sql::Params,
    policy::{Purpose, Role, explain::Shift},
    read::{Reader, Rows, Value},
};

/// How far back records are looked at.
const DAYS: i64 = 30;

/// How many records are looked at, the latest.
const RECORDS: i64 = 1_000_000;

/// How many documents are listed of each sort, those asked most first.
const LISTED: usize = 50;

/// Recorded queries that are concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queries {
    /// Read a field that vanishes.
    pub stop: Vec<Use>,
    /// Read a field of which less, or other rows, are shown.
    pub change: Vec<Use>,
    /// Were refused for a field that appears.
    pub may_begin: Vec<Use>,
    /// The first instant that was looked at, unless `RECORDS` came before.
    pub since: Option<DateTime<Utc>>,
}

/// A document, as often as it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The role that asked.
    pub role: String,
    /// What for.
    pub purpose: String,
    /// SHA-256 of the document, in hex.
    pub document_hash: String,
    /// How often it was asked.
    pub requests: i64,
    /// The fields that are concerned.
    pub fields: Vec<String>,
}

/// What becomes of the fields of one role and purpose.
type Concerned<'s> = HashMap<FieldId, &'s Shift>;

/// Looks through the records of the roles and purposes that see something otherwise.
pub(super) async fn queries(
    reader: &dyn Reader,
    shifts: &[Shift],
    now: DateTime<Utc>,
) -> Result<Queries> {
    let since = now - TimeDelta::days(DAYS);
    let mut concerned: BTreeMap<(Role, Purpose), Concerned<'_>> = BTreeMap::new();
    for shift in shifts {
        let of = concerned.entry((shift.after.role, shift.after.purpose)).or_default();
        of.insert(shift.after.field.id, shift);
    }
    let mut found = Queries { since: Some(since), ..Queries::default() };
    for ((role, purpose), fields) in concerned {
        let rows = recorded(reader, role, purpose, since).await?;
        sort(&rows, role, purpose, &fields, &mut found);
    }
    for list in [&mut found.stop, &mut found.change, &mut found.may_begin] {
        list.sort_by_key(|used| std::cmp::Reverse(used.requests));
        list.truncate(LISTED);
    }
    Ok(found)
}

async fn recorded(
    reader: &dyn Reader,
    role: Role,
    purpose: Purpose,
    since: DateTime<Utc>,
) -> Result<Rows> {
    let mut params = Params::new(reader.dialect());
    let first = params.bind(Value::Int(RECORDS));
    let role = params.bind(Value::Text(role.code().to_owned()));
    let purpose = params.bind(Value::Text(purpose.code().to_owned()));
    let since = params.bind(Value::Instant(since));
    let refused = params.bind(Value::Text(Code::FieldNotShared.as_str().to_owned()));
    let allowed = params.bind(Value::Text(Outcome::Allowed.as_str().to_owned()));
    let sql = format!(
        "SELECT document_hash, fields, decision, count(*) FROM access_record \
         WHERE seq > (SELECT seq FROM access_head WHERE id = 1) - {first} \
         AND role = {role} AND purpose = {purpose} AND at >= {since} \
         AND decision IN ({allowed}, {refused}) AND fields <> '' \
         GROUP BY document_hash, fields, decision ORDER BY document_hash, fields, decision"
    );
    Ok(reader.read(&params.finish(sql)).await?)
}

fn sort(rows: &Rows, role: Role, purpose: Purpose, of: &Concerned<'_>, found: &mut Queries) {
    let mut uses: BTreeMap<(usize, String), Use> = BTreeMap::new();
    for row in 0..rows.len() {
        let text = |column| rows.text(row, column).unwrap_or_default();
        let (hash, fields, was_allowed) = (text(0), text(1), text(2) == Outcome::Allowed.as_str());
        let named = RecordedField::of_record(fields);
        let mut lists: [Vec<String>; 3] = Default::default();
        for shift in named.flat_map(|field| shifts_of(&field, of)) {
            let path = shift.after.field.path();
            match (was_allowed, shift.vanishes(), shift.appears()) {
                (true, true, _) => lists[0].push(path),
                (true, false, _) => lists[1].push(path),
                (false, _, true) => lists[2].push(path),
                (false, _, false) => {}
            }
        }
        // Of a query that stops it need not be said that it changes.
        let Some(sort) = lists.iter().position(|list| !list.is_empty()) else { continue };
        let entry = uses.entry((sort, hash.to_owned())).or_insert_with(|| Use {
            role: role.code().to_owned(),
            purpose: purpose.code().to_owned(),
            document_hash: hash.to_owned(),
            requests: 0,
            fields: Vec::new(),
        });
        entry.requests += rows.int(row, 3).unwrap_or(0);
        entry.fields.append(&mut lists[sort]);
        entry.fields.sort();
        entry.fields.dedup();
    }
    for ((sort, _), of_document) in uses {
        match sort {
            0 => found.stop.push(of_document),
            1 => found.change.push(of_document),
            _ => found.may_begin.push(of_document),
        }
    }
}

/// What becomes of a field, or of the fields of a kind where a whole kind was lacking.
fn shifts_of<'s>(named: &RecordedField<'_>, of: &Concerned<'s>) -> Vec<&'s Shift> {
    let shift = |field: &Field| of.get(&field.id).copied();
    match named.member {
        Some(_) => named.field().and_then(shift).into_iter().collect(),
        None => {
            let kind = catalogue().kind_named(named.kind);
            kind.into_iter()
                .flat_map(|kind| catalogue().fields_of(kind.id))
                .filter_map(shift)
                .collect()
        }
    }
}
