//! Filters and orders, against an evaluation of all rows that knows nothing of SQL.

use proptest::{prelude::*, sample::select, test_runner::TestRunner};
use serde_json::{Value, json};

use super::{
    reference::{holds, sorted},
    site::{Site, column, officer},
};
use crate::support::{Backend, backends};

/// Everything the filters of these tests speak of.
pub const PERSON: &str = "id name sex birthDate ethnicity maritalStatus education idNumberValid \
    ageBand underGuardianship updatedAt \
    residences { id arrivalDate departureDate moveReason adminUnitCode residentSixMonths } \
    employments { id occupation hasLaborContract employerName }";

const TEXTS: [&str; 7] =
    ["name", "sex", "ethnicity", "maritalStatus", "education", "ageBand", "birthDate"];

async fn everybody(site: &Site) -> Vec<Value> {
    let query = format!("{{ persons(first: 500) {{ nodes {{ {PERSON} }} }} }}");
    let rows = site.nodes(&officer(), &query).await;
    assert!(rows.len() > 200, "{}", rows.len());
    rows
}

/// Asserts that a filter gives exactly the rows it describes, in order, and their number.
async fn assert_exact(site: &Site, all: &[Value], filter: &Value) -> usize {
    let query = format!(
        "query($w: PersonWhere) {{ persons(first: 500, where: $w) {{ nodes {{ {PERSON} }} totalCount }} }}"
    );
    let data = site.data_with(&officer(), &query, json!({ "w": filter })).await;
    let expected: Vec<&Value> = all.iter().filter(|row| holds(filter, row)).collect();
    let found = data["persons"]["nodes"].as_array().unwrap();
    let ids: Vec<&Value> = column(found, "id");
    assert_eq!(ids, expected.iter().map(|row| &row["id"]).collect::<Vec<_>>(), "{filter}");
    assert_eq!(data["persons"]["totalCount"], expected.len(), "{filter}");
    expected.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operator_of_every_type_gives_exactly_the_rows_it_describes() {
    for backend in backends("every_operator_of_every_type_gives_exactly_the_rows_it_describes") {
        let site = Site::new(backend).await;
        let all = everybody(&site).await;
        let name = all[5]["name"].as_str().unwrap();
        let first: String = name.chars().take(1).collect();
        let last: String = name.chars().skip(1).collect();
        let born = &all[40]["birthDate"];
        let updated = &all[70]["updatedAt"];
        let arrived = &all[3]["residences"][0]["arrivalDate"];
        let some = |inner: Value| json!({ "residences": { "some": inner } });
        let mut matched = 0;
        for filter in [
            json!({}),
            json!({ "name": { "eq": name } }),
            json!({ "name": { "ne": name } }),
            json!({ "name": { "in": [name, "nobody", all[9]["name"]] } }),
            json!({ "name": { "in": [] } }),
            // Its expression has parameters of its own.
            json!({ "ageBand": { "in": [] } }),
            json!({ "name": { "startsWith": first } }),
            json!({ "name": { "startsWith": "" } }),
            json!({ "name": { "contains": last } }),
            json!({ "name": { "contains": "" } }),
            json!({ "name": { "isNull": true } }),
            json!({ "name": { "isNull": false, "ne": name, "startsWith": first } }),
            json!({ "ethnicity": { "startsWith": "0" } }),
            json!({ "ethnicity": { "ne": "01" } }),
            json!({ "sex": { "in": ["2", "2"] } }),
            json!({ "ageBand": { "eq": "7-13" } }),
            json!({ "ageBand": { "in": ["0-6", "65+"] } }),
            json!({ "underGuardianship": { "eq": true } }),
            json!({ "idNumberValid": { "eq": false } }),
            json!({ "birthDate": { "eq": born } }),
            json!({ "birthDate": { "ne": born } }),
            json!({ "birthDate": { "lt": born } }),
            json!({ "birthDate": { "lte": born } }),
            json!({ "birthDate": { "gt": born } }),
            json!({ "birthDate": { "gte": born } }),
            json!({ "birthDate": { "gte": "1980-01-01", "lt": "1990-01-01" } }),
            json!({ "birthDate": { "in": [born, all[41]["birthDate"]] } }),
            json!({ "updatedAt": { "eq": updated } }),
            json!({ "updatedAt": { "lt": updated } }),
            json!({ "updatedAt": { "gte": updated } }),
            json!({ "updatedAt": { "gt": "2026-01-01T00:00:00+08:00" } }),
            some(json!({ "departureDate": { "isNull": true } })),
            some(json!({ "departureDate": { "ne": "2020-01-01" } })),
            some(json!({ "arrivalDate": { "eq": arrived } })),
            some(json!({ "residentSixMonths": { "eq": true } })),
            json!({ "employments": { "some": { "hasLaborContract": { "eq": true } } } }),
        ] {
            matched += assert_exact(&site, &all, &filter).await.min(1);
        }
        assert!(matched > 25, "most filters find somebody: {matched}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quantifiers_and_boolean_operators_nest() {
    for backend in backends("quantifiers_and_boolean_operators_nest") {
        let site = Site::new(backend).await;
        let all = everybody(&site).await;
        let left = json!({ "departureDate": { "isNull": false } });
        let worker = json!({ "occupation": { "startsWith": "4" } });
        for filter in [
            json!({ "residences": { "some": {} } }),
            json!({ "residences": { "none": {} } }),
            json!({ "employments": { "none": {} } }),
            json!({ "residences": { "every": left } }),
            json!({ "residences": { "some": left, "none": { "moveReason": { "eq": "4" } } } }),
            json!({ "residences": { "none": left }, "employments": { "some": worker } }),
            json!({ "employments": { "every": worker } }),
            json!({ "not": { "employments": { "every": worker } } }),
            json!({ "not": { "not": { "sex": { "eq": "1" } } } }),
            json!({ "not": {} }),
            json!({ "or": [] }),
            json!({ "and": [] }),
            json!({ "not": { "or": [{ "sex": { "eq": "1" } }, { "employments": { "none": {} } }] } }),
            json!({ "or": [{ "and": [{ "sex": { "eq": "1" } }, { "ageBand": { "eq": "18-49" } }] },
                { "not": { "residences": { "some": { "not": left } } } }], "ethnicity": { "eq": "01" } }),
        ] {
            assert_exact(&site, &all, &filter).await;
        }
    }
}

#[tokio::test]
async fn a_single_value_stands_for_a_list_of_one() {
    let site = Site::sqlite().await;
    for (single, list) in [
        ("where: { sex: { in: \"1\" } }", "where: { sex: { in: [\"1\"] } }"),
        ("where: { and: { sex: { eq: \"1\" } } }", "where: { and: [{ sex: { eq: \"1\" } }] }"),
        ("where: { or: { sex: { eq: \"1\" } } }", "where: { or: [{ sex: { eq: \"1\" } }] }"),
        ("orderBy: { sex: DESC }", "orderBy: [{ sex: DESC }]"),
    ] {
        let asked = |arguments| format!("{{ persons({arguments}) {{ nodes {{ id sex }} }} }}");
        let expected = site.nodes(&officer(), &asked(list)).await;
        assert_eq!(site.nodes(&officer(), &asked(single)).await, expected, "{single}");
    }
    let query = "query($v: [Code!]) { persons(where: { sex: { in: $v } }) { totalCount } }";
    let single = site.data_with(&officer(), query, json!({ "v": "1" })).await;
    assert_eq!(single, site.data_with(&officer(), query, json!({ "v": ["1"] })).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_of_several_keys_are_stable_and_put_absent_values_at_the_far_end() {
    for backend in backends("orders_of_several_keys_are_stable") {
        let site = Site::new(backend).await;
        let fields = "id moveReason departureDate arrivalDate updatedAt";
        let all = format!("{{ residenceRegistrations(first: 500) {{ nodes {{ {fields} }} }} }}");
        let all = site.nodes(&officer(), &all).await;
        assert!(all.iter().any(|row| row["departureDate"].is_null()));
        assert!(all.iter().any(|row| !row["departureDate"].is_null()));
        for order in [
            json!([{ "departureDate": "ASC" }]),
            json!([{ "departureDate": "DESC" }]),
            json!([{ "moveReason": "DESC" }, { "departureDate": "ASC" }]),
            json!([{ "departureDate": "DESC" }, { "moveReason": "ASC" }, { "arrivalDate": "DESC" }]),
            json!([{ "updatedAt": "DESC" }]),
            json!([{ "moveReason": "ASC" }, { "moveReason": "DESC" }]),
        ] {
            let query = format!(
                "query($o: [ResidenceRegistrationOrderBy!]) \
                 {{ residenceRegistrations(first: 500, orderBy: $o) {{ nodes {{ {fields} }} }} }}"
            );
            let found = site.nodes_with(&officer(), &query, json!({ "o": order })).await;
            assert_eq!(found, sorted(&all, &order), "{order}");
        }
    }
}

/// Filters over values that occur, and some that do not.
fn filter(all: Vec<Value>) -> impl Strategy<Value = Value> {
    let of_text = move |name: &'static str| {
        let values: Vec<Value> =
            all.iter().map(|row| row[name].clone()).filter(|value| !value.is_null()).collect();
        let operator = select(vec!["eq", "ne", "lt", "gte", "startsWith", "in", "isNull"]);
        (select(values), operator).prop_map(move |(value, operator)| match (operator, name) {
            ("isNull", _) => json!({ name: { "isNull": false } }),
            ("in", _) => json!({ name: { "in": [value, value] } }),
            ("startsWith", "birthDate") => json!({ name: { "lte": value } }),
            ("lt" | "gte", "birthDate") | ("eq" | "ne" | "startsWith", _) => {
                json!({ name: { operator: value } })
            }
            _ => json!({ name: { "eq": value } }),
        })
    };
    let texts = select(TEXTS.to_vec()).prop_flat_map(of_text);
    let relation = select(vec!["some", "none", "every"]).prop_flat_map(|quantifier| {
        select(vec![
            json!({ "residences": { quantifier: { "departureDate": { "isNull": true } } } }),
            json!({ "residences": { quantifier: { "arrivalDate": { "gt": "2022-06-01" } } } }),
            json!({ "employments": { quantifier: { "hasLaborContract": { "eq": true } } } }),
            json!({ "employments": { quantifier: {} } }),
        ])
    });
    prop_oneof![4 => texts, 1 => relation].prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| json!({ "and": parts })),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| json!({ "or": parts })),
            inner.prop_map(|part| json!({ "not": part })),
        ]
    })
}

#[test]
fn any_filter_gives_exactly_the_rows_it_describes() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sites: Vec<Site> = backends("any_filter_gives_exactly_the_rows_it_describes")
        .into_iter()
        .map(|backend: Backend| runtime.block_on(Site::new(backend)))
        .collect();
    let all = runtime.block_on(everybody(&sites[0]));
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(&filter(all.clone()), |filter| {
            for site in &sites {
                runtime.block_on(assert_exact(site, &all, &filter));
            }
            Ok(())
        })
        .unwrap();
}

/// Beside a name, which tells persons, a null was once read as a filter.
#[tokio::test]
async fn a_member_that_is_null_is_absent_wherever_it_stands() {
    let site = Site::sqlite().await;
    let all = everybody(&site).await;
    let named = json!({ "name": { "eq": all[5]["name"] } });
    let expected = assert_exact(&site, &all, &named).await;
    for absent in [
        json!({ "birthDate": null }),
        json!({ "and": null }),
        json!({ "or": null }),
        json!({ "not": null }),
        json!({ "id": null }),
        json!({ "residences": null }),
        json!({ "residences": { "some": null, "none": null, "every": null } }),
        json!({ "not": { "name": { "eq": "nobody" }, "birthDate": null } }),
    ] {
        let mut filter = named.clone();
        filter.as_object_mut().unwrap().extend(absent.as_object().unwrap().clone());
        let query = "query($w: PersonWhere) { persons(where: $w) { totalCount } }";
        let data = site.data_with(&officer(), query, json!({ "w": filter })).await;
        assert_eq!(data["persons"]["totalCount"], expected, "{filter}");
    }
}
