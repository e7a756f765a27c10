//! Objects that are written from JSON: what they are made of, and what of them is asked for.

use serde_json::Value as Json;

use super::{plan::Member, write};

/// The shape of an object that is written from JSON: member names, their types and shapes.
#[derive(Debug)]
pub struct Shape {
    /// The GraphQL type name.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// Members: name, GraphQL type, and the shape of lists of objects.
    pub members: &'static [(&'static str, &'static str, Option<&'static Shape>)],
}

impl Shape {
    /// A member: absent, a plain value, or a list of objects.
    pub fn member(&self, name: &str) -> Option<Option<&'static Shape>> {
        self.members.iter().find(|(member, ..)| *member == name).map(|(.., shape)| *shape)
    }
}

/// Writes the members asked for, in their order, under their keys.
pub fn project(value: &Json, members: &[Member], out: &mut Vec<u8>) {
    match value {
        Json::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                project(item, members, out);
            }
            out.push(b']');
        }
        Json::Object(object) if !members.is_empty() => {
            out.push(b'{');
            for (index, member) in members.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write::key(out, &member.key);
                if member.name == "__typename" {
                    write::text(out, member.of);
                } else if let Some(label) = member.label {
                    let code = object.get(&member.name).and_then(Json::as_str);
                    write::optional(out, code.and_then(|code| label.of_member(code)), write::text);
                } else {
                    let value = object.get(&member.name).unwrap_or(&Json::Null);
                    project(value, &member.members, out);
                }
            }
            out.push(b'}');
        }
        other => write::json(out, other),
    }
}
