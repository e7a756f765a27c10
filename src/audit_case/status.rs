//! Where a case stands.

use chrono::{DateTime, Utc};
use entity::audit_case::Model;

use crate::rules::audit_case::expires;

/// The decision that puts a case into force.
pub(super) const APPROVED: &str = "approved";

/// The decision against it.
pub(super) const REJECTED: &str = "rejected";

/// Whose case it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The officer's: two people sign, and the persons are told afterwards.
    Audit,
    /// The person's own request: the person is told at once.
    Request,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A second person has to decide.
    Proposed,
    /// Nobody decided in time.
    Lapsed,
    /// A second person ended it.
    Rejected,
    /// It opens its accesses to its officer.
    InForce,
    /// It was closed before its time, or taken back.
    Closed,
    /// Its 30 days are over.
    Ended,
}

impl Kind {
    /// The code that is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Audit => "audit",
            Kind::Request => "request",
        }
    }

    /// The kind with this code.
    pub fn parse(code: &str) -> Option<Kind> {
        [Kind::Audit, Kind::Request].into_iter().find(|kind| kind.code() == code)
    }
}

impl Status {
    /// The code in answers.
    pub const fn code(self) -> &'static str {
        match self {
            Status::Proposed => "PROPOSED",
            Status::Lapsed => "LAPSED",
            Status::Rejected => "REJECTED",
            Status::InForce => "IN_FORCE",
            Status::Closed => "CLOSED",
            Status::Ended => "ENDED",
        }
    }

    /// Where a row stands at an instant. One that nobody but its officer signed is not in force, and none
    /// is for longer than 30 days, whatever the row says.
    pub fn of(row: &Model, now: DateTime<Utc>) -> Status {
        if row.closed_at.is_some_and(|closed| closed <= now) {
            return Status::Closed;
        }
        match (row.decision.as_deref(), row.decided_at) {
            (None, _) if row.lapses_at <= now => Status::Lapsed,
            (None, _) => Status::Proposed,
            (Some(APPROVED), Some(decided)) if is_signed(row) => {
                let ends = row.expires_at.map_or(decided, |ends| ends.min(expires(decided)));
                if decided <= now && now < ends { Status::InForce } else { Status::Ended }
            }
            _ => Status::Rejected,
        }
    }
}

/// Whether whoever has to sign did: a second person, or where the person itself asked, nobody else.
fn is_signed(row: &Model) -> bool {
    match Kind::parse(&row.kind) {
        Some(Kind::Request) => row.person_id.is_some(),
        Some(Kind::Audit) => row.decider.as_ref().is_some_and(|decider| *decider != row.officer),
        None => false,
    }
}
