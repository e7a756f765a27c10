//! One's own record in plain words: every field that is shown, with its labels.

use chrono::{DateTime, NaiveDate, Utc};
use entity::sharing::{Department, Group, Type};
use serde_json::{Map, Value as Json, json};

use super::words;
use crate::{
    catalogue::{Field, Kind, catalogue},
    graphql::shape::Shape,
    policy::{Permit, Position, Purpose},
};

/// `RecordSection`.
pub const SHAPE: &Shape = &Shape {
    name: "RecordSection",
    description: "档案条目: one row of a kind of record, in plain words",
    members: &[
        ("kind", "String", None),
        ("labelZh", "String", None),
        ("labelEn", "String", None),
        ("id", "ID", None),
        ("entries", "RecordEntry", Some(ENTRY)),
    ],
};

const ENTRY: &Shape = &Shape {
    name: "RecordEntry",
    description: "档案内容: a field with its label and its value in words",
    members: &[
        ("field", "String", None),
        ("labelZh", "String", None),
        ("labelEn", "String", None),
        ("text", "String", None),
    ],
};

/// What stands where nothing is held.
const NOTHING: &str = "未登记";

/// The fields of a kind that a permit shows, as a document names them: structured values with all that they
/// have.
pub fn fields_of(permit: &Permit, kind: &'static Kind) -> String {
    let fields = permit.fields_at(kind.id, Position::Select).map(|field| {
        let name = field.spec.name;
        match field.spec.ty.structure() {
            Some(structure) => {
                let members = structure.members.iter().map(|(member, _)| *member);
                format!("{name} {{ {} }}", members.collect::<Vec<_>>().join(" "))
            }
            None => name.to_owned(),
        }
    });
    fields.collect::<Vec<_>>().join(" ")
}

/// A row in words, of its fields as they were read.
pub fn section(kind: &'static Kind, row: &Map<String, Json>) -> Json {
    let entries = catalogue().fields_of(kind.id).filter_map(|field| {
        let value = row.get(field.spec.name)?;
        Some(json!({
            "field": field.spec.name,
            "labelZh": field.spec.label_zh,
            "labelEn": field.spec.label_en,
            "text": in_words(field, value),
        }))
    });
    json!({
        "kind": kind.name,
        "labelZh": kind.label_zh,
        "labelEn": kind.label_en,
        "id": row.get("id"),
        "entries": entries.collect::<Json>(),
    })
}

/// A value as a reader understands it.
fn in_words(field: &Field, value: &Json) -> String {
    match value {
        Json::Null => NOTHING.to_owned(),
        Json::Bool(true) => "是".to_owned(),
        Json::Bool(false) => "否".to_owned(),
        Json::Array(items) if items.is_empty() => "无".to_owned(),
        Json::Array(items) => {
            items.iter().map(|item| in_words(field, item)).collect::<Vec<_>>().join("；")
        }
        Json::Object(members) => {
            let members = members.values().filter(|member| !member.is_null());
            members.map(|member| in_words(field, member)).collect::<Vec<_>>().join("，")
        }
        Json::String(text) => text_in_words(field, text),
        Json::Number(number) => number.to_string(),
    }
}

fn text_in_words(field: &Field, text: &str) -> String {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return words::day(day);
    }
    if matches!(field.spec.ty, Type::DateTime)
        && let Ok(at) = text.parse::<DateTime<Utc>>()
    {
        return words::instant(at);
    }
    // Codes of the gateway's own registers, which no other list has.
    let label = match field.spec.ty {
        Type::Code => Department::parse(text)
            .map(Department::label_zh)
            .or_else(|| Group::parse(text).map(Group::label_zh))
            .or_else(|| Purpose::parse(text).map(Purpose::label_zh)),
        _ => None,
    };
    label.map_or_else(|| text.to_owned(), |label| format!("{label}（{text}）"))
}
