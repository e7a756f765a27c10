//! Callers without a contract, and what they are told of their limits.

use migrant_gateway::{
    app::Gateway,
    auth::Caller,
    policy::{Purpose, Role},
};
use serde_json::{Value, json};

use crate::support::{ask, ask_with, caller};

/// Somebody whom no contract covers.
pub fn somebody(role: Role, purpose: Purpose) -> Caller {
    Caller { subject: "somebody".to_owned(), ..caller(role, purpose) }
}

/// A community police officer: names and addresses of hundreds.
pub fn officer() -> Caller {
    somebody(Role::PO, Purpose::Res)
}

/// A community clinician: health records.
pub fn clinician() -> Caller {
    somebody(Role::HC, Purpose::Hr)
}

/// Reads so many persons' names.
pub async fn names(gateway: &Gateway, caller: &Caller, first: u64) -> Result<usize, Value> {
    rows(gateway, caller, &format!("{{ persons(first: {first}) {{ nodes {{ name }} }} }}")).await
}

/// Reads so many health records.
pub async fn records(gateway: &Gateway, caller: &Caller, first: u64) -> Result<usize, Value> {
    let query = format!("{{ healthRecords(first: {first}) {{ nodes {{ bloodType }} }} }}");
    rows(gateway, caller, &query).await
}

/// How many rows a list has, or what its refusal says.
pub async fn rows(gateway: &Gateway, caller: &Caller, query: &str) -> Result<usize, Value> {
    let mut answer = ask(gateway, caller, query).await;
    if answer["errors"].is_null() {
        let roots = answer["data"].as_object().expect("data");
        let root = roots.values().next().expect("a root");
        Ok(root["nodes"].as_array().expect("nodes").len())
    } else {
        Err(refusal(&mut answer))
    }
}

/// Reads one record by its identifier.
pub async fn one(
    gateway: &Gateway,
    caller: &Caller,
    query: &str,
    id: &str,
) -> Result<Value, Value> {
    let mut answer = ask_with(gateway, caller, query, json!({ "id": id })).await;
    if answer["errors"].is_null() { Ok(answer["data"].take()) } else { Err(refusal(&mut answer)) }
}

fn refusal(answer: &mut Value) -> Value {
    let extensions = answer["errors"][0]["extensions"].take();
    assert_eq!(extensions["code"], "QUOTA_EXCEEDED", "{answer}");
    extensions
}

/// What is left to a caller of a category, in 24 hours.
pub async fn left(gateway: &Gateway, caller: &Caller, category: &str) -> u64 {
    let query = "{ entitlement { limits { category ground window limit remaining resetAt } } }";
    let answer = ask(gateway, caller, query).await;
    let limits = answer["data"]["entitlement"]["limits"].as_array().expect("limits");
    let is_it = |limit: &&Value| {
        (&limit["category"], &limit["ground"], &limit["window"])
            == (&json!(category), &json!("UNEXPLAINED"), &json!("P1D"))
    };
    let found = limits.iter().find(is_it).unwrap_or_else(|| panic!("{category}: {answer}"));
    found["remaining"].as_u64().expect("a number")
}
