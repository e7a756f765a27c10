//! Nested lists: `where`, `orderBy` and `first` hold for every parent by itself.

use migrant_gateway::catalogue::catalogue;
use serde_json::{Value, json};

use super::{
    reference::{holds, sorted},
    site::{Site, officer},
};
use crate::support::{CALLERS, World, ask, backends, caller, code};

#[tokio::test(flavor = "multi_thread")]
async fn arguments_of_a_nested_list_are_exact_for_every_parent() {
    for backend in backends("arguments_of_a_nested_list_are_exact_for_every_parent") {
        let site = Site::new(backend).await;
        let fields = "id arrivalDate departureDate moveReason";
        let query = format!(
            "query($w: ResidenceRegistrationWhere, $o: [ResidenceRegistrationOrderBy!], $n: Int) \
             {{ persons(first: 500) {{ nodes {{ id all: residences {{ {fields} }} \
             some: residences(where: $w, orderBy: $o, first: $n) {{ {fields} }} }} }} }}"
        );
        let several = |rows: &[Value]| {
            rows.iter().filter(|row| row["all"].as_array().unwrap().len() > 1).count()
        };
        for (filter, order, first) in [
            (json!({}), json!([]), 0),
            (json!({}), json!([]), 1),
            (json!({}), json!([{ "arrivalDate": "DESC" }]), 1),
            (json!({}), json!([{ "departureDate": "DESC" }, { "arrivalDate": "ASC" }]), 2),
            (json!({ "departureDate": { "isNull": true } }), json!([]), 5),
            (
                json!({ "not": { "moveReason": { "eq": "1" } } }),
                json!([{ "arrivalDate": "ASC" }]),
                1,
            ),
        ] {
            let variables = json!({ "w": filter, "o": order, "n": first });
            let rows = site.nodes_with(&officer(), &query, variables).await;
            assert!(several(&rows) > 20);
            for row in &rows {
                let all = row["all"].as_array().unwrap();
                let kept: Vec<Value> =
                    all.iter().filter(|one| holds(&filter, one)).cloned().collect();
                let expected: Vec<Value> = sorted(&kept, &order).into_iter().take(first).collect();
                assert_eq!(row["some"], json!(expected), "{filter} {order} {first}");
            }
        }
    }
}

#[tokio::test]
async fn to_one_relations_lead_back_to_the_parent() {
    let site = Site::sqlite().await;
    let query = "{ persons(first: 100) { nodes { id name residences { person { id name residences \
                 { id } } id } } } }";
    let rows = site.nodes(&officer(), query).await;
    let mut seen = 0;
    for row in &rows {
        let residences = row["residences"].as_array().unwrap();
        let ids: Vec<&Value> = residences.iter().map(|residence| &residence["id"]).collect();
        for residence in residences {
            assert_eq!(residence["person"]["id"], row["id"]);
            assert_eq!(residence["person"]["name"], row["name"]);
            let back = residence["person"]["residences"].as_array().unwrap();
            assert_eq!(back.iter().map(|residence| &residence["id"]).collect::<Vec<_>>(), ids);
            seen += 1;
        }
    }
    assert!(seen > 50);
}

#[tokio::test]
async fn a_list_asked_for_alone_holds_the_rows_that_its_parents_lead_to() {
    let site = Site::sqlite().await;
    let nested = site
        .nodes(&officer(), "{ persons(first: 500) { nodes { residences { id arrivalDate } } } }")
        .await;
    let mut nested: Vec<String> = nested
        .iter()
        .flat_map(|row| row["residences"].as_array().unwrap())
        .map(Value::to_string)
        .collect();
    let query = "{ residenceRegistrations(first: 500) { nodes { id arrivalDate } } }";
    let alone = site.nodes(&officer(), query).await;
    let mut alone: Vec<String> = alone.iter().map(Value::to_string).collect();
    nested.sort_unstable();
    alone.sort_unstable();
    assert!(alone.len() > 100);
    assert_eq!(nested, alone);
}

#[tokio::test]
async fn households_lead_to_their_members() {
    let site = Site::sqlite().await;
    let query = "{ householdMembers(first: 200) { nodes { id householdRef household { id \
                 householdRef } } } }";
    for row in site.nodes(&officer(), query).await {
        let household = row["household"].as_array().unwrap();
        assert!(household.iter().any(|member| member["id"] == row["id"]));
        assert!(household.iter().all(|member| member["householdRef"] == row["householdRef"]));
    }
}

#[tokio::test]
async fn the_same_relation_under_two_aliases_is_two_lists() {
    let site = Site::sqlite().await;
    let query = "{ persons(first: 30) { nodes { here: residences(where: { departureDate: \
                 { isNull: true } }) { departureDate } left: residences(where: { departureDate: \
                 { isNull: false } }) { departureDate } all: residences { id } } } }";
    for row in site.nodes(&officer(), query).await {
        let list = |name: &str| row[name].as_array().unwrap().clone();
        assert!(list("here").iter().all(|one| one["departureDate"].is_null()));
        assert!(list("left").iter().all(|one| one["departureDate"].is_string()));
        assert_eq!(list("here").len() + list("left").len(), list("all").len());
    }
}

/// Whether a row is there rests on the rules of all fields that could be asked for.
#[tokio::test(flavor = "multi_thread")]
async fn levels_of_identifiers_alone_are_answered_whoever_asks() {
    for backend in backends("levels_of_identifiers_alone_are_answered") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let mut answered = 0;
        for (role, purpose) in CALLERS.iter().copied() {
            for kind in catalogue().kinds() {
                let ids = kind.relations.iter().map(|way| format!("{} {{ id }}", way.name));
                for way in ids {
                    let query = format!("{{ {}(first: 3) {{ nodes {{ {way} }} }} }}", kind.plural);
                    let answer = ask(&gateway, &caller(role, purpose), &query).await;
                    match code(&answer) {
                        None => answered += 1,
                        Some("FIELD_NOT_SHARED") => {}
                        Some(_) => panic!("{backend:?} {role} {query}\n{answer}"),
                    }
                }
            }
        }
        assert!(answered > 400, "{answered}");
    }
}
