//! `schemaChanges`: what changed in the caller's own schema. It tells of nobody.

use chrono::SecondsFormat;
use serde_json::{Value as Json, json};

use super::{context::Context, input::bad_input, shape::Shape};
use crate::{
    catalogue::catalogue,
    error::Result,
    policy::{
        Basis,
        changes::{State, changes},
    },
};

/// `SchemaChange`.
pub const SHAPE: &Shape = &Shape {
    name: "SchemaChange",
    description: "模式变更: a field that the caller's schema has since an instant, has otherwise, or has no more",
    members: &[
        ("at", "DateTime", None),
        ("grantsVersion", "Int", None),
        ("change", "String", None),
        ("kind", "String", None),
        ("field", "String", None),
        ("before", "SchemaState", Some(STATE)),
        ("after", "SchemaState", Some(STATE)),
    ],
};

/// `SchemaState`. A list, as all shapes below shapes are: of one state, or of none.
const STATE: &Shape = &Shape {
    name: "SchemaState",
    description: "字段状态: what a schema has of a field",
    members: &[
        ("level", "String", None),
        ("mask", "String", None),
        ("scope", "String", None),
        ("filterable", "Boolean", None),
        ("orderable", "Boolean", None),
        ("countable", "Boolean", None),
    ],
};

/// What changed after an instant and until now.
///
/// # Errors
/// When the instant is none.
pub fn describe(
    basis: Basis,
    since: Option<&async_graphql::Value>,
    context: &Context<'_>,
) -> Result<Json> {
    let since = match since {
        Some(async_graphql::Value::String(text)) => super::input::instant(text),
        _ => None,
    };
    let since =
        since.ok_or_else(|| bad_input("since takes an instant like 2015-03-06T08:00:00+08:00"))?;
    let state = |state: Option<State>| -> Json {
        state
            .into_iter()
            .map(|state| {
                json!({
                    "level": state.level,
                    "mask": state.mask,
                    "scope": state.scope,
                    "filterable": state.is_filtered,
                    "orderable": state.is_ordered,
                    "countable": state.is_counted,
                })
            })
            .collect()
    };
    let all = changes(basis, context.grants, since, context.now).into_iter().map(|change| {
        json!({
            "at": change.at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            "grantsVersion": change.version,
            "change": change.kind(),
            "kind": catalogue().kind(change.field.kind).name,
            "field": change.field.spec.name,
            "before": state(change.before),
            "after": state(change.after),
        })
    });
    Ok(all.collect())
}
