//! Documents that the GraphQL specification refuses, each with the code of its sort.

use serde_json::json;

use super::site::{Site, officer};

/// Notes a document that was answered, or refused with another code.
pub async fn expect(site: &Site, query: &str, expected: &str, others: &mut Vec<String>) {
    let answer = site.prompt(&officer(), query, json!({})).await;
    let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("answered");
    if code != expected {
        others.push(format!("{query} => {code}"));
    }
}

#[tokio::test]
async fn what_does_not_parse_is_told_its_place_and_nothing_more() {
    let site = Site::sqlite().await;
    for query in [
        "",
        " ",
        "{",
        "}",
        "{}",
        "{ a",
        "{ persons( }",
        "{ persons(first: ) { id } }",
        "nonsense",
        "{ a: }",
        "query {",
        "query ( { a }",
        "{ ...}",
        "{ persons { nodes { } } }",
        "fragment on F { a }",
        "query A { __typename } query A { __typename }",
        "{ __typename } { __typename }",
        "query A { __typename } { __typename }",
        "{ x(a: 'single') }",
        "{ x(a: \"open) }",
        "{ x(a: \"\"\"open) }",
        "{ x(a: \"\\q\") }",
        "{ x(a: \"\\u12\") }",
        "{ x(a: 01) }",
        "{ x(a: 1.) }",
        "{ x(a: .5) }",
        "{ x(a: 1e) }",
        "{ x(a: +1) }",
        "{ x(a: $) }",
        "{ @x }",
        "query($: Int) { a }",
        "query($x Int) { a }",
        "query($x: ) { a }",
        "query($x: [Int) { a }",
        "\0",
        "{ \u{0} }",
        "{ a\u{7f} }",
        "{ 名字 }",
        "type A { b: Int }",
        "schema { query: Query }",
        "extend type Query { a: Int }",
    ] {
        let answer = site.prompt(&officer(), query, json!({})).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "GRAPHQL_PARSE_FAILED",
            "{query:?} {answer}"
        );
        let location = &answer["errors"][0]["locations"];
        assert!(location.is_null() || location[0]["line"].as_u64() >= Some(1), "{answer}");
    }
}

#[tokio::test]
async fn what_does_not_fit_the_schema_is_refused_by_validation() {
    let site = Site::sqlite().await;
    let mut others = Vec::new();
    for query in [
        "{ nobody }",
        "{ persons }",
        "{ persons { nodes } }",
        "{ persons { nodes { name { first } } } }",
        "{ persons(unknown: 1) { totalCount } }",
        "{ persons(first: 1, first: 2) { totalCount } }",
        "{ persons(first: \"1\") { totalCount } }",
        "{ persons(first: 1.5) { totalCount } }",
        "{ persons(where: { nobody: { eq: 1 } }) { totalCount } }",
        "{ persons(where: { name: { like: \"x\" } }) { totalCount } }",
        "{ persons(where: { sex: { lt: \"2\" } }) { totalCount } }",
        "{ persons(orderBy: [{ name: SIDEWAYS }]) { totalCount } }",
        "{ person { id } }",
        "{ person(id: null) { id } }",
        "query($x: Nothing) { persons(first: $x) { totalCount } }",
        "query($x: Person) { persons(first: $x) { totalCount } }",
        "query($x: Int) { __typename }",
        "{ persons(first: $x) { totalCount } }",
        "query($x: Int, $x: Int) { persons(first: $x) { totalCount } }",
        "query($x: Int = \"1\") { persons(first: $x) { totalCount } }",
        "{ ...F } fragment F on Nothing { id }",
        "{ ...F } fragment F on Person { id }",
        "{ ...Missing }",
        "{ __typename } fragment F on Person { id }",
        "{ ...F } fragment F on Query { ...F }",
        "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
        "{ persons { ... on Query { __typename } } }",
        "{ ... on String { x } }",
        "{ persons @unknown { totalCount } }",
        "{ persons @skip { totalCount } }",
        "{ persons @skip(if: 1) { totalCount } }",
        "{ persons @skip(if: true) @skip(if: true) { totalCount } }",
        "{ persons @deprecated { totalCount } }",
        "query @skip(if: true) { __typename }",
        "{ persons(first: 1) { nodes { a: name a: sex } } }",
        "{ persons(first: 1) { nodes { id } } persons(first: 2) { nodes { id } } }",
        "{ a: __typename a: entitlement { role } }",
        "mutation { x }",
        "subscription { x }",
    ] {
        expect(&site, query, "GRAPHQL_VALIDATION_FAILED", &mut others).await;
    }
    assert_eq!(others, [""; 0]);
}

/// Field selection merging (5.3.2): one response key is one field with one set of arguments, at
/// every depth and through every fragment. What conflicts is refused, never answered by half.
/// Input object field uniqueness (5.6.3).
/// All variable usages are allowed (5.8.5): a variable fits the place it stands in.
/// `__typename` is a leaf (5.3.3), and its directives are directives (5.7).
/// Arguments are part of the request whether or not their rows are wanted.
#[tokio::test]
async fn white_space_commas_comments_and_byte_order_marks_mean_nothing() {
    let site = Site::sqlite().await;
    for query in [
        "{__typename}",
        "\u{feff}{ __typename }",
        ",,,{,__typename,,},,",
        "# first\r\n{ # second { { { \" \"\"\"\r__typename\n}# third",
        "\t\n\r query\n,Q\n{ __typename }",
        "{ __typename ... { __typename } }",
    ] {
        assert_eq!(
            site.data(&officer(), query).await,
            json!({ "__typename": "Query" }),
            "{query:?}"
        );
    }
}

#[tokio::test]
async fn strings_and_block_strings_are_values_like_any_other() {
    let site = Site::sqlite().await;
    let one =
        site.data(&officer(), "{ persons(where: { sex: { eq: \"1\" } }) { totalCount } }").await;
    for text in ["\"\"\"1\"\"\"", "\"\"\"\n    1\n  \"\"\"", "\"\\u0031\""] {
        let query = format!("{{ persons(where: {{ sex: {{ eq: {text} }} }}) {{ totalCount }} }}");
        assert_eq!(site.data(&officer(), &query).await, one, "{text}");
    }
    for text in
        ["\"\"", "\"\"\"\"\"\"", "\"\\\"\"", "\"}}}{{{((([[[\"", "\"\"\"a\\\"\"\"b\"\"\"", "\"#\""]
    {
        let query = format!("{{ persons(where: {{ name: {{ eq: {text} }} }}) {{ totalCount }} }}");
        assert_eq!(site.data(&officer(), &query).await["persons"]["totalCount"], 0, "{text}");
    }
}
