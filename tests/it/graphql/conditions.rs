//! Limits on filters: their conditions, their depth and the relations they go through.

use migrant_gateway::graphql::limits::Limits;
use serde_json::{Value, json};

use super::site::{PROMPTLY, Site, officer};
use crate::support::{ask_with, backends};

/// A filter of so many conditions.
type Filter = dyn Fn(usize) -> Value;

const FILTERED: &str = "query($w: PersonWhere) { persons(where: $w) { totalCount } }";

#[tokio::test(flavor = "multi_thread")]
async fn conditions_at_the_bound_are_answered_on_every_database() {
    let mut refused = Vec::new();
    for backend in backends("conditions_at_the_bound_are_answered_on_every_database") {
        let site = Site::new(backend).await;
        let most = Limits::default().conditions;
        let listed = |count: usize| json!({ "sex": { "in": vec!["1"; count - 1] } });
        let each = |list: &'static str, one: Value| move |count: usize| json!({ list: vec![one.clone(); count - 1] });
        let wide: [(&str, Box<Filter>); 5] = [
            ("in", Box::new(listed)),
            ("or", Box::new(each("or", json!({ "sex": { "eq": "1" } })))),
            ("and", Box::new(each("and", json!({ "name": { "ne": "x" } })))),
            ("startsWith", Box::new(each("or", json!({ "name": { "startsWith": "x" } })))),
            ("ageBand", Box::new(each("or", json!({ "ageBand": { "eq": "65+" } })))),
        ];
        for (what, filter) in wide {
            let variables = json!({ "w": filter(most) });
            let answer = ask_with(&site.gateway, &officer(), FILTERED, variables).await;
            if !answer["errors"].is_null() {
                refused.push(format!("{backend:?} {what}: {}", answer["errors"][0]["extensions"]));
            }
            let code =
                site.refusal_with(&officer(), FILTERED, json!({ "w": filter(most + 1) })).await;
            assert_eq!(code, "LIMIT_EXCEEDED", "{backend:?} {what}");
        }
    }
    assert_eq!(refused, [""; 0]);
}

#[tokio::test]
async fn conditions_of_all_lists_of_a_request_count_together() {
    let site = Site::sqlite().await;
    let query = "query($w: PersonWhere) { a: persons(where: $w) { totalCount } \
                 b: persons(where: $w) { totalCount } c: persons(where: $w) { totalCount } }";
    let filter = json!({ "sex": { "in": vec!["1"; Limits::default().conditions / 2] } });
    assert_eq!(
        site.refusal_with(&officer(), query, json!({ "w": filter })).await,
        "LIMIT_EXCEEDED"
    );
}

#[tokio::test]
async fn filters_nest_as_deep_as_the_limit_allows() {
    let site = Site::sqlite().await;
    let nested = |levels: usize, wrap: fn(Value) -> Value| {
        let filter = (0..levels).fold(json!({ "sex": { "eq": "1" } }), |inner, _| wrap(inner));
        json!({ "w": filter })
    };
    let depth = Limits::default().depth;
    for wrap in [
        |inner| json!({ "not": inner }),
        |inner| json!({ "and": [inner] }),
        |inner| json!({ "or": [{ "sex": { "eq": "2" } }, inner] }),
    ] as [fn(Value) -> Value; 3]
    {
        site.data_with(&officer(), FILTERED, nested(depth, wrap)).await;
        let code = site.refusal_with(&officer(), FILTERED, nested(depth + 1, wrap)).await;
        assert_eq!(code, "LIMIT_EXCEEDED");
    }
    let far = |inner| json!({ "residences": { "some": { "person": inner } } });
    site.data_with(&officer(), FILTERED, nested(depth / 2, far)).await;
    let code = site.refusal_with(&officer(), FILTERED, nested(depth, far)).await;
    assert_eq!(code, "LIMIT_EXCEEDED");
}

/// Asking for the rows, their number and both at once asks of one filter, whoever meets it.
#[tokio::test]
async fn a_filter_counts_once_whatever_is_asked_of_its_list() {
    let site = Site::sqlite().await;
    let mut refused = Vec::new();
    for value in ["1", "9", "10"] {
        let field = if value == "10" { "ethnicity" } else { "sex" };
        let filter = json!({ field: { "in": vec![value; Limits::default().conditions - 1] } });
        for selection in ["totalCount", "nodes { id }", "totalCount nodes { id }"] {
            let query = format!(
                "query($w: PersonWhere) {{ persons(where: $w, first: 1) {{ {selection} }} }}"
            );
            let answer = site.prompt(&officer(), &query, json!({ "w": filter })).await;
            if !answer["errors"].is_null() {
                refused.push(format!("{value} {selection}: {}", answer["errors"][0]["message"]));
            }
        }
    }
    assert_eq!(refused, [""; 0]);
}

/// A filter of a few kilobytes must not keep a database busy: joins are dear to plan.
#[tokio::test(flavor = "multi_thread")]
async fn filters_through_many_relations_are_answered_or_refused_quickly() {
    let mut slow = Vec::new();
    for backend in backends("filters_through_many_relations_are_answered_or_refused_quickly") {
        let site = Site::new(backend).await;
        let relation =
            json!({ "residences": { "some": { "arrivalDate": { "gt": "2020-01-01" } } } });
        for (list, count) in [("and", 10), ("and", 40), ("and", 499), ("or", 40)] {
            let filter = json!({ list: vec![relation.clone(); count] });
            let caller = officer();
            let asked = ask_with(&site.gateway, &caller, FILTERED, json!({ "w": filter }));
            let answer = tokio::time::timeout(PROMPTLY, asked).await.unwrap_or_default();
            let exceeded = answer["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED";
            if answer["data"].is_null() && !exceeded {
                slow.push(format!("{backend:?} {list} of {count}"));
            }
        }
    }
    assert_eq!(slow, [""; 0]);
}
