//! Requests of a person about its data, in sentences: to the person, and to the officer who answers them.

use chrono::{DateTime, NaiveDate, Utc};
use entity::sharing::Department;
use serde_json::{Map, Value as Json, json};

use super::words;
use crate::{
    graphql::shape::Shape,
    rules::subject_request::{is_overdue, kind, state},
};

/// `SubjectRequest`.
pub const SHAPE: &Shape = &Shape {
    name: "SubjectRequest",
    description: "主体请求: a request of a person about its data, where it stands and by when it is answered",
    members: &[
        ("id", "ID", None),
        ("sentence", "String", None),
        ("personId", "ID", None),
        ("personName", "String", None),
        ("kind", "Code", None),
        ("kindLabelZh", "String", None),
        ("concerns", "String", None),
        ("statement", "String", None),
        ("state", "Code", None),
        ("stateLabelZh", "String", None),
        ("filedAt", "DateTime", None),
        ("dueOn", "Date", None),
        ("overdue", "Boolean", None),
        ("forwardedTo", "Code", None),
        ("forwardedToLabelZh", "String", None),
        ("forwardedAt", "DateTime", None),
        ("answer", "String", None),
        ("closedAt", "DateTime", None),
    ],
};

/// The columns that a member is made of, under the aliases `r` of requests and `p` of persons.
pub static COLUMNS: [(&str, &[&str]); 18] = [
    ("id", &["r.id"]),
    (
        "sentence",
        &[
            "r.kind",
            "r.filed_at",
            "r.due_on",
            "r.forwarded_to",
            "r.forwarded_at",
            "r.outcome",
            "r.answer",
            "r.closed_at",
        ],
    ),
    ("personId", &["r.person_id"]),
    ("personName", &["p.name"]),
    ("kind", &["r.kind"]),
    ("kindLabelZh", &["r.kind"]),
    ("concerns", &["r.concerns"]),
    ("statement", &["r.statement"]),
    ("state", &["r.outcome", "r.forwarded_at"]),
    ("stateLabelZh", &["r.outcome", "r.forwarded_at"]),
    ("filedAt", &["r.filed_at"]),
    ("dueOn", &["r.due_on"]),
    ("overdue", &["r.due_on", "r.closed_at"]),
    ("forwardedTo", &["r.forwarded_to"]),
    ("forwardedToLabelZh", &["r.forwarded_to"]),
    ("forwardedAt", &["r.forwarded_at"]),
    ("answer", &["r.answer"]),
    ("closedAt", &["r.closed_at"]),
];

/// A request of its columns as they were read, those that were not being absent; its identifiers are made
/// already.
pub fn told(row: &Map<String, Json>, today: NaiveDate) -> Json {
    let text = |column: &str| row.get(column).and_then(Json::as_str);
    let at = |column: &str| text(column).and_then(|at| at.parse::<DateTime<Utc>>().ok());
    let when = |column: &str| at(column).map(words::instant).unwrap_or_default();
    let kind = text("kind").and_then(kind);
    let due_on = text("due_on").and_then(|day| day.parse::<NaiveDate>().ok());
    let overdue = due_on.map(|due| is_overdue(due, at("closed_at"), today));
    let (state, state_zh) = state(text("outcome"), text("forwarded_at").is_some());
    let department = text("forwarded_to").and_then(Department::parse).map(Department::label_zh);
    let come_to = match state {
        "ANSWERED" => format!(
            "；个人信息保护负责人于{}答复：{}",
            when("closed_at"),
            text("answer").unwrap_or_default()
        ),
        "REFUSED" => format!(
            "；个人信息保护负责人于{}拒绝，理由：{}",
            when("closed_at"),
            text("answer").unwrap_or_default()
        ),
        "WITHDRAWN" => format!("；已于{}撤回", when("closed_at")),
        "FORWARDED" => {
            format!("；已于{}转{}部门办理", when("forwarded_at"), department.unwrap_or_default())
        }
        _ => "；正在办理".to_owned(),
    };
    let due = match (due_on, overdue) {
        (Some(due), Some(true)) => format!("，应于{}前答复（已逾期）", words::day(due)),
        (Some(due), _) => format!("，应于{}前答复", words::day(due)),
        (None, _) => String::new(),
    };
    let sentence = format!(
        "{}提出{}个人信息的请求{due}{come_to}。",
        when("filed_at"),
        kind.map(|(_, zh)| zh).unwrap_or_default()
    );
    json!({
        "id": row.get("id"),
        "sentence": sentence,
        "personId": row.get("person_id"),
        "personName": text("name"),
        "kind": kind.map(|(code, _)| code),
        "kindLabelZh": kind.map(|(_, zh)| zh),
        "concerns": text("concerns"),
        "statement": text("statement"),
        "state": state,
        "stateLabelZh": state_zh,
        "filedAt": text("filed_at"),
        "dueOn": text("due_on"),
        "overdue": overdue,
        "forwardedTo": text("forwarded_to"),
        "forwardedToLabelZh": department,
        "forwardedAt": text("forwarded_at"),
        "answer": text("answer"),
        "closedAt": text("closed_at"),
    })
}

#[test]
fn every_member_of_a_request_is_read() {
    let shown: Vec<&str> = SHAPE.members.iter().map(|(name, ..)| *name).collect();
    let read: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    assert_eq!(shown, read);
}
