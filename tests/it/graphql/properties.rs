//! Whatever comes: an answer or a code, never a panic.

use migrant_gateway::policy::{Purpose, Role};
use proptest::{prelude::*, sample::select, test_runner::TestRunner};
use serde_json::{Value, json};

use super::{
    generator::{Schema, document},
    site::{Site, officer},
};
use crate::support::caller;

fn check<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    let config = ProptestConfig { cases, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(strategy, |value| {
            test(value);
            Ok(())
        })
        .unwrap();
}

fn here() -> (tokio::runtime::Runtime, Site) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = runtime.block_on(Site::sqlite());
    (runtime, site)
}

const VALID: [&str; 6] = [
    "query Q($n: Int = 2, $w: PersonWhere) { persons(first: $n, where: $w, orderBy: [{ sex: ASC }]) \
     { nodes { id name ...F } pageInfo { hasNextPage endCursor } totalCount } } fragment F on Person \
     { residences(first: 1) { arrivalDate } }",
    "{ a: persons(last: 3, where: { or: [{ sex: { in: [\"1\", \"2\"] } }, { not: { birthDate: \
     { lt: \"2000-01-01\" } } }] }) { edges { cursor node { ... on Person { sex @skip(if: false) } } } } }",
    "{ personStats(groupBy: [sex, ageBand]) { sex ageBand count suppressed __typename } }",
    "{ entitlement(kind: \"Person\") { role shared { field level } withheld { field law } } }",
    "{ __schema { types { name fields { name args { name type { name } } } } } }",
    "query($b: Boolean!) { __typename @include(if: $b) person(id: \"\"\"x\"\"\") @skip(if: $b) { id } }",
];

#[test]
fn any_text_as_a_document_is_answered_or_refused_with_a_code() {
    let (runtime, site) = here();
    let word = select(vec![
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "query",
        "fragment",
        "on",
        "...",
        "@skip",
        "@include(if: true)",
        ":",
        "$x",
        "!",
        "=",
        "persons",
        "nodes",
        "id",
        "name",
        "first",
        "1",
        "-1",
        "\"",
        "\"\"\"",
        "#",
        "\n",
        "null",
        "true",
        "where",
        "__typename",
        "__schema",
        "\\u0000",
        "\u{feff}",
        "é",
        "mutation",
        ",",
        "&",
    ]);
    let words = prop::collection::vec(word, 0..40).prop_map(|words| words.join(" "));
    let texts = prop_oneof![any::<String>(), "[ -~\n]{0,80}", words];
    check(300, &texts, |text| {
        runtime.block_on(site.prompt(&officer(), &text, json!({ "x": 1 })));
    });
}

#[test]
fn any_change_to_a_valid_document_is_answered_or_refused_with_a_code() {
    let (runtime, site) = here();
    let change = (0..4u8, any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let changes = (select(VALID.to_vec()), prop::collection::vec(change, 1..4));
    check(400, &changes, |(document, changes)| {
        let mut tokens: Vec<&str> = tokens(document);
        for (what, here, there) in changes {
            let (here, there) = (here.index(tokens.len()), there.index(tokens.len()));
            match what {
                0 => drop(tokens.remove(here)),
                1 => tokens.insert(there, tokens[here]),
                2 => tokens.swap(here, there),
                _ => tokens[here] = tokens[there],
            }
        }
        let variables = json!({ "n": 1, "b": true, "w": {} });
        runtime.block_on(site.prompt(&officer(), &tokens.join(" "), variables));
    });
}

/// Pieces that a lexer would make of a document, near enough.
fn tokens(document: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = document.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        select(vec!["ASC", "1", "2020-01-01", "sex", "x\0y", "2020-01-01T00:00:00Z"])
            .prop_map(Value::from),
    ];
    let key = select(vec![
        "and",
        "or",
        "not",
        "id",
        "eq",
        "in",
        "some",
        "none",
        "name",
        "sex",
        "birthDate",
        "residences",
        "isNull",
        "startsWith",
        "person",
        "healthRecords",
        "x",
        "",
    ]);
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..5).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }),
        ]
    })
}

#[test]
fn any_json_as_a_variable_is_answered_or_refused_with_a_code() {
    let (runtime, site) = here();
    let places = select(vec![
        ("PersonWhere", "persons(where: $v) { totalCount nodes { id } }"),
        ("[PersonOrderBy!]", "persons(orderBy: $v, first: 1) { nodes { id } }"),
        ("Int", "persons(first: $v) { nodes { id } }"),
        ("String", "persons(before: $v) { nodes { id } }"),
        ("ID!", "person(id: $v) { id }"),
        ("StringFilter", "persons(where: { name: $v }) { totalCount }"),
        ("[Code!]", "persons(where: { sex: { in: $v } }) { totalCount }"),
        ("Date", "persons(where: { birthDate: { gt: $v } }) { totalCount }"),
        ("ResidenceRegistrationSome", "persons(where: { residences: $v }) { totalCount }"),
        ("[PersonDimension!]", "personStats(groupBy: $v) { count }"),
        ("Boolean!", "persons(first: 1) @skip(if: $v) { totalCount }"),
        ("String", "entitlement(kind: $v) { role }"),
    ]);
    check(400, &(places, any_json()), |((ty, field), value)| {
        let query = format!("query($v: {ty}) {{ {field} }}");
        runtime.block_on(site.prompt(&officer(), &query, json!({ "v": value })));
    });
}

#[test]
fn any_text_as_an_identifier_or_cursor_is_refused_as_such() {
    let (runtime, site) = here();
    let texts = prop_oneof![any::<String>(), "[A-Za-z0-9_-]{0,64}"];
    check(150, &texts, |text| {
        let variables = json!({ "v": text });
        let id = "query($v: ID!) { person(id: $v) { id } }";
        let code = runtime.block_on(site.refusal_with(&officer(), id, variables.clone()));
        assert_eq!(code, "ID_INVALID");
        let after = "query($v: String) { persons(after: $v) { nodes { id } } }";
        let code = runtime.block_on(site.refusal_with(&officer(), after, variables));
        assert_eq!(code, "CURSOR_INVALID");
    });
}

/// Every document that fits a caller's schema is answered: what is offered is served.
#[test]
fn every_document_made_from_a_callers_schema_is_answered() {
    let (runtime, site) = here();
    for (role, purpose) in [
        (Role::PO, Purpose::Res),
        (Role::HC, Purpose::Hr),
        (Role::HO, Purpose::Hr),
        (Role::CA, Purpose::Sa),
        (Role::MW, Purpose::Emp),
        (Role::HA, Purpose::Stat),
        (Role::SU, Purpose::Sar),
    ] {
        let caller = caller(role, purpose);
        let schema = runtime.block_on(Schema::of(&site, &caller));
        let tape = prop::collection::vec(any::<u16>(), 0..150);
        check(50, &tape, |tape| {
            let query = document(&schema, &tape);
            let answer = runtime.block_on(site.prompt(&caller, &query, json!({})));
            assert!(answer["errors"].is_null(), "{role} {query}\n{answer}");
        });
    }
}
