//! What a proposal would do, as GraphQL shows it.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};

use super::types::MatrixLine;
use crate::{grants::impact, policy::explain};

/// 影响: what a proposal would do
#[derive(SimpleObject)]
pub struct Impact {
    /// The instant at which all of it has begun; fields are compared there
    at: DateTime<Utc>,
    /// 字段: fields that roles would see otherwise; exact
    fields: Vec<FieldShift>,
    /// 底线: floors that it hits, the joint mask among them; exact
    floors: Vec<FloorHit>,
    /// 匿名度: roles that would hide another share of persons among others; exact for a county of
    /// 36,000 synthetic persons
    crowds: Vec<CrowdShift>,
    /// 人员: how many persons fields would appear of, in the whole province; an estimate
    persons: Vec<PersonsReached>,
    /// Recorded queries that read a field that would vanish
    would_stop: Vec<QueryUse>,
    /// Recorded queries that read a field of which less or other rows would be shown; those that
    /// filter or order by it may stop
    would_change: Vec<QueryUse>,
    /// Recorded queries that were refused for a field that would appear; an estimate, because they
    /// may lack another
    may_begin: Vec<QueryUse>,
    /// Records were looked at from this instant on, the latest million at most
    queries_since: Option<DateTime<Utc>>,
}

impl From<impact::Impact> for Impact {
    fn from(found: impact::Impact) -> Self {
        let uses = |list: Vec<impact::Use>| list.into_iter().map(QueryUse::from).collect();
        Self {
            at: found.at,
            fields: found.shifts.into_iter().map(FieldShift::from).collect(),
            crowds: found.crowds.into_iter().map(CrowdShift::from).collect(),
            floors: found
                .floors
                .into_iter()
                .map(|hit| FloorHit {
                    cell: hit.key.to_string(),
                    reason: hit.refusal.code(),
                    legal_basis: hit.refusal.law(),
                })
                .collect(),
            persons: found.persons.into_iter().map(PersonsReached::from).collect(),
            would_stop: uses(found.queries.stop),
            would_change: uses(found.queries.change),
            may_begin: uses(found.queries.may_begin),
            queries_since: found.queries.since,
        }
    }
}

/// 字段变化: a field that a role sees otherwise
#[derive(SimpleObject)]
pub struct FieldShift {
    appears: bool,
    vanishes: bool,
    before: MatrixLine,
    after: MatrixLine,
}

impl From<explain::Shift> for FieldShift {
    fn from(shift: explain::Shift) -> Self {
        Self {
            appears: shift.appears(),
            vanishes: shift.vanishes(),
            before: shift.before.into(),
            after: shift.after.into(),
        }
    }
}

/// 匿名度: the share of persons who share all that a role sees of them with at least four others
#[derive(SimpleObject)]
pub struct CrowdShift {
    role: &'static str,
    purpose: &'static str,
    /// In percent; absent where nobody is shown
    before: Option<String>,
    after: Option<String>,
    /// Whether persons are shown by name: only masked values count then
    named_before: bool,
    named_after: bool,
    /// Whether more persons would be singled out
    lowers: bool,
    /// Whether it would be under the floor of 90 percent, without a duty that needs it
    under_floor: bool,
    /// Why the duty of the role needs more than the floor allows
    duty: Option<&'static str>,
}

impl From<impact::CrowdShift> for CrowdShift {
    fn from(shift: impact::CrowdShift) -> Self {
        Self {
            role: shift.role.code(),
            purpose: shift.purpose.code(),
            before: shift.before.crowd.percent(),
            after: shift.after.crowd.percent(),
            named_before: shift.before.names_persons,
            named_after: shift.after.names_persons,
            lowers: shift.lowers(),
            under_floor: shift.is_too_low(),
            duty: shift.after.duty,
        }
    }
}

/// 底线: a floor that a cell hits
#[derive(SimpleObject)]
pub struct FloorHit {
    cell: String,
    reason: &'static str,
    /// 条款: the article
    legal_basis: &'static str,
}

/// 涉及人数: persons of whom fields of a kind appear
#[derive(SimpleObject)]
pub struct PersonsReached {
    role: &'static str,
    purpose: &'static str,
    kind: &'static str,
    /// Rounded to 5; absent when suppressed or not counted
    count: Option<i64>,
    /// Whether they were counted: of a large proposal only the first are
    is_counted: bool,
}

impl From<impact::Reached> for PersonsReached {
    fn from(reached: impact::Reached) -> Self {
        Self {
            role: reached.role.code(),
            purpose: reached.purpose.code(),
            kind: reached.kind,
            count: reached.count,
            is_counted: reached.is_counted,
        }
    }
}

/// 查询: a document, as often as it was asked
#[derive(SimpleObject)]
pub struct QueryUse {
    role: String,
    purpose: String,
    /// SHA-256 of the document, in hex
    document_hash: String,
    requests: i64,
    /// The fields that are concerned
    fields: Vec<String>,
}

impl From<impact::Use> for QueryUse {
    fn from(of: impact::Use) -> Self {
        Self {
            role: of.role,
            purpose: of.purpose,
            document_hash: of.document_hash,
            requests: of.requests,
            fields: of.fields,
        }
    }
}
