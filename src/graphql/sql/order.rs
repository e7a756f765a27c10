//! `orderBy` and keyset pages: nulls sort as the greatest value on every database.

use async_graphql::Value as GraphqlValue;
use chrono::DateTime;
use entity::sharing::Type;
use serde_json::Value as Json;

use super::{
    Params, RowRules, Scoping,
    value::{expression, shown},
};
use crate::{
    catalogue::{DatabaseField, Kind, catalogue},
    error::{Code, GatewayError, Result},
    graphql::{ids::Identifiers, input, input::bad_input, not_shared},
    policy::{Permit, Position},
    read::{Rows, Value},
};

/// Most keys of one order.
const MAX_KEYS: usize = 8;

/// One key of an order.
#[derive(Clone, Debug)]
pub struct OrderKey {
    /// The field.
    pub field: DatabaseField,
    /// The SQL of its value, whether or not it is shown.
    pub value: String,
    /// The SQL of its cell, once it is known what holds of the rows.
    pub cell: String,
    /// Greatest first.
    pub descending: bool,
}

/// Reads `orderBy`: a list of objects with one field each.
///
/// # Errors
/// When a field may not be ordered by, or an object has other than one member.
pub fn parse_order(
    permit: &Permit,
    kind: &'static Kind,
    value: &GraphqlValue,
) -> Result<Vec<OrderKey>> {
    let items = match value {
        GraphqlValue::List(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    if items.len() > MAX_KEYS {
        return Err(crate::graphql::limits::exceeded("keys of an order", MAX_KEYS));
    }
    items.iter().map(|item| parse_key(permit, kind, item)).collect()
}

fn parse_key(permit: &Permit, kind: &'static Kind, item: &GraphqlValue) -> Result<OrderKey> {
    let GraphqlValue::Object(members) = item else {
        return Err(bad_input("orderBy takes objects like { birthDate: ASC }"));
    };
    let mut members = members.iter();
    let (Some((name, direction)), None) = (members.next(), members.next()) else {
        return Err(bad_input("each object of orderBy names exactly one field"));
    };
    let descending = match direction {
        GraphqlValue::Enum(name) if name == "ASC" => false,
        GraphqlValue::Enum(name) if name == "DESC" => true,
        GraphqlValue::String(name) if name == "ASC" => false,
        GraphqlValue::String(name) if name == "DESC" => true,
        _ => return Err(bad_input("orderBy takes ASC or DESC")),
    };
    let field = catalogue()
        .field_named(kind.id, name)
        .and_then(|field| permit.computed_at(field, Position::Order))
        .ok_or_else(|| not_shared::input(permit, kind, name, "orderBy"))?;
    Ok(OrderKey { field, value: String::new(), cell: String::new(), descending })
}

/// Finds the cells that a list of rows under `alias`, of which `rows` hold, is ordered by.
pub fn order_cells(
    keys: &mut [OrderKey],
    alias: &str,
    rows: &RowRules,
    scoping: &Scoping<'_>,
    params: &mut Params,
) {
    for key in keys {
        key.value = expression(key.field, None, (alias, rows), scoping, params);
        key.cell = shown(key.field, &key.value, alias, rows, scoping, params);
    }
}

/// A place in a list: the values of a row that it is ordered by, and the row's key.
#[derive(Debug)]
pub struct CursorPosition {
    values: Vec<Option<Value>>,
    /// The row's key.
    pub id: i64,
}

/// An order, in which rows have places.
pub struct Keyset<'a> {
    /// The kind of the list.
    pub kind: &'static Kind,
    /// Its order; the row's key breaks ties.
    pub keys: &'a [OrderKey],
}

impl Keyset<'_> {
    /// `ORDER BY` of the cells under `alias`, reversed for pages read backward.
    pub fn order_by(&self, alias: &str, backward: bool) -> String {
        let mut terms: Vec<String> = self
            .keys
            .iter()
            .map(|key| {
                let direction = match key.descending != backward {
                    true => "DESC NULLS FIRST",
                    false => "ASC NULLS LAST",
                };
                format!("{} {direction}", key.cell)
            })
            .collect();
        terms.push(format!("{alias}.id {}", if backward { "DESC" } else { "ASC" }));
        terms.join(", ")
    }

    /// What the list is, as cursors are bound to it.
    fn list(&self) -> String {
        let mut list = self.kind.name.to_owned();
        for key in self.keys {
            list.push(if key.descending { '-' } else { '+' });
            list += key.field.spec.name;
        }
        list
    }

    /// The cursor of a row whose order values stand in `columns` and whose key is `id`.
    pub fn cursor(
        &self,
        identifiers: &Identifiers,
        rows: &Rows,
        row: usize,
        columns: &[usize],
        id: i64,
    ) -> String {
        let mut place: Vec<Json> = self
            .keys
            .iter()
            .zip(columns)
            .map(|(key, column)| match key.field.spec.ty {
                Type::Int => rows.int(row, *column).map(Json::from),
                Type::Date => rows.date_text(row, *column).map(Json::from),
                Type::DateTime => {
                    rows.instant(row, *column).map(|instant| instant.to_rfc3339().into())
                }
                _ => rows.text(row, *column).map(Json::from),
            })
            .map(|value| value.unwrap_or(Json::Null))
            .collect();
        place.push(id.into());
        identifiers.cursor(&self.list(), Json::Array(place).to_string().into_bytes())
    }

    /// The condition that a row comes after (or, backward, before) a place.
    pub fn beyond(
        &self,
        place: &CursorPosition,
        alias: &str,
        backward: bool,
        params: &mut Params,
    ) -> String {
        let mut alternatives = Vec::new();
        let mut equal: Vec<String> = Vec::new();
        for (key, value) in self.keys.iter().zip(&place.values) {
            let column = &key.cell;
            let descending = key.descending != backward;
            let (beyond, same) = match value {
                None if descending => {
                    (Some(format!("{column} IS NOT NULL")), format!("{column} IS NULL"))
                }
                None => (None, format!("{column} IS NULL")),
                Some(value) => {
                    let value = params.bind(value.clone());
                    let beyond = match descending {
                        true => format!("{column} < {value}"),
                        false => format!("({column} > {value} OR {column} IS NULL)"),
                    };
                    (Some(beyond), format!("{column} = {value}"))
                }
            };
            if let Some(beyond) = beyond {
                alternatives.push(equal.iter().cloned().chain([beyond]).collect::<Vec<_>>());
            }
            equal.push(same);
        }
        let id = params.bind(Value::Int(place.id));
        let sign = if backward { "<" } else { ">" };
        equal.push(format!("{alias}.id {sign} {id}"));
        alternatives.push(equal);
        let alternatives: Vec<String> = alternatives
            .into_iter()
            .map(|conditions| format!("({})", conditions.join(" AND ")))
            .collect();
        format!("({})", alternatives.join(" OR "))
    }

    /// The place that a cursor names.
    ///
    /// # Errors
    /// When the cursor was not given out over this list to this department.
    pub fn place(
        &self,
        identifiers: &Identifiers,
        cursor: &GraphqlValue,
    ) -> Result<CursorPosition> {
        self.open(identifiers, cursor).ok_or_else(|| {
            GatewayError::new(
                Code::CursorInvalid,
                "not a cursor of this list and order given to this department",
            )
        })
    }

    fn open(&self, identifiers: &Identifiers, cursor: &GraphqlValue) -> Option<CursorPosition> {
        let GraphqlValue::String(cursor) = cursor else { return None };
        let content = identifiers.cursor_content(&self.list(), cursor)?;
        let Json::Array(mut place) = serde_json::from_slice(&content).ok()? else { return None };
        let id = place.pop()?.as_i64()?;
        if place.len() != self.keys.len() {
            return None;
        }
        let values =
            self.keys.iter().zip(place).map(|(key, value)| match (key.field.spec.ty, value) {
                (_, Json::Null) => Some(None),
                (Type::Int, Json::Number(number)) => Some(Some(Value::Int(number.as_i64()?))),
                (Type::Date, Json::String(text)) => Some(Some(Value::Date(input::date(&text)?))),
                (Type::DateTime, Json::String(text)) => {
                    Some(Some(Value::Instant(DateTime::parse_from_rfc3339(&text).ok()?.to_utc())))
                }
                (_, Json::String(text)) => Some(Some(Value::Text(text))),
                _ => None,
            });
        Some(CursorPosition { values: values.collect::<Option<Vec<_>>>()?, id })
    }
}
