//! Variables and directives; plans that are kept must not mix what different values ask for.

use serde_json::{Value, json};

use super::site::{Site, officer};

#[tokio::test]
async fn a_variable_gives_what_its_literal_gives() {
    let site = Site::sqlite().await;
    let literal = "{ persons(first: 4, where: { sex: { eq: \"2\" }, birthDate: \
                   { gte: \"1980-01-01\" } }, orderBy: [{ birthDate: DESC }]) \
                   { nodes { id birthDate } } }";
    let expected = site.data(&officer(), literal).await;
    assert_eq!(expected["persons"]["nodes"].as_array().unwrap().len(), 4);
    let values = json!({ "n": 4, "s": "2", "d": "1980-01-01", "o": "DESC",
        "w": { "sex": { "eq": "2" }, "birthDate": { "gte": "1980-01-01" } },
        "k": [{ "birthDate": "DESC" }], "f": { "gte": "1980-01-01" } });
    for (declared, arguments) in [
        ("$n: Int, $w: PersonWhere, $k: [PersonOrderBy!]", "first: $n, where: $w, orderBy: $k"),
        ("$n: Int!, $w: PersonWhere!, $k: [PersonOrderBy!]!", "first: $n, where: $w, orderBy: $k"),
        (
            "$s: Code, $d: Date, $o: Direction!",
            "first: 4, where: { sex: { eq: $s }, birthDate: { gte: $d } }, \
             orderBy: [{ birthDate: $o }]",
        ),
        (
            "$f: DateFilter",
            "first: 4, where: { sex: { eq: \"2\" }, birthDate: $f }, \
             orderBy: [{ birthDate: DESC }]",
        ),
    ] {
        let query =
            format!("query({declared}) {{ persons({arguments}) {{ nodes {{ id birthDate }} }} }}");
        let names = values.as_object().unwrap().iter();
        let given: Value = names
            .filter(|(name, _)| declared.contains(&format!("${name}:")))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<serde_json::Map<_, _>>()
            .into();
        assert_eq!(site.data_with(&officer(), &query, given).await, expected, "{query}");
    }
}

#[tokio::test]
async fn a_default_stands_in_for_an_absent_variable_and_not_for_null() {
    let site = Site::sqlite().await;
    let query = "query($n: Int = 2) { persons(first: $n) { nodes { id } } }";
    for (variables, rows) in [
        (json!({}), 2),
        (json!({ "n": 3 }), 3),
        // Null takes the argument away, and with it the page gets its usual size.
        (json!({ "n": null }), 50),
    ] {
        assert_eq!(
            site.nodes_with(&officer(), query, variables.clone()).await.len(),
            rows,
            "{variables}"
        );
    }
}

#[tokio::test]
async fn a_required_variable_is_neither_absent_nor_null() {
    let site = Site::sqlite().await;
    let required = "query($n: Int!) { persons(first: $n) { nodes { id } } }";
    let defaulted = "query($n: Int! = 2) { persons(first: $n) { nodes { id } } }";
    for variables in [json!({}), json!({ "n": null })] {
        assert_eq!(site.refusal_with(&officer(), required, variables).await, "BAD_USER_INPUT");
    }
    assert_eq!(site.nodes(&officer(), defaulted).await.len(), 2);
    let null = json!({ "n": null });
    assert_eq!(site.refusal_with(&officer(), defaulted, null).await, "BAD_USER_INPUT");
    let list = "query($k: [PersonOrderBy!]) { persons(orderBy: $k) { nodes { id } } }";
    let null = json!({ "k": [null] });
    assert_eq!(site.refusal_with(&officer(), list, null).await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn an_absent_variable_takes_its_member_away_and_null_is_no_value_to_compare_with() {
    let site = Site::sqlite().await;
    let query = "query($s: Code) { persons(where: { sex: { eq: $s } }) { totalCount } }";
    let all = site.data(&officer(), "{ persons(where: { sex: {} }) { totalCount } }").await;
    assert_eq!(site.data(&officer(), query).await, all);
    let null = json!({ "s": null });
    assert_eq!(site.refusal_with(&officer(), query, null).await, "BAD_USER_INPUT");
    let whole = "query($w: PersonWhere) { persons(where: $w) { totalCount } }";
    let unfiltered = site.data(&officer(), "{ persons { totalCount } }").await;
    for variables in [json!({}), json!({ "w": null }), json!({ "w": {} })] {
        assert_eq!(site.data_with(&officer(), whole, variables).await, unfiltered);
    }
}

#[tokio::test]
async fn a_variable_nobody_declared_is_ignored() {
    let site = Site::sqlite().await;
    let data =
        site.data_with(&officer(), "{ __typename }", json!({ "x": [1, { "y": null }] })).await;
    assert_eq!(data, json!({ "__typename": "Query" }));
}

#[tokio::test]
async fn skip_and_include_decide_each_time_anew() {
    let site = Site::sqlite().await;
    let query = "query($a: Boolean!, $b: Boolean!) { persons(first: 1) { nodes { id \
                 name @include(if: $a) sex @skip(if: $a) ... @include(if: $b) { birthDate } \
                 ...R @skip(if: $b) } } } fragment R on Person { residences(first: 1) @include(if: $a) { id } }";
    for _ in 0..2 {
        for (a, b, keys) in [
            (true, true, &["birthDate", "id", "name"][..]),
            (true, false, &["id", "name", "residences"]),
            (false, true, &["birthDate", "id", "sex"]),
            (false, false, &["id", "sex"]),
        ] {
            let rows = site.nodes_with(&officer(), query, json!({ "a": a, "b": b })).await;
            assert_eq!(rows[0].as_object().unwrap().keys().collect::<Vec<_>>(), keys, "{a} {b}");
        }
    }
}

#[tokio::test]
async fn more_sets_of_decisions_than_are_kept_are_all_answered_rightly() {
    let site = Site::sqlite().await;
    let fields = ["name", "sex", "birthDate", "ethnicity", "education"];
    let declared: Vec<String> = (0..5).map(|at| format!("$v{at}: Boolean!")).collect();
    let selected: Vec<String> = fields
        .iter()
        .enumerate()
        .map(|(at, name)| format!("{name} @include(if: $v{at})"))
        .collect();
    let query = format!(
        "query({}) {{ persons(first: 1) {{ nodes {{ id {} }} }} }}",
        declared.join(", "),
        selected.join(" ")
    );
    for bits in (0..32u32).chain(0..32) {
        let variables: serde_json::Map<String, Value> =
            (0..5).map(|at| (format!("v{at}"), (bits >> at & 1 == 1).into())).collect();
        let rows = site.nodes_with(&officer(), &query, variables.into()).await;
        for (at, name) in fields.iter().enumerate() {
            assert_eq!(rows[0].get(name).is_some(), bits >> at & 1 == 1, "{bits:b} {name}");
        }
    }
}

#[tokio::test]
async fn directives_with_literals_skip_roots_and_nothing_is_read_for_them() {
    let site = Site::sqlite().await;
    let query = "{ __typename persons(first: 1) @skip(if: true) { nodes { id } } \
                 person(id: \"forged\") @include(if: false) { id } }";
    assert_eq!(site.data(&officer(), query).await, json!({ "__typename": "Query" }));
    let both = "{ __typename @include(if: true) @skip(if: true) a: __typename @skip(if: false) }";
    assert_eq!(site.data(&officer(), both).await, json!({ "a": "Query" }));
    let empty = "{ persons(first: 1) { nodes { id @skip(if: true) } } }";
    assert_eq!(site.nodes(&officer(), empty).await, [json!({})]);
}

#[tokio::test]
async fn one_document_with_other_values_gives_other_rows() {
    let site = Site::sqlite().await;
    let query = "query($s: Code!) { persons(where: { sex: { eq: $s } }) { nodes { sex } } }";
    for sex in ["1", "2", "1", "9", "2"] {
        let rows = site.nodes_with(&officer(), query, json!({ "s": sex })).await;
        assert!(rows.iter().all(|row| row["sex"] == sex), "{sex}");
        assert_eq!(rows.is_empty(), sex == "9");
    }
}

#[tokio::test]
async fn one_document_of_two_roles_gives_each_its_own() {
    use crate::support::caller;
    use migrant_gateway::policy::{Purpose, Role};
    let site = Site::sqlite().await;
    let query = "{ persons(first: 1) { nodes { name } } }";
    let county = caller(Role::HO, Purpose::Hr);
    for _ in 0..2 {
        let full = site.nodes(&officer(), query).await[0]["name"].clone();
        assert!(!full.as_str().unwrap().contains('*'), "{full}");
        let masked = site.nodes(&county, query).await[0]["name"].clone();
        assert!(masked.as_str().unwrap().ends_with("**"), "{masked}");
    }
}
