//! JSON written straight from rows.

use chrono::{DateTime, Datelike as _, NaiveDate, SecondsFormat, Utc};
use entity::sharing::{Mask, Type};
use serde_json::Value as Json;

use super::{context::Context, mask, plan::Render, shape::project};
use crate::read::Rows;

/// Writes a JSON string.
#[expect(clippy::expect_used, reason = "memory takes what is written to it")]
pub fn text(out: &mut Vec<u8>, value: &str) {
    serde_json::to_writer(&mut *out, value).expect("memory takes what is written to it");
}

/// Writes a JSON value.
#[expect(clippy::expect_used, reason = "memory takes what is written to it")]
pub fn json(out: &mut Vec<u8>, value: &Json) {
    serde_json::to_writer(&mut *out, value).expect("memory takes what is written to it");
}

/// Writes a member's key and the colon. Response keys are GraphQL names and need no escapes.
pub fn key(out: &mut Vec<u8>, key: &str) {
    out.push(b'"');
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\":");
}

/// Writes members with their commas between braces.
pub fn object<T>(out: &mut Vec<u8>, items: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) {
    sequence(out, (b'{', b'}'), items.iter(), |out, item| write(out, item));
}

/// Writes items with their commas between brackets.
pub fn list<T>(
    out: &mut Vec<u8>,
    items: impl Iterator<Item = T>,
    write: impl FnMut(&mut Vec<u8>, T),
) {
    sequence(out, (b'[', b']'), items, write);
}

fn sequence<T>(
    out: &mut Vec<u8>,
    (open, close): (u8, u8),
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(close);
}

/// Writes a whole number.
pub fn int(out: &mut Vec<u8>, value: i64) {
    json(out, &Json::from(value));
}

/// Writes `true` or `false`.
pub fn boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Writes a day: ISO 8601, as long as years have four digits.
fn day(out: &mut Vec<u8>, date: NaiveDate) {
    let Ok(year @ 0..=9999) = u32::try_from(date.year()) else {
        return text(out, &date.to_string());
    };
    let digit = |number: u32| b'0' + (number % 10) as u8;
    let (month, day) = (date.month(), date.day());
    out.extend_from_slice(&[
        b'"',
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(day / 10),
        digit(day),
        b'"',
    ]);
}

/// Writes `null`.
pub fn null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"null");
}

/// Writes a value, or `null`.
pub fn optional<T>(out: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    match value {
        Some(value) => write(out, value),
        None => null(out),
    }
}

/// Writes one value of a row.
pub fn value(out: &mut Vec<u8>, render: &Render, rows: &Rows, row: usize, context: &Context<'_>) {
    match render {
        Render::Plain { column, ty } => plain(out, *ty, rows, row, *column),
        Render::Masked { column, ty, mask } => masked(out, *mask, *ty, rows, row, *column),
        Render::Structure { column, many, members } => {
            let value = stored(rows, row, *column);
            let fits = value.as_ref().is_some_and(|value| value.is_array() == *many);
            optional(out, value.filter(|_| fits), |out, value| project(&value, members, out));
        }
        Render::Finished(finish) => finish.write(out, rows, row, context),
        Render::Texts { column, mask } => {
            optional(out, texts(rows, row, *column, *mask), |out, texts| {
                list(out, texts.iter(), |out, left| text(out, left));
            });
        }
        Render::Label { of, label } => label.write(out, of, rows, row, context),
    }
}

fn plain(out: &mut Vec<u8>, ty: Type, rows: &Rows, row: usize, column: usize) {
    match ty {
        Type::Boolean => optional(out, rows.bool(row, column), boolean),
        Type::Int => optional(out, rows.int(row, column), int),
        Type::Money => optional(out, rows.int(row, column), |out, fen| {
            let sign = if fen < 0 { "-" } else { "" };
            let fen = fen.unsigned_abs();
            text(out, &format!("{sign}{}.{:02}", fen / 100, fen % 100));
        }),
        Type::Rate => optional(out, rows.int(row, column), |out, parts| {
            text(out, &format!("{}.{:04}", parts / 10_000, parts % 10_000));
        }),
        Type::Date => optional(out, rows.date(row, column), day),
        Type::DateTime => optional(out, rows.instant(row, column), |out, instant| {
            text(out, &rfc3339(instant));
        }),
        _ => optional(out, rows.text(row, column), text),
    }
}

fn masked(out: &mut Vec<u8>, style: Mask, ty: Type, rows: &Rows, row: usize, column: usize) {
    let left = match ty {
        Type::Date if style == Mask::AgeBand => rows.text(row, column).map(str::to_owned),
        Type::Date => rows.date(row, column).and_then(|date| mask::date(style, date)),
        Type::DateTime => {
            rows.instant(row, column).and_then(|instant| mask::instant(style, instant))
        }
        _ => rows.text(row, column).and_then(|value| mask::text(style, value)),
    };
    optional(out, left, |out, left| text(out, &left));
}

/// The texts of a list, or what a mask leaves of each.
fn texts(rows: &Rows, row: usize, column: usize, style: Option<Mask>) -> Option<Vec<String>> {
    let stored: Vec<String> = serde_json::from_str(rows.text(row, column)?).ok()?;
    let left = |value: String| match style {
        Some(style) => mask::text(style, &value),
        None => Some(value),
    };
    Some(stored.into_iter().filter_map(left).collect())
}

/// A structured value as it is stored.
pub fn stored(rows: &Rows, row: usize, column: usize) -> Option<Json> {
    serde_json::from_str(rows.text(row, column)?).ok()
}

/// An instant as answers write it.
pub fn rfc3339(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
