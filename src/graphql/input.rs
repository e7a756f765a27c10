//! Input values: from documents and variables to parameters, strictly typed.

use std::collections::HashMap;

use async_graphql::{Name, Value as GraphqlValue};
use async_graphql_value::Value as Argument;
use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, Timelike, Utc};
use entity::sharing::Type;

use super::ids::Identifiers;
use crate::{
    catalogue::{Field, code_lists},
    directory::Directory,
    error::{Code, GatewayError, Result},
    read::Value,
};

/// The longest text a filter may compare with, in bytes.
const MAX_TEXT: usize = 1_000;

/// The longest list whose codes an error names; who needs those of a longer one asks for the list.
const MOST_CODES: usize = 64;

/// Values of the variables of one request.
pub type Variables = HashMap<Name, GraphqlValue>;

/// The error for a value of the wrong type. The message names the place, never the value.
pub fn bad_input(message: impl Into<String>) -> GatewayError {
    GatewayError::new(Code::BadUserInput, message)
}

/// Puts variables in their places. An absent variable makes its argument or member absent.
pub fn resolve(argument: &Argument, variables: &Variables) -> Option<GraphqlValue> {
    Some(match argument {
        Argument::Variable(name) => variables.get(name)?.clone(),
        Argument::List(items) => GraphqlValue::List(
            items
                .iter()
                .map(|item| resolve(item, variables).unwrap_or(GraphqlValue::Null))
                .collect(),
        ),
        Argument::Object(members) => GraphqlValue::Object(
            members
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), resolve(value, variables)?)))
                .collect(),
        ),
        Argument::Null => GraphqlValue::Null,
        Argument::Number(number) => GraphqlValue::Number(number.clone()),
        Argument::String(text) => GraphqlValue::String(text.clone()),
        Argument::Boolean(value) => GraphqlValue::Boolean(*value),
        Argument::Binary(bytes) => GraphqlValue::Binary(bytes.clone()),
        Argument::Enum(name) => GraphqlValue::Enum(name.clone()),
    })
}

/// A value to compare a field with.
///
/// # Errors
/// When it is null, not of the field's type, or a code that its list does not have.
pub fn scalar(field: &Field, value: &GraphqlValue, registers: &Directory) -> Result<Value> {
    let wrong = |expected: &str| bad_input(format!("{} is compared with {expected}", field.path()));
    match (field.spec.ty, value) {
        (Type::Boolean, GraphqlValue::Boolean(value)) => Ok(Value::Bool(*value)),
        (Type::Boolean, _) => Err(wrong("true or false")),
        (Type::Int, GraphqlValue::Number(number)) => number
            .as_i64()
            .filter(|number| i32::try_from(*number).is_ok())
            .map(Value::Int)
            .ok_or_else(|| wrong("a whole number of 32 bits")),
        (Type::Int, _) => Err(wrong("a whole number of 32 bits")),
        (Type::Date, GraphqlValue::String(text)) => {
            date(text).map(Value::Date).ok_or_else(|| wrong("a date like 2015-03-06"))
        }
        (Type::Date, _) => Err(wrong("a date like 2015-03-06")),
        (Type::DateTime, GraphqlValue::String(text)) => instant(text)
            .map(Value::Instant)
            .ok_or_else(|| wrong("an instant like 2015-03-06T08:00:00+08:00")),
        (Type::DateTime, _) => Err(wrong("an instant like 2015-03-06T08:00:00+08:00")),
        (Type::Code, _) => code(field, text(value)?, registers).map(Value::Text),
        _ => text(value).map(Value::Text),
    }
}

/// A code of the field's list.
fn code(field: &Field, code: String, registers: &Directory) -> Result<String> {
    let Some(list) = field.codes.filter(|list| !code_lists::has(list, &code, registers)) else {
        return Ok(code);
    };
    let standard = list.about().map_or("", |about| &about.standard);
    let of = if standard.is_empty() { String::new() } else { format!(" ({standard})") };
    let message = format!("{} is compared with a code of the list {}{of}", field.path(), list.name);
    let error = bad_input(message).with("codeList", list.name);
    if let Some(form) = list.form() {
        return Err(error.with("form", form));
    }
    let mut codes: Vec<&str> = list.entries().iter().map(|entry| &*entry.code).collect();
    codes.dedup();
    Err(match codes.len() {
        1..=MOST_CODES if !list.is_of_register() => error.with("codes", codes),
        _ => error,
    })
}

/// A date in its one form, `YYYY-MM-DD`.
pub fn date(text: &str) -> Option<NaiveDate> {
    let date = text.parse::<NaiveDate>().ok()?;
    (text.len() == 10 && date.to_string() == text).then_some(date)
}

/// An instant as databases compare it alike: of the years 0001 to 9999, to the microsecond, and no
/// leap second.
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    let is_comparable =
        (1..=9999).contains(&instant.year()) && instant.nanosecond() < 1_000_000_000;
    is_comparable.then(|| instant.trunc_subsecs(6))
}

/// A text to compare with.
///
/// # Errors
/// When it is not a string, too long, or holds a NUL, which no database text does.
pub fn text(value: &GraphqlValue) -> Result<String> {
    match value {
        GraphqlValue::String(text) if text.len() <= MAX_TEXT && !text.contains('\0') => {
            Ok(text.clone())
        }
        GraphqlValue::String(_) => {
            Err(bad_input(format!("a text has at most {MAX_TEXT} bytes and no NUL")))
        }
        _ => Err(bad_input("a text was expected")),
    }
}

/// The key behind an identifier.
///
/// # Errors
/// When it was not given out to this department for this kind.
pub fn key(identifiers: &Identifiers, kind: &str, id: &GraphqlValue) -> Result<i64> {
    let key = match id {
        GraphqlValue::String(id) => identifiers.key(kind, id),
        // The type ID takes whole numbers too; none was ever given out.
        GraphqlValue::Number(_) => None,
        _ => return Err(bad_input("an id is a string")),
    };
    key.ok_or_else(|| {
        GatewayError::new(
            Code::IdInvalid,
            format!("not an identifier of a {kind} given to this department"),
        )
    })
}

/// A page size within limits.
///
/// # Errors
/// When it is not a whole number from 0 to `most`.
pub fn page_size(value: &GraphqlValue, name: &str, most: usize) -> Result<usize> {
    let size = match value {
        GraphqlValue::Number(number) => number.as_i64(),
        _ => None,
    };
    let size = size.and_then(|size| usize::try_from(size).ok());
    match size {
        Some(size) if size <= most => Ok(size),
        Some(_) => Err(super::limits::exceeded(&format!("rows a page ({name})"), most)),
        None => Err(bad_input(format!("{name} takes a whole number from 0 to {most}"))),
    }
}
