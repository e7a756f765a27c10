//! Filters and orders evaluated over rows in JSON, written without a look at the SQL.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde_json::Value;

/// Whether a row meets a `where`.
pub fn holds(filter: &Value, row: &Value) -> bool {
    members(filter).all(|(name, condition)| match name.as_str() {
        "and" => items(condition).iter().all(|part| holds(part, row)),
        "or" => items(condition).iter().any(|part| holds(part, row)),
        "not" => !holds(condition, row),
        _ => match &row[name] {
            Value::Array(others) if !others.iter().all(Value::is_string) || others.is_empty() => {
                quantified(condition, others)
            }
            Value::Object(_) => holds(condition, &row[name]),
            value => compares(condition, value),
        },
    })
}

fn quantified(condition: &Value, rows: &[Value]) -> bool {
    members(condition).all(|(quantifier, inner)| match quantifier.as_str() {
        "some" => rows.iter().any(|row| holds(inner, row)),
        "none" => !rows.iter().any(|row| holds(inner, row)),
        "every" => rows.iter().all(|row| holds(inner, row)),
        other => panic!("no quantifier: {other}"),
    })
}

fn compares(condition: &Value, value: &Value) -> bool {
    members(condition).all(|(operator, operand)| {
        if operator == "isNull" {
            return value.is_null() == operand.as_bool().expect("isNull takes a boolean");
        }
        if value.is_null() {
            return false;
        }
        let text = || value.as_str().expect("a text");
        let part = || operand.as_str().expect("a text");
        match operator.as_str() {
            "eq" => compare(value, operand).is_eq(),
            "ne" => compare(value, operand).is_ne(),
            "lt" => compare(value, operand).is_lt(),
            "lte" => compare(value, operand).is_le(),
            "gt" => compare(value, operand).is_gt(),
            "gte" => compare(value, operand).is_ge(),
            "in" => items(operand).iter().any(|one| compare(value, one).is_eq()),
            "startsWith" => text().starts_with(part()),
            "contains" => text().contains(part()),
            other => panic!("no operator: {other}"),
        }
    })
}

/// The order of two values that are there.
pub fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::String(left), Value::String(right)) => match (instant(left), instant(right)) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => left.as_bytes().cmp(right.as_bytes()),
        },
        (Value::Number(left), Value::Number(right)) => left.as_i64().cmp(&right.as_i64()),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        _ => panic!("{left} and {right} are of two types"),
    }
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.to_utc())
}

/// Rows in the order of `orderBy`; rows that are equal in it stay in the order they came in. Absent
/// values are greater than all others.
pub fn sorted(rows: &[Value], order: &Value) -> Vec<Value> {
    let keys: Vec<(&String, bool)> = items(order)
        .iter()
        .flat_map(members)
        .map(|(name, direction)| (name, direction == "DESC"))
        .collect();
    let mut rows = rows.to_vec();
    rows.sort_by(|left, right| {
        keys.iter()
            .map(|(name, descending)| {
                let (left, right) = (&left[*name], &right[*name]);
                let order = match (left.is_null(), right.is_null()) {
                    (false, false) => compare(left, right),
                    (left, right) => left.cmp(&right),
                };
                if *descending { order.reverse() } else { order }
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    rows
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().unwrap_or_else(|| panic!("{value} is no object")).iter()
}

/// A list, or the single value that stands for one.
fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        single => std::slice::from_ref(single),
    }
}
