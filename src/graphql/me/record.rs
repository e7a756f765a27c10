//! One's own record in plain words: every field that is shown, with its labels.

use chrono::{DateTime, NaiveDate, Utc};
use entity::sharing::Type;
use serde_json::{Map, Value as Json, json};

use super::words;
use crate::{
    catalogue::{
        Field, Kind, catalogue,
        code_lists::{self, CodeList, Language},
    },
    graphql::{context::Context, shape::Shape},
    policy::{Permit, Position},
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

/// A row in words, of its fields as a permit shows them.
pub fn section(
    permit: &Permit,
    kind: &'static Kind,
    row: &Map<String, Json>,
    context: &Context<'_>,
) -> Json {
    let entries = catalogue().fields_of(kind.id).filter_map(|field| {
        let value = row.get(field.spec.name)?;
        Some(json!({
            "field": field.spec.name,
            "labelZh": field.spec.label_zh,
            "labelEn": field.spec.label_en,
            "text": Words { field, context }.of(value, shown(permit, field)),
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

/// The list of the codes that a permit shows of a field.
fn shown(permit: &Permit, field: &Field) -> Option<&'static CodeList> {
    code_lists::shown(field, permit.field(field.id).mask)
}

/// What makes words of the values of a field.
struct Words<'a> {
    field: &'a Field,
    context: &'a Context<'a>,
}

impl Words<'_> {
    /// A value as a reader understands it; codes are those of a list.
    fn of(&self, value: &Json, list: Option<&'static CodeList>) -> String {
        match value {
            Json::Null => NOTHING.to_owned(),
            Json::Bool(true) => "是".to_owned(),
            Json::Bool(false) => "否".to_owned(),
            Json::Array(items) if items.is_empty() => "无".to_owned(),
            Json::Array(items) => {
                items.iter().map(|item| self.of(item, list)).collect::<Vec<_>>().join("；")
            }
            Json::Object(members) => {
                let path = self.field.path();
                let members = members.iter().filter(|(_, member)| !member.is_null());
                members
                    .map(|(name, member)| self.of(member, code_lists::member_list(&path, name)))
                    .collect::<Vec<_>>()
                    .join("，")
            }
            Json::String(text) => self.of_text(text, list),
            Json::Number(number) => number.to_string(),
        }
    }

    fn of_text(&self, text: &str, list: Option<&'static CodeList>) -> String {
        if let Some(list) = list {
            let Context { today, registers, .. } = self.context;
            let label = code_lists::label(list, text, Language::Zh, *today, registers);
            return label.map_or_else(|| text.to_owned(), |label| format!("{label}（{text}）"));
        }
        if let Ok(day) = text.parse::<NaiveDate>() {
            return words::day(day);
        }
        if matches!(self.field.spec.ty, Type::DateTime)
            && let Ok(at) = text.parse::<DateTime<Utc>>()
        {
            return words::instant(at);
        }
        text.to_owned()
    }
}
