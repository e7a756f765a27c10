//! A request together with the record it leaves.

use std::collections::{BTreeMap, BTreeSet};

use entity::{access_record, sharing::Department};
use migrant_gateway::{
    app::Gateway, auth::Caller, catalogue::catalogue, graphql::Request, graphql::ids::Identifiers,
};
use sea_orm::DatabaseConnection;
use serde_json::Value;

use super::sql;
use crate::support::{World, receipts};

/// An answer, its record, and the persons the record names.
pub struct Trail {
    pub answer: Value,
    pub record: access_record::Model,
    pub subjects: BTreeSet<i64>,
}

pub fn query(query: &str) -> Request {
    Request { query: query.to_owned(), ..Request::default() }
}

/// Asks, and reads the record that the answer names.
pub async fn follow(
    db: &DatabaseConnection,
    gateway: &Gateway,
    caller: &Caller,
    purpose: Option<&str>,
    request: Request,
) -> Trail {
    let answer = gateway.answer(caller, purpose, request).await;
    let receipt = answer.record.expect("every answer has a record");
    let seq = receipts::place(&receipt.to_string());
    let answer = match answer.result {
        Ok(data) => serde_json::from_slice(&data).expect("answers are JSON"),
        Err(error) => error.to_json(),
    };
    let record = sql::record(db, seq).await;
    let subjects = sql::subjects(db, seq).await;
    assert_eq!(record.subject_count, i64::try_from(subjects.len()).expect("few"));
    Trail { answer, record, subjects }
}

/// The same query, with `id` and `__typename` beside what is asked of every record.
pub fn identified(query: &str) -> String {
    let lists = catalogue().kinds().iter().flat_map(|kind| &kind.relations);
    let names: BTreeSet<&str> = lists.map(|relation| relation.name).chain(["nodes"]).collect();
    names.into_iter().fold(query.to_owned(), |query, name| {
        query.replace(&format!(" {name} {{"), &format!(" {name} {{ id __typename"))
    })
}

/// Every record an identified answer holds, as kind and key; one that occurs twice, twice.
pub fn rows(world: &World, department: Department, answer: &Value) -> Vec<(String, i64)> {
    let identifiers = Identifiers::new(&world.secrets, department);
    let mut rows = Vec::new();
    let mut pending = vec![answer];
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(items) => pending.extend(items),
            Value::Object(members) => {
                if let (Some(kind), Some(id)) = (value["__typename"].as_str(), value["id"].as_str())
                {
                    let key = identifiers.key(kind, id).expect("an identifier of the gateway");
                    rows.push((kind.to_owned(), key));
                }
                pending.extend(members.values());
            }
            _ => {}
        }
    }
    rows
}

/// The persons that rows tell of, looked up past the gateway.
pub async fn persons(db: &DatabaseConnection, rows: &[(String, i64)]) -> BTreeSet<i64> {
    let mut by_kind: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (kind, key) in rows {
        by_kind.entry(kind).or_default().push(key.to_string());
    }
    let mut persons = BTreeSet::new();
    for (kind, keys) in by_kind {
        let kind = catalogue().kind_named(kind).expect("a kind");
        let column = if kind.name == "Person" { "id" } else { "person_id" };
        let sql = format!("SELECT {column} FROM {} WHERE id IN ({})", kind.table, keys.join(", "));
        persons.extend(sql::column::<i64>(db, &sql).await);
    }
    persons
}

/// Names, numbers, telephones and addresses of persons, looked up past the gateway.
pub async fn personal_values(db: &DatabaseConnection, persons: &BTreeSet<i64>) -> Vec<String> {
    let keys = persons.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    let mut values = Vec::new();
    for (column, table, key) in [
        ("name", "person", "id"),
        ("id_number", "person", "id"),
        ("phone", "person", "id"),
        ("hukou_address", "household_registration", "person_id"),
        ("residence_address", "residence_registration", "person_id"),
        ("record_number", "health_record", "person_id"),
        ("card_number", "immunization_card", "person_id"),
        ("guardian_of", "household_member", "person_id"),
    ] {
        let sql = format!(
            "SELECT {column} FROM {table} WHERE {key} IN ({keys}) AND {column} IS NOT NULL"
        );
        values.extend(sql::column::<String>(db, &sql).await);
    }
    values
}
