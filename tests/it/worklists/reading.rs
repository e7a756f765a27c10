//! Short ways to ask for a list.

use migrant_gateway::{
    auth::Caller,
    policy::{Purpose, Role},
};
use serde_json::{Value, json};

use crate::{graphql::site::Site, support::caller};

/// A page of a list.
pub const PAGE: &str = "query($kind: WorklistKind!, $after: String, $first: Int) { \
    worklist(kind: $kind, after: $after, first: $first) { \
    nodes { person { id } reasonCode dueOn status overdueDays overdueMonths lastContact closedBy } \
    pageInfo { hasNextPage endCursor } } }";

pub fn clinician() -> Caller {
    caller(Role::HC, Purpose::Hr)
}

pub fn vaccinator() -> Caller {
    caller(Role::HV, Purpose::Imm)
}

/// All items of a list, page by page.
pub async fn all(site: &Site, caller: &Caller, kind: &str, first: usize) -> Vec<Value> {
    let mut items = Vec::new();
    let mut after = Value::Null;
    loop {
        let with = json!({ "kind": kind, "after": after, "first": first });
        let data = site.data_with(caller, PAGE, with).await;
        let list = &data["worklist"];
        items.extend(list["nodes"].as_array().unwrap().iter().cloned());
        if list["pageInfo"]["hasNextPage"] != true {
            return items;
        }
        after = list["pageInfo"]["endCursor"].clone();
    }
}

/// The persons of items, each once.
pub fn persons(items: &[Value]) -> std::collections::BTreeSet<String> {
    items.iter().map(|item| item["person"]["id"].as_str().unwrap().to_owned()).collect()
}
