//! Documents made to hurt: each gets a coded error, quickly, and says nothing of the inside.

use serde_json::{Value, json};

use super::{
    clean::SECRET,
    site::{Site, officer},
};
use crate::support::ask;

fn repeat(text: &str, times: usize) -> String {
    text.repeat(times)
}

#[tokio::test]
async fn deep_nesting_of_every_bracket_is_refused() {
    let site = Site::sqlite().await;
    let n = 100_000;
    for query in [
        repeat("{", n),
        repeat("{a", n),
        repeat("[", n),
        repeat("(", n),
        format!("{{ persons(where: {}", repeat("{not:", n)),
        format!("{{ persons(where: {{ and: {}", repeat("[{and:", n)),
        format!("query($x: {}Int{}) {{ __typename }}", repeat("[", n), repeat("]", n)),
        format!("{}{}", repeat("{ persons ", 60), repeat("}", 60)),
        format!("{{ {} __typename {} }}", repeat("... {", 2_000), repeat("}", 2_000)),
        repeat("}", n),
        format!("{}{}", repeat("}", 50), repeat("{a", n)),
        repeat("\"\"\"", n),
        repeat("\"", n),
        format!("{{ x(a: {}", repeat("\"\"\"\"", n)),
        repeat("#\n", n),
        format!("#{}", repeat("{", n)),
        repeat("...", n),
        repeat("@", n),
        repeat("$", n),
        repeat("-", n),
        repeat("\\\"", n),
    ] {
        let code = site.refusal(&officer(), &query).await;
        assert!(matches!(code.as_str(), "LIMIT_EXCEEDED" | "GRAPHQL_PARSE_FAILED"), "{code}");
    }
}

#[tokio::test]
async fn fragments_that_multiply_are_counted_before_they_are_expanded() {
    let site = Site::sqlite().await;
    let doubled = |names: usize, leaf: &str, on: &str| -> String {
        (0..names)
            .map(|at| {
                format!("fragment F{at} on {on} {{ ...F{0} ...F{0} x{at}: {leaf} }} ", at + 1)
            })
            .chain([format!("fragment F{names} on {on} {{ {leaf} }}")])
            .collect()
    };
    for query in [
        format!("{{ ...F0 }} {}", doubled(60, "__typename", "Query")),
        format!("{{ persons {{ nodes {{ ...F0 }} }} }} {}", doubled(60, "id", "Person")),
        format!("{{ __typename }} {}", doubled(60, "__typename", "Query")),
    ] {
        let code = site.refusal(&officer(), &query).await;
        assert!(matches!(code.as_str(), "LIMIT_EXCEEDED" | "GRAPHQL_VALIDATION_FAILED"), "{code}");
    }
    let nested: String = (0..20)
        .map(|at| {
            format!("fragment G{at} on Person {{ residences {{ person {{ ...G{} }} }} }} ", at + 1)
        })
        .collect();
    let query =
        format!("{{ persons {{ nodes {{ ...G0 }} }} }} {nested} fragment G20 on Person {{ id }}");
    assert_eq!(site.refusal(&officer(), &query).await, "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn cycles_of_fragments_are_refused() {
    let site = Site::sqlite().await;
    for length in [1, 2, 3, 50] {
        let ring: String = (0..length)
            .map(|at| {
                format!("fragment F{at} on Query {{ __typename ...F{} }} ", (at + 1) % length)
            })
            .collect();
        for start in ["{ ...F0 }", "{ __typename }", "{ ... { ...F0 } }"] {
            let code = site.refusal(&officer(), &format!("{start} {ring}")).await;
            assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{length} {start}");
        }
    }
    let query =
        "{ persons { nodes { ...P } } } fragment P on Person { residences { person { ...P } } }";
    assert_eq!(site.refusal(&officer(), query).await, "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn wide_documents_are_refused() {
    let site = Site::sqlite().await;
    let list = |one: fn(usize) -> String, n: usize| (0..n).map(one).collect::<Vec<_>>().join(" ");
    for query in [
        format!("{{ {} }}", list(|at| format!("a{at}: __typename"), 10_000)),
        format!("{{ {} }}", list(|at| format!("a{at}: __typename"), 60)),
        format!("{{ persons {{ nodes {{ {} }} }} }}", list(|at| format!("a{at}: name"), 1_000)),
        format!("{{ persons {{ nodes {{ {} }} }} }}", repeat("name ", 3_000)),
        format!("{{ __typename {} }}", repeat("@skip(if: false) ", 700)),
        format!(
            "{{ {} }}",
            list(|at| format!("... @include(if: true) {{ a{at}: __typename }}"), 300)
        ),
        format!("{{ __typename {} }}", repeat("@x ", 1_900)),
        format!("query({}) {{ __typename }}", list(|at| format!("$v{at}: Int"), 900)),
        list(|at| format!("query Q{at} {{ __typename }}"), 800),
        format!(
            "{{ persons(where: {{ sex: {{ in: [{}] }} }}) {{ totalCount }} }}",
            repeat("\"1\",", 50_000)
        ),
        format!("{{ persons(where: {{ or: [{}] }}) {{ totalCount }} }}", repeat("{},", 30_000)),
        format!("{{ {} }}", repeat("persons { totalCount } ", 1_000)),
        format!("{{ {} }}", repeat("... on Query { __typename } ", 600)),
    ] {
        let code = site.refusal(&officer(), &query).await;
        let known = ["LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED", "BAD_REQUEST"];
        assert!(known.contains(&code.as_str()), "{code} for {}", &query[..60]);
    }
}

#[tokio::test]
async fn long_names_numbers_strings_and_comments_are_answered_or_refused_quickly() {
    let site = Site::sqlite().await;
    let n = 120_000;
    for query in [
        format!("{{ {} }}", repeat("a", n)),
        format!("{{ persons(first: {}) {{ nodes {{ id }} }} }}", repeat("9", n)),
        format!("{{ persons(first: -{}) {{ nodes {{ id }} }} }}", repeat("9", n)),
        format!("{{ persons(first: 1e{}) {{ nodes {{ id }} }} }}", repeat("9", 1_000)),
        format!("{{ persons(first: 0.{}1) {{ nodes {{ id }} }} }}", repeat("0", n)),
        format!(
            "{{ persons(where: {{ name: {{ eq: \"{}\" }} }}) {{ totalCount }} }}",
            repeat("x", n)
        ),
        format!(
            "{{ persons(where: {{ name: {{ eq: \"{}\" }} }}) {{ totalCount }} }}",
            repeat("\\u4e00", 20_000)
        ),
        format!("{{ person(id: \"{}\") {{ id }} }}", repeat("A", n)),
        format!("{{ persons(after: \"{}\") {{ nodes {{ id }} }} }}", repeat("A", n)),
        format!(
            "{{ persons(where: {{ birthDate: {{ eq: \"{}\" }} }}) {{ totalCount }} }}",
            repeat("2", n)
        ),
        format!("{{ entitlement(kind: \"{}\") {{ role }} }}", repeat("x", n)),
        format!("query {} {{ nobody }}", repeat("Q", n)),
        format!("{{ __typename @{} }}", repeat("x", n)),
        format!("query($x: {}) {{ __typename }}", repeat("T", n)),
        format!("{{ nobody }} {}", repeat("# comment\n", 12_000)),
    ] {
        let answer = site.prompt(&officer(), &query, json!({})).await;
        assert!(!answer["errors"].is_null(), "{answer}");
        assert!(
            answer.to_string().len() < 2_000,
            "the error repeats the request: {}",
            &query[..40]
        );
    }
}

/// Secrets where values stand, in documents that do not fit: no error repeats them.
#[tokio::test]
async fn no_error_repeats_a_value_of_the_document() {
    let site = Site::sqlite().await;
    let mut repeated = Vec::new();
    for query in [
        format!("{{ persons(where: {{ name: {{ eq: \"{SECRET}\" }} }}) {{ nobody }} }}"),
        format!("{{ persons(where: {{ sex: {{ lt: \"{SECRET}\" }} }}) {{ totalCount }} }}"),
        format!("{{ persons(where: {{ birthDate: {{ eq: \"{SECRET}\" }} }}) {{ totalCount }} }}"),
        format!("{{ persons(where: {{ birthDate: \"{SECRET}\" }}) {{ totalCount }} }}"),
        format!("{{ persons(where: \"{SECRET}\") {{ totalCount }} }}"),
        format!("{{ persons(first: \"{SECRET}\") {{ totalCount }} }}"),
        format!("{{ person(id: \"{SECRET}\") {{ id }} }}"),
        format!("{{ persons(after: \"{SECRET}\") {{ nodes {{ id }} }} }}"),
        format!("{{ persons(where: {{ id: {{ in: [\"{SECRET}\"] }} }}) {{ totalCount }} }}"),
        format!(
            "{{ persons(where: {{ healthRecords: {{ some: {{ bloodType: {{ eq: \"{SECRET}\" }} }} }} }}) {{ totalCount }} }}"
        ),
        format!("{{ persons(first: 1) @skip(if: \"{SECRET}\") {{ totalCount }} }}"),
        format!("{{ __typename @include(if: \"{SECRET}\") }}"),
        format!("query($x: Int = \"{SECRET}\") {{ persons(first: $x) {{ totalCount }} }}"),
        format!("{{ persons(where: {{ updatedAt: {{ eq: \"{SECRET}\" }} }}) {{ totalCount }} }}"),
        format!(
            "{{ persons(where: {{ idNumberValid: {{ eq: \"{SECRET}\" }} }}) {{ totalCount }} }}"
        ),
        format!("{{ personStats(groupBy: \"{SECRET}\") {{ count }} }}"),
        format!("{{ persons(orderBy: [{{ name: \"{SECRET}\" }}]) {{ totalCount }} }}"),
        format!("{{ persons(orderBy: [{{ name: {SECRET} }}]) {{ totalCount }} }}"),
        format!("{{ persons(where: {{ name: {{ eq: \"{SECRET}\" }} }} {{ totalCount }} }}"),
    ] {
        let answer = ask(&site.gateway, &officer(), &query).await;
        assert!(!answer["errors"].is_null(), "{query}");
        if answer.to_string().contains(SECRET) {
            repeated.push(answer["errors"][0]["message"].to_string());
        }
    }
    assert_eq!(repeated, [""; 0]);
}

#[tokio::test]
async fn no_error_holds_a_value_of_the_database() {
    let site = Site::sqlite().await;
    let rows =
        site.nodes(&officer(), "{ persons(first: 500) { nodes { name idNumber phone } } }").await;
    let values: Vec<&str> = rows
        .iter()
        .flat_map(|row| [&row["idNumber"], &row["phone"], &row["name"]])
        .filter_map(Value::as_str)
        .collect();
    let in_full =
        |row: &&Value| ["name", "idNumber", "phone"].iter().all(|name| row[*name].is_string());
    let person = rows.iter().find(in_full).expect("somebody is shown in full");
    for query in [
        format!(
            "{{ persons(where: {{ idNumber: {{ lt: {} }} }}) {{ totalCount }} }}",
            person["idNumber"]
        ),
        format!("{{ persons(where: {{ name: {} }}) {{ totalCount }} }}", person["name"]),
        format!("{{ person(id: {}) {{ id }} }}", person["idNumber"]),
        format!("{{ persons(after: {}) {{ nodes {{ id }} }} }}", person["phone"]),
        format!("{{ persons(first: {}) {{ nodes {{ id }} }} }}", person["phone"]),
        format!(
            "{{ persons(where: {{ birthDate: {{ eq: {} }} }}) {{ totalCount }} }}",
            person["phone"]
        ),
    ] {
        let answer = site.prompt(&officer(), &query, json!({})).await;
        let text = answer["errors"].to_string();
        assert_ne!(text, "null", "{query}");
        assert!(!values.iter().any(|value| text.contains(value)), "{query} {text}");
    }
}
