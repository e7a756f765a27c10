//! Whether all contenders answer the same.

use anyhow::Context as _;
use serde_json::Value;

use super::client::Connection;

/// The answer to a request, without what may differ: ids, cursors, and how PostGraphile wraps
/// lists.
pub async fn answer(port: u16, request: &[u8]) -> anyhow::Result<Value> {
    let mut connection = Connection::open(port).await?;
    let reply = connection.send(request).await?;
    let text = || String::from_utf8_lossy(reply.body).into_owned();
    anyhow::ensure!(reply.is_good(), "status {}: {}", reply.status, text());
    let answer: Value = serde_json::from_slice(reply.body).with_context(text)?;
    Ok(normal(answer))
}

/// How many rows of the root an answer holds.
pub fn rows(answer: &Value) -> usize {
    let Some(root) = answer["data"].as_object().and_then(|data| data.values().next()) else {
        return 0;
    };
    match root {
        Value::Null => 0,
        Value::Array(rows) => rows.len(),
        root => root["nodes"].as_array().map_or(1, Vec::len),
    }
}

fn normal(value: Value) -> Value {
    match value {
        Value::Object(mut members) => {
            members.remove("id");
            members.remove("endCursor");
            if members.len() == 1
                && let Some(nodes) = members.remove("nodes")
            {
                return normal(nodes);
            }
            members.into_iter().map(|(name, value)| (name, normal(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(normal).collect(),
        value => value,
    }
}

/// Where two answers first differ.
pub fn difference(left: &Value, right: &Value) -> Option<String> {
    if left == right {
        return None;
    }
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => a
            .iter()
            .find_map(|(name, value)| {
                let other = b.get(name).unwrap_or(&Value::Null);
                difference(value, other).map(|found| format!(".{name}{found}"))
            })
            .or_else(|| Some(format!(": {left} and {right}"))),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(place, (a, b))| {
                difference(a, b).map(|found| format!("[{place}]{found}"))
            })
        }
        (Value::Array(a), Value::Array(b)) => Some(format!(": {} and {} rows", a.len(), b.len())),
        _ => Some(format!(": {left} and {right}")),
    }
}
