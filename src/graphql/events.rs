//! Emergency accesses as GraphQL has them: how much of each, to whom.

use chrono::{DateTime, SecondsFormat, Utc};
use entity::break_glass;
use serde_json::{Value as Json, json};

use super::{entitlement::Shape, ids::Identifiers};
use crate::{policy::EventView, rules::break_glass::reason_zh};

/// The kind that identifiers of emergency accesses name.
pub const KIND: &str = "BreakGlassEvent";

const DESCRIPTION: &str = "紧急访问: one clinician's emergency access to one patient";

type Members = &'static [(&'static str, &'static str, Option<&'static Shape>)];

const fn event(members: Members) -> Shape {
    Shape { name: KIND, description: DESCRIPTION, members }
}

static SUBJECT: Shape = event(&[
    ("openedAt", "DateTime", None),
    ("expiresAt", "DateTime", None),
    ("closedAt", "DateTime", None),
    ("organization", "Code", None),
    ("reasonCode", "Code", None),
    ("reasonLabelZh", "String", None),
    ("reviewedAt", "DateTime", None),
    ("verdict", "Code", None),
]);

static CLINICIAN: Shape = event(&[
    ("id", "ID", None),
    ("personId", "ID", None),
    ("openedAt", "DateTime", None),
    ("expiresAt", "DateTime", None),
    ("closedAt", "DateTime", None),
    ("reasonCode", "Code", None),
    ("reasonLabelZh", "String", None),
]);

static REVIEWER: Shape = event(&[
    ("id", "ID", None),
    ("personRef", "ID", None),
    ("openedBy", "String", None),
    ("role", "Code", None),
    ("organization", "Code", None),
    ("openedAt", "DateTime", None),
    ("expiresAt", "DateTime", None),
    ("closedAt", "DateTime", None),
    ("reasonCode", "Code", None),
    ("reasonLabelZh", "String", None),
    ("reasonText", "String", None),
    ("reviewedAt", "DateTime", None),
    ("reviewer", "String", None),
    ("verdict", "Code", None),
    ("note", "String", None),
]);

static EVERYTHING: Shape = event(&[
    ("id", "ID", None),
    ("personId", "ID", None),
    ("personRef", "ID", None),
    ("openedBy", "String", None),
    ("role", "Code", None),
    ("organization", "Code", None),
    ("openedAt", "DateTime", None),
    ("expiresAt", "DateTime", None),
    ("closedAt", "DateTime", None),
    ("reasonCode", "Code", None),
    ("reasonLabelZh", "String", None),
    ("reasonText", "String", None),
    ("reviewedAt", "DateTime", None),
    ("reviewer", "String", None),
    ("verdict", "Code", None),
    ("note", "String", None),
]);

/// What a view shows of an event.
pub fn shape(view: EventView) -> &'static Shape {
    match view {
        EventView::Subject => &SUBJECT,
        EventView::Clinician => &CLINICIAN,
        EventView::Reviewer => &REVIEWER,
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
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
}

/// All of an event, for an act to answer with as much as its caller's view has.
pub fn describe(event: &break_glass::Model, organization: &str, identifiers: &Identifiers) -> Json {
    let key = |member, key| of_key(member, key, identifiers);
    json!({
        "id": key("id", event.id),
        "personId": key("personId", event.person_id),
        "personRef": key("personRef", event.person_id),
        "openedBy": event.subject,
        "role": event.role,
        "organization": organization,
        "openedAt": of_instant(event.opened_at),
        "expiresAt": of_instant(event.expires_at),
        "closedAt": event.closed_at.map(of_instant),
        "reasonCode": event.reason_code,
        "reasonLabelZh": of_text("reasonLabelZh", &event.reason_code),
        "reasonText": event.reason_text,
        "reviewedAt": event.reviewed_at.map(of_instant),
        "reviewer": event.reviewer,
        "verdict": event.verdict,
        "note": event.note,
    })
}
