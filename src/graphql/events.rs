//! Emergency accesses as GraphQL has them: how much of each, to whom.

use chrono::{DateTime, Utc};
use entity::sharing::Referent;
use serde_json::{Value as Json, json};

use super::{ids::Identifiers, shape::Shape, write::rfc3339};
use crate::{policy::EventView, rules::break_glass::reason_zh};

/// The kind that identifiers of emergency accesses name.
pub const KIND: &str = "BreakGlassEvent";

/// The kind that identifiers of patients name.
const PERSON: &str = "Person";

const DESCRIPTION: &str = "紧急访问: one clinician's emergency access to one patient";

type Member = (&'static str, &'static str, Option<&'static Shape>);

const ID: Member = ("id", "ID", None);
const PERSON_ID: Member = ("personId", "ID", None);
const PERSON_REF: Member = ("personRef", "ID", None);
const OPENED_BY: Member = ("openedBy", "String", None);
const ROLE: Member = ("role", "Code", None);
const ORGANIZATION: Member = ("organization", "Code", None);
const OPENED_AT: Member = ("openedAt", "DateTime", None);
const EXPIRES_AT: Member = ("expiresAt", "DateTime", None);
const CLOSED_AT: Member = ("closedAt", "DateTime", None);
const REASON_CODE: Member = ("reasonCode", "Code", None);
const REASON_LABEL_ZH: Member = ("reasonLabelZh", "String", None);
const REASON_TEXT: Member = ("reasonText", "String", None);
const REVIEWED_AT: Member = ("reviewedAt", "DateTime", None);
const REVIEWER: Member = ("reviewer", "String", None);
const VERDICT: Member = ("verdict", "Code", None);
const NOTE: Member = ("note", "String", None);
const REVIEW_FLAG: Member = ("reviewFlag", "Code", None);

const fn event(members: &'static [Member]) -> Shape {
    Shape { name: KIND, description: DESCRIPTION, members }
}

static SUBJECT: Shape = event(&[
    OPENED_AT,
    EXPIRES_AT,
    CLOSED_AT,
    ORGANIZATION,
    REASON_CODE,
    REASON_LABEL_ZH,
    REVIEWED_AT,
    VERDICT,
]);

static CLINICIAN: Shape =
    event(&[ID, PERSON_ID, OPENED_AT, EXPIRES_AT, CLOSED_AT, REASON_CODE, REASON_LABEL_ZH]);

static REVIEW: Shape = event(&[
    ID,
    PERSON_REF,
    OPENED_BY,
    ROLE,
    ORGANIZATION,
    OPENED_AT,
    EXPIRES_AT,
    CLOSED_AT,
    REASON_CODE,
    REASON_LABEL_ZH,
    REASON_TEXT,
    REVIEWED_AT,
    REVIEWER,
    VERDICT,
    NOTE,
    REVIEW_FLAG,
]);

static EVERYTHING: Shape = event(&[
    ID,
    PERSON_ID,
    PERSON_REF,
    OPENED_BY,
    ROLE,
    ORGANIZATION,
    OPENED_AT,
    EXPIRES_AT,
    CLOSED_AT,
    REASON_CODE,
    REASON_LABEL_ZH,
    REASON_TEXT,
    REVIEWED_AT,
    REVIEWER,
    VERDICT,
    NOTE,
    REVIEW_FLAG,
]);

/// What a view shows of an event.
pub fn shape(view: EventView) -> &'static Shape {
    match view {
        EventView::Subject => &SUBJECT,
        EventView::Clinician => &CLINICIAN,
        EventView::Reviewer => &REVIEW,
        EventView::Everything => &EVERYTHING,
    }
}

/// A member: where it is read from, and what it shows of that.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// The name of the member.
    pub name: &'static str,
    /// The column, under the aliases `e` of events and `o` of organizations.
    pub column: &'static str,
    /// What it shows.
    pub shows: Shows,
}

/// What a member shows of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// The identifier of the event.
    Event,
    /// The identifier of the patient.
    Patient,
    /// The pseudonym of the patient.
    Pseudonym,
    /// The text.
    Text,
    /// The Chinese label of a reason.
    Reason,
    /// The instant.
    Instant,
}

/// Every member.
pub static CELLS: [Cell; 17] = [
    cell("id", "e.id", Shows::Event),
    cell("personId", "e.person_id", Shows::Patient),
    cell("personRef", "e.person_id", Shows::Pseudonym),
    cell("openedBy", "e.subject", Shows::Text),
    cell("role", "e.role", Shows::Text),
    cell("organization", "o.code", Shows::Text),
    cell("openedAt", "e.opened_at", Shows::Instant),
    cell("expiresAt", "e.expires_at", Shows::Instant),
    cell("closedAt", "e.closed_at", Shows::Instant),
    cell("reasonCode", "e.reason_code", Shows::Text),
    cell("reasonLabelZh", "e.reason_code", Shows::Reason),
    cell("reasonText", "e.reason_text", Shows::Text),
    cell("reviewedAt", "e.reviewed_at", Shows::Instant),
    cell("reviewer", "e.reviewer", Shows::Text),
    cell("verdict", "e.verdict", Shows::Text),
    cell("note", "e.note", Shows::Text),
    cell("reviewFlag", "e.review_flag", Shows::Text),
];

const fn cell(name: &'static str, column: &'static str, shows: Shows) -> Cell {
    Cell { name, column, shows }
}

impl Shows {
    /// A key as it is shown.
    pub fn of_key(self, key: i64, identifiers: &Identifiers) -> Json {
        match self {
            Shows::Patient => identifiers.id(PERSON, key),
            Shows::Pseudonym => identifiers.pseudonym(Referent::Person.word(), key),
            _ => identifiers.id(KIND, key),
        }
        .into()
    }

    /// A text as it is shown.
    pub fn of_text(self, text: &str) -> Json {
        match self {
            Shows::Reason => json!(reason_zh(text)),
            _ => json!(text),
        }
    }
}

/// An instant as answers write it.
pub fn of_instant(instant: DateTime<Utc>) -> Json {
    rfc3339(instant).into()
}
#[test]
fn every_member_of_an_event_is_read() {
    let shown: Vec<&str> = EVERYTHING.members.iter().map(|(name, ..)| *name).collect();
    let read: Vec<&str> = CELLS.iter().map(|cell| cell.name).collect();
    assert_eq!(shown, read);
    for shape in [&SUBJECT, &CLINICIAN, &REVIEW] {
        assert!(shape.members.iter().all(|(name, ..)| read.contains(name)));
    }
    for (name, ty, _) in EVERYTHING.members {
        let cell = CELLS.iter().find(|cell| cell.name == *name).unwrap();
        let fits: &[&str] = match cell.shows {
            Shows::Event | Shows::Patient | Shows::Pseudonym => &["ID"],
            Shows::Instant => &["DateTime"],
            Shows::Text | Shows::Reason => &["String", "Code"],
        };
        assert!(fits.contains(ty), "{name}");
    }
}
