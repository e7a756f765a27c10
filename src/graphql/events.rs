//! Emergency accesses as GraphQL has them: how much of each, to whom.

use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use super::{entitlement::Shape, ids::Identifiers, write::rfc3339};
use crate::{policy::EventView, rules::break_glass::reason_zh};

/// The kind that identifiers of emergency accesses name.
pub const KIND: &str = "BreakGlassEvent";

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

/// The column that a member is read from, under the aliases `e` of events and `o` of organizations.
pub fn column(member: &str) -> Option<&'static str> {
    Some(match member {
        "id" => "e.id",
        "personId" | "personRef" => "e.person_id",
        "openedBy" => "e.subject",
        "role" => "e.role",
        "organization" => "o.code",
        "openedAt" => "e.opened_at",
        "expiresAt" => "e.expires_at",
        "closedAt" => "e.closed_at",
        "reasonCode" | "reasonLabelZh" => "e.reason_code",
        "reasonText" => "e.reason_text",
        "reviewedAt" => "e.reviewed_at",
        "reviewer" => "e.reviewer",
        "verdict" => "e.verdict",
        "note" => "e.note",
        "reviewFlag" => "e.review_flag",
        _ => return None,
    })
}

/// A key as a member shows it.
pub fn of_key(member: &str, key: i64, identifiers: &Identifiers) -> Json {
    match member {
        "personId" => identifiers.id("Person", key),
        "personRef" => identifiers.pseudonym("person", key),
        _ => identifiers.id(KIND, key),
    }
    .into()
}

/// A text as a member shows it.
pub fn of_text(member: &str, text: &str) -> Json {
    match member {
        "reasonLabelZh" => json!(reason_zh(text)),
        _ => json!(text),
    }
}

/// An instant as answers write it.
pub fn of_instant(instant: DateTime<Utc>) -> Json {
    rfc3339(instant).into()
}
