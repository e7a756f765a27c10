//! `node` and `nodes`: rows by their identifiers alone, whatever their kind.

use entity::sharing::Department;
use migrant_gateway::{
    catalogue::{Kind, catalogue},
    graphql::ids::Identifiers,
    policy::{Purpose, Role},
};
use serde_json::{Value, json};

use super::site::{Site, officer};
use crate::{
    records::trail::{follow, query},
    support::{CALLERS, ask, ask_with, backends, caller, code},
};

/// A row of each kind that a caller sees: its kind, its identifier.
async fn seen(site: &Site, caller: &migrant_gateway::auth::Caller) -> Vec<(&'static Kind, Value)> {
    let mut all = Vec::new();
    for kind in catalogue().kinds() {
        let text = format!("{{ {}(first: 1) {{ nodes {{ id }} }} }}", kind.plural);
        let answer = ask(&site.gateway, caller, &text).await;
        let id = &answer["data"][kind.plural]["nodes"][0]["id"];
        if id.is_string() {
            all.push((kind, id.clone()));
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_that_a_caller_sees_is_found_by_its_identifier_alone() {
    for backend in backends("every_row_that_a_caller_sees_is_found_by_its_identifier_alone") {
        let site = Site::new(backend).await;
        let mut found = 0;
        for (role, purpose) in CALLERS.iter().copied() {
            let caller = caller(role, purpose);
            let seen = seen(&site, &caller).await;
            let ids: Vec<&Value> = seen.iter().map(|(_, id)| id).collect();
            let text = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
            let data = site.data_with(&caller, text, json!({ "ids": ids })).await;
            let expected: Vec<Value> = seen
                .iter()
                .map(|(kind, id)| json!({ "__typename": kind.name, "id": id }))
                .collect();
            assert_eq!(data["nodes"], json!(expected), "{backend:?} {role} {purpose}");
            for (kind, id) in &seen {
                let text = "query($id: ID!) { node(id: $id) { __typename id } }";
                let data = site.data_with(&caller, text, json!({ "id": id })).await;
                assert_eq!(data["node"], json!({ "__typename": kind.name, "id": id }));
                found += 1;
            }
        }
        assert!(found > 150, "{found}");
    }
}

#[tokio::test]
async fn a_row_by_its_identifier_alone_tells_what_it_tells_by_its_kind() {
    let site = Site::sqlite().await;
    let rows = site.nodes(&officer(), "{ persons(first: 3) { nodes { id } } }").await;
    let fields = "name birthDate residences(first: 2) { id arrivalDate }";
    for row in rows {
        let text = format!(
            "query($id: ID!) {{ person(id: $id) {{ ...P }} node(id: $id) {{ ...P ... on \
             ResidencePermit {{ again: id }} ... {{ again: id }} }} }} \
             fragment P on Person {{ id {fields} }}"
        );
        let data = site.data_with(&officer(), &text, json!({ "id": row["id"] })).await;
        let mut expected = data["person"].clone();
        assert!(expected["name"].is_string());
        expected["again"] = row["id"].clone();
        assert_eq!(data["node"], expected);
    }
}

/// An identifier of a row that is not in the caller's view, of a kind that is not, of another
/// department, and one that nobody gave out: all look alike.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_row_of_the_view_is_null_in_its_place() {
    for backend in backends("what_is_no_row_of_the_view_is_null_in_its_place") {
        let site = Site::new(backend).await;
        let rows = site.nodes(&officer(), "{ persons(first: 2) { nodes { id } } }").await;
        let id = |department, kind| site.id(department, kind, 1);
        let elsewhere = {
            let here = Identifiers::new(&site.world.secrets, Department::Police);
            let here = here.key("Person", rows[0]["id"].as_str().unwrap()).unwrap();
            let sql = format!(
                "SELECT id FROM person WHERE residence_unit_id / 1000000 <> (SELECT \
                 residence_unit_id / 1000000 FROM person WHERE id = {here}) LIMIT 1"
            );
            let keys: Vec<i64> = crate::records::sql::column(&site.world.db, &sql).await;
            site.id(Department::Police, "Person", keys[0])
        };
        let ids = json!([
            rows[1]["id"],
            elsewhere,
            id(Department::Police, "HealthRecord"),
            id(Department::Health, "Person"),
            "S9RgdXAhzYbw9gS6KLGYFTyd0RVXdQdW",
            "",
            7,
            "人",
            rows[0]["id"],
            rows[1]["id"],
        ]);
        let text = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Person { name } } }";
        let data = site.data_with(&officer(), text, json!({ "ids": ids })).await;
        let nodes = data["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 10);
        for (place, node) in nodes.iter().enumerate() {
            if [0, 8, 9].contains(&place) {
                assert_eq!(node["id"], ids[place]);
                assert!(node["name"].is_string());
            } else {
                assert_eq!(*node, Value::Null, "{place}");
                let text = "query($id: ID!) { node(id: $id) { id __typename } }";
                let data = site.data_with(&officer(), text, json!({ "id": ids[place] })).await;
                assert_eq!(data, json!({ "node": null }), "{place}");
            }
        }
        let none = site.data(&officer(), "{ nodes(ids: []) { id } }").await;
        assert_eq!(none, json!({ "nodes": [] }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_named_by_an_identifier_alone_stands_in_the_record() {
    for backend in backends("whoever_is_named_by_an_identifier_alone_stands_in_the_record") {
        let site = Site::new(backend).await;
        let db = &site.world.db;
        let sql = "SELECT person_id FROM health_record WHERE id = 1";
        let of_record: Vec<i64> = crate::records::sql::column(db, sql).await;
        for (ids, persons, fields) in [
            (vec![("Person", 5)], vec![5], "Person.id:predicate"),
            // A kind of which the police sees nothing: that it was asked about is told.
            (vec![("HealthRecord", 1)], of_record.clone(), "HealthRecord.id:predicate"),
            (
                vec![("Person", 5), ("HealthRecord", 1)],
                [vec![5], of_record.clone()].concat(),
                "HealthRecord.id:predicate Person.id:predicate",
            ),
        ] {
            let ids: Vec<String> = ids
                .into_iter()
                .map(|(kind, key)| format!("{:?}", site.id(Department::Police, kind, key)))
                .collect();
            let text = format!("{{ nodes(ids: [{}]) {{ id }} }}", ids.join(" "));
            let trail = follow(db, &site.gateway, &officer(), None, query(&text)).await;
            assert_eq!(trail.record.decision, "allowed");
            let named: std::collections::BTreeSet<i64> = persons.into_iter().collect();
            assert_eq!(trail.subjects, named, "{backend:?} {text}");
            assert_eq!(trail.record.fields, fields);
        }
    }
}

/// Knowing that somebody has such a record is protected, also where the answer tells nothing.
#[tokio::test]
async fn naming_a_row_of_a_protected_kind_makes_a_protected_record() {
    let site = Site::sqlite().await;
    let sql = "SELECT id FROM stigmatized_disease_report LIMIT 1";
    let keys: Vec<i64> = crate::records::sql::column(&site.world.db, sql).await;
    let id = site.id(Department::Health, "StigmatizedDiseaseReport", keys[0]);
    let text = format!("{{ node(id: {id:?}) {{ id }} }}");
    let clerk = caller(Role::HO, Purpose::Hr);
    let trail = follow(&site.world.db, &site.gateway, &clerk, None, query(&text)).await;
    assert_eq!(trail.answer["node"], Value::Null, "{}", trail.answer);
    assert!(trail.record.protected);
    assert_eq!(trail.subjects.len(), 1);
}

#[tokio::test]
async fn what_is_not_shared_is_refused_below_the_interface_too() {
    let site = Site::sqlite().await;
    let id = site.id(Department::Police, "Person", 1);
    for (selection, named) in [
        ("... on HealthRecord { bloodType }", "HealthRecord"),
        ("...H", "HealthRecord"),
        ("... on Person { healthRecords { id } }", "HealthRecord"),
        ("... on Person { healthRecordsConnection { totalCount } }", "HealthRecord"),
    ] {
        let fragment = match selection {
            "...H" => " fragment H on HealthRecord { bloodType }",
            _ => "",
        };
        for root in [format!("node(id: {id:?})"), format!("nodes(ids: [{id:?}])")] {
            let text = format!("{{ {root} {{ id {selection} }} }}{fragment}");
            let answer = ask(&site.gateway, &officer(), &text).await;
            assert_eq!(code(&answer), Some("FIELD_NOT_SHARED"), "{text}\n{answer}");
            assert_eq!(answer["errors"][0]["extensions"]["kind"], named);
        }
    }
    let street = caller(Role::HO, Purpose::Hr);
    let text = "{ node(id: \"x\") { ... on Person { phone } } }";
    let answer = ask(&site.gateway, &street, text).await;
    assert_eq!(code(&answer), Some("FIELD_NOT_SHARED"), "{answer}");
    assert_eq!(answer["errors"][0]["extensions"]["field"], "phone");
}

#[tokio::test]
async fn the_interface_has_an_identifier_and_nothing_else() {
    let site = Site::sqlite().await;
    for text in [
        "{ node(id: \"x\") { name } }",
        "{ node(id: \"x\") { ... { name } } }",
        "{ node(id: \"x\") { ... on Node { name } } }",
        "{ node(id: \"x\") { ...F } } fragment F on Node { phone }",
        "{ node(id: \"x\") }",
        "{ node { id } }",
        "{ nodes { id } }",
        "{ nodes(ids: [null]) { id } }",
        "query($id: ID) { node(id: $id) { id } }",
        "query($id: ID) { nodes(ids: [$id]) { id } }",
        // One key, two questions of the same row.
        "{ node(id: \"x\") { ... on Person { x: name } ... on Node { x: id } } }",
        "{ node(id: \"x\") { ... on Person { x: name x: birthDate } } }",
        "{ persons { nodes { ... on ResidencePermit { id } } } }",
    ] {
        let code = site.refusal(&officer(), text).await;
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{text}");
    }
    let many: Vec<String> = (0..501).map(|id| id.to_string()).collect();
    let answer = ask_with(
        &site.gateway,
        &officer(),
        "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
        json!({ "ids": many }),
    )
    .await;
    assert_eq!(code(&answer), Some("LIMIT_EXCEEDED"), "{answer}");
}

/// Fragments on the interface stand anywhere; what in them is on another kind is no part of the row.
#[tokio::test]
async fn fragments_apply_to_rows_of_their_kind_only() {
    let site = Site::sqlite().await;
    let text = "{ persons(first: 20) { nodes { ...N residences { ...N } } } } \
        fragment N on Node { __typename ... on Person { what: name } \
        ... on ResidenceRegistration { what: residenceAddress } ... on Node { id } }";
    let mut below = 0;
    for row in site.nodes(&officer(), text).await {
        assert_eq!(row["__typename"], "Person");
        assert!(row["what"].is_string() && row["id"].is_string());
        for row in row["residences"].as_array().unwrap() {
            let members: Vec<&String> = row.as_object().unwrap().keys().collect();
            assert_eq!(members, ["__typename", "id", "what"]);
            assert_eq!(row["__typename"], "ResidenceRegistration");
            below += 1;
        }
    }
    assert!(below > 10);
}
