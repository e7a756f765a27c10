//! Values: of wrong types, out of range, and made of SQL.

use serde_json::{Value, json};

use super::{
    clean::SECRET,
    site::{Site, officer},
};
use crate::support::backends;

#[tokio::test]
async fn variables_of_a_wrong_type_are_refused_without_repeating_them() {
    let site = Site::sqlite().await;
    let deep = (0..40).fold(json!(SECRET), |inner, _| json!([inner]));
    let object = (0..40).fold(json!({}), |inner, _| json!({ "not": inner }));
    for (declared, place, values) in [
        (
            "Int",
            "first: $v",
            vec![
                json!("1"),
                json!(1.5),
                json!(true),
                json!({}),
                json!([1]),
                json!(2147483648_i64),
                json!(-2147483649_i64),
                json!(u64::MAX),
                json!(1e300),
                json!(SECRET),
            ],
        ),
        (
            "String",
            "after: $v",
            vec![json!(1), json!(true), json!({ "x": SECRET }), json!([]), json!([SECRET])],
        ),
        (
            "PersonWhere",
            "where: $v",
            vec![
                json!(SECRET),
                json!(1),
                json!([]),
                json!({ SECRET.to_lowercase(): {} }),
                json!({ "name": SECRET }),
                json!({ "name": [SECRET] }),
                json!({ "name": { "eq": null } }),
                json!({ "name": { "eq": { "eq": SECRET } } }),
                json!({ "name": { "in": [null] } }),
                json!({ "name": { "in": [[SECRET]] } }),
                json!({ "name": { "like": SECRET } }),
                json!({ "name": { "isNull": SECRET } }),
                json!({ "and": [null] }),
                json!({ "or": SECRET }),
                json!({ "not": [] }),
                json!({ "id": { "eq": SECRET } }),
                json!({ "id": { "eq": 7 } }),
                json!({ "id": { "lt": SECRET } }),
                json!({ "residences": { "any": {} } }),
                json!({ "residences": [] }),
                json!({ "birthDate": { "eq": SECRET } }),
                json!({ "birthDate": { "eq": 20150306 } }),
                json!({ "idNumberValid": { "eq": "true" } }),
                json!({ "idNumberValid": { "eq": 1 } }),
                json!({ "updatedAt": { "gt": 0 } }),
                object,
            ],
        ),
        (
            "[PersonOrderBy!]",
            "orderBy: $v",
            vec![
                json!(SECRET),
                json!([SECRET]),
                json!([{}]),
                json!([{ "name": "SIDEWAYS" }]),
                json!([{ "name": SECRET }]),
                json!([{ "name": null }]),
                json!([{ "name": "ASC", "sex": "ASC" }]),
                json!([{ "nobody": "ASC" }]),
                json!([null]),
                json!([[]]),
                json!([{ "name": true }]),
            ],
        ),
        (
            "StringFilter",
            "where: { name: $v }",
            vec![
                json!(SECRET),
                json!([]),
                json!({ "eq": 1 }),
                json!({ "in": 1 }),
                json!({ SECRET.to_lowercase(): 1 }),
                deep,
            ],
        ),
        (
            "[Code!]",
            "where: { sex: { in: $v } }",
            vec![json!([null]), json!([1]), json!([[SECRET]]), json!({ "x": SECRET })],
        ),
        (
            "Date",
            "where: { birthDate: { eq: $v } }",
            vec![json!(SECRET), json!(1), json!([]), json!({})],
        ),
        (
            "Boolean",
            "where: { idNumberValid: { eq: $v } }",
            vec![json!("true"), json!(0), json!([true])],
        ),
        (
            "Direction!",
            "orderBy: [{ name: $v }]",
            vec![json!("asc"), json!(SECRET), json!(1), json!(null)],
        ),
    ] {
        let query = format!("query($v: {declared}) {{ persons({place}) {{ nodes {{ id }} }} }}");
        for value in values {
            let code = site.refusal_with(&officer(), &query, json!({ "v": value })).await;
            let known = ["BAD_USER_INPUT", "FIELD_NOT_SHARED", "ID_INVALID", "LIMIT_EXCEEDED"];
            assert!(known.contains(&code.as_str()), "{declared} {value}: {code}");
        }
    }
}

/// What tries to leave its place in SQL finds nobody, like any other text that nobody has.
#[tokio::test(flavor = "multi_thread")]
async fn sql_in_every_place_for_a_text_is_a_text() {
    for backend in backends("sql_in_every_place_for_a_text_is_a_text") {
        let site = Site::new(backend).await;
        let query = "query($w: PersonWhere) { persons(where: $w) { totalCount nodes { id } } }";
        let everybody = site.data(&officer(), "{ persons { totalCount } }").await;
        let nobody = json!({ "persons": { "totalCount": 0, "nodes": [] } });
        for text in [
            "' OR '1'='1",
            "'; DROP TABLE person; --",
            "\\' OR 1=1 --",
            "\" OR \"\"=\"",
            "$1",
            "?1",
            ":x",
            "%",
            "_",
            "%%",
            "1) OR (1=1",
            "*/ OR 1=1 /*",
            "x' UNION SELECT id_number FROM person --",
            "';SELECT pg_sleep(9);--",
            "\u{202e}",
            "\u{1f600}",
            "\u{fffd}",
            "NULL",
            "{}",
            "\\u0000",
            "\\",
        ] {
            let places = ["name", "sourceSystem"].into_iter().flat_map(|field| {
                ["eq", "in", "startsWith"].map(|operator| json!({ field: { operator: text } }))
            });
            let contained = json!({ "name": { "contains": text } });
            let filter = json!({ "or": places.chain([contained]).collect::<Vec<_>>() });
            let data = site.data_with(&officer(), query, json!({ "w": filter })).await;
            assert_eq!(data, nobody, "{backend:?} {text}");
            let literal = Value::from(text);
            let root = format!("{{ entitlement(kind: {literal}) {{ shared {{ field }} }} }}");
            site.prompt(&officer(), &root, json!({})).await;
            for argument in ["after", "before"] {
                let paged =
                    format!("query($c: String) {{ persons({argument}: $c) {{ nodes {{ id }} }} }}");
                assert_eq!(
                    site.refusal_with(&officer(), &paged, json!({ "c": text })).await,
                    "CURSOR_INVALID"
                );
            }
            let one = "query($c: ID!) { person(id: $c) { id } }";
            assert_eq!(
                site.refusal_with(&officer(), one, json!({ "c": text })).await,
                "ID_INVALID"
            );
        }
        assert_eq!(site.data(&officer(), "{ persons { totalCount } }").await, everybody);
    }
}

#[tokio::test]
async fn texts_have_at_most_a_thousand_bytes_and_no_nul() {
    let site = Site::sqlite().await;
    let query = "query($w: PersonWhere) { persons(where: $w) { totalCount } }";
    for (text, fine) in [
        ("x".repeat(1_000), true),
        ("x".repeat(1_001), false),
        ("一".repeat(333), true),
        ("一".repeat(334), false),
        ("a\0b".to_owned(), false),
    ] {
        for operator in ["eq", "in", "contains", "startsWith"] {
            let variables = json!({ "w": { "name": { operator: text } } });
            let answer = site.prompt(&officer(), query, variables).await;
            assert_eq!(answer["errors"].is_null(), fine, "{operator} {}", text.len());
        }
    }
}
