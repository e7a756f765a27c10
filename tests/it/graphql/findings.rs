//! Everything that is wrong with a document is told at once; and rules on values that the library's
//! validation passes over.

use serde_json::{Value, json};

use super::site::{Site, officer};
use crate::support::ask;

/// Code, line and column of every error.
fn told(answer: &Value) -> Vec<(String, u64, u64)> {
    let errors = answer["errors"].as_array().expect("errors");
    let place = |error: &Value, of: &str| error["locations"][0][of].as_u64().unwrap_or(0);
    errors
        .iter()
        .map(|error| {
            let code = error["extensions"]["code"].as_str().unwrap().to_owned();
            (code, place(error, "line"), place(error, "column"))
        })
        .collect()
}

#[tokio::test]
async fn all_findings_of_a_document_are_told_with_their_places() {
    let site = Site::sqlite().await;
    let query = "query($n: Int, $w: HealthRecordWhere) {\n\
                 healthRecords { totalCount }\n\
                 persons(first: \"1\") { nodes { nobody\n\
                 healthRecords { id }\n\
                 id { x } } }\n\
                 maternalCareRecords(where: $w) { totalCount }\n\
                 persons: person(id: $missing) { id } }";
    let first = ask(&site.gateway, &officer(), query).await;
    let all = told(&first);
    let refused = |line, column| ("FIELD_NOT_SHARED".to_owned(), line, column);
    for expected in [refused(1, 20), refused(2, 1), refused(4, 1), refused(6, 1)] {
        assert!(all.contains(&expected), "{expected:?} {all:?}");
    }
    let unfit = all.iter().filter(|(code, ..)| code == "GRAPHQL_VALIDATION_FAILED");
    let lines: Vec<u64> = unfit.map(|(_, line, _)| *line).collect();
    for line in [1, 3, 5, 7] {
        assert!(lines.contains(&line), "line {line}: {all:?}");
    }
    let refusals = all.iter().take_while(|(code, ..)| code == "FIELD_NOT_SHARED").count();
    assert!(refusals >= 4 && all[refusals..].iter().all(|(code, ..)| code != "FIELD_NOT_SHARED"));
    for _ in 0..5 {
        assert_eq!(ask(&site.gateway, &officer(), query).await, first, "in the same order");
    }
}

#[tokio::test]
async fn every_field_that_is_not_granted_is_named_each_once() {
    let site = Site::sqlite().await;
    let query = "{ persons(where: { healthRecords: { some: {} }, maternalCareRecords: { some: {} } }) \
                 { nodes { healthRecords { bloodType } ...F ...F } } } \
                 fragment F on Person { maternalCareRecords { id } }";
    let answer = ask(&site.gateway, &officer(), query).await;
    let errors = answer["errors"].as_array().unwrap();
    let kinds: Vec<&str> =
        errors.iter().map(|error| error["extensions"]["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["HealthRecord", "MaternalCareRecord", "HealthRecord", "MaternalCareRecord"],
        "{answer}"
    );
    assert!(errors.iter().all(|error| error["locations"][0]["column"].is_u64()), "{answer}");
}

#[tokio::test]
async fn a_document_that_is_wrong_everywhere_is_told_fifty_findings_and_how_many_more() {
    let site = Site::sqlite().await;
    let names: Vec<String> = (0..80).map(|number| format!("nobody{number}")).collect();
    let query = format!("{{ persons {{ nodes {{ {} }} }} }}", names.join(" "));
    let answer = ask(&site.gateway, &officer(), &query).await;
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 51);
    assert_eq!(errors[50]["message"], "30 more findings are not listed");
}

#[tokio::test]
async fn every_variable_that_does_not_fit_is_told() {
    let site = Site::sqlite().await;
    let query = "query($a: Int!, $b: Int, $c: Date) { persons(first: $a, last: $b, where: \
                 { birthDate: { eq: $c } }) { totalCount } }";
    let variables = json!({ "b": "x", "c": "2015-02-30" });
    let answer = site.prompt(&officer(), query, variables).await;
    let columns: Vec<u64> = told(&answer).into_iter().map(|(_, _, column)| column).collect();
    assert_eq!(columns, [8, 18, 27], "{answer}");
}

#[tokio::test]
async fn an_enumeration_value_of_a_document_is_a_name_and_no_string() {
    let site = Site::sqlite().await;
    for query in [
        "{ persons(orderBy: [{ name: \"ASC\" }]) { totalCount } }",
        "{ persons(orderBy: { name: \"ASC\" }) { totalCount } }",
        "{ personStats(groupBy: [\"sex\"]) { count } }",
        "query($d: Direction = \"ASC\") { persons(orderBy: [{ name: $d }]) { totalCount } }",
        "{ ...F } fragment F on Query { persons(orderBy: [{ sex: \"DESC\" }]) { totalCount } }",
    ] {
        let code = site.refusal(&officer(), query).await;
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{query}");
    }
    let query = "query($d: Direction!) { persons(orderBy: [{ name: $d }]) { totalCount } }";
    site.data_with(&officer(), query, json!({ "d": "ASC" })).await;
}

#[tokio::test]
async fn an_order_names_one_field_and_no_variable_that_could_be_null() {
    let site = Site::sqlite().await;
    for query in [
        "{ persons(orderBy: [{}]) { totalCount } }",
        "{ persons(orderBy: [{ name: ASC, sex: ASC }]) { totalCount } }",
        "{ persons(orderBy: [{ name: null }]) { totalCount } }",
        "query($d: Direction) { persons(orderBy: [{ name: $d }]) { totalCount } }",
    ] {
        let code = site.refusal(&officer(), query).await;
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{query}");
    }
}

#[tokio::test]
async fn null_in_a_filter_counts_as_absent_in_documents_and_variables_alike() {
    let site = Site::sqlite().await;
    let all = site.data(&officer(), "{ persons { totalCount } }").await;
    let variable = "query($w: PersonWhere) { persons(where: $w) { totalCount } }";
    for (literal, value) in [
        ("{ name: null }", json!({ "name": null })),
        ("{ and: null }", json!({ "and": null })),
        ("{ or: null }", json!({ "or": null })),
        ("{ not: null }", json!({ "not": null })),
        ("{ id: null }", json!({ "id": null })),
        ("{ residences: null }", json!({ "residences": null })),
        ("{ residences: { some: null } }", json!({ "residences": { "some": null } })),
    ] {
        let query = format!("{{ persons(where: {literal}) {{ totalCount }} }}");
        assert_eq!(site.data(&officer(), &query).await, all, "{literal}");
        let data = site.data_with(&officer(), variable, json!({ "w": value })).await;
        assert_eq!(data, all, "{literal}");
    }
    // To compare with null would be to forget what was to be compared.
    let query = "{ persons(where: { name: { eq: null } }) { totalCount } }";
    assert_eq!(site.refusal(&officer(), query).await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_code_that_its_list_does_not_have_is_an_error_that_names_the_list() {
    let site = Site::sqlite().await;
    let ask = async |filter: &str| {
        let query = format!("{{ persons(where: {{ {filter} }}) {{ totalCount }} }}");
        site.prompt(&officer(), &query, json!({})).await
    };
    for filter in ["sex: { eq: \"7\" }", "sex: { in: [\"1\", \"male\"] }", "sex: { ne: \"\" }"] {
        let error = ask(filter).await["errors"][0].take();
        let extensions = json!({
            "code": "BAD_USER_INPUT", "codeList": "sex", "codes": ["0", "1", "2", "9"],
        });
        assert_eq!(error["extensions"], extensions, "{filter}");
    }
    let error = ask("ethnicity: { eq: \"57\" }").await["errors"][0].take();
    assert_eq!(error["extensions"]["codeList"], "ethnicities");
    assert_eq!(error["extensions"]["codes"][55], "56");
    for filter in
        ["sex: { eq: \"9\" }", "ethnicity: { in: [\"56\", \"97\"] }", "sex: { startsWith: \"x\" }"]
    {
        assert!(ask(filter).await["errors"].is_null(), "{filter}");
    }
}

/// GraphQL, 2.9.4: characters beyond the basic plane are written in braces or as a pair.
#[tokio::test]
async fn characters_beyond_the_basic_plane_are_written_by_their_escapes() {
    let site = Site::sqlite().await;
    let query =
        |text: &str| format!("{{ persons(where: {{ name: {{ eq: {text} }} }}) {{ totalCount }} }}");
    for text in
        [r#""\ud842\udfb7""#, r#""\u{20BB7}""#, r#""\u{020bb7}田""#, r#""\u{22}\u{5C}\u{a}""#]
    {
        let data = site.data(&officer(), &query(text)).await;
        assert_eq!(data["persons"]["totalCount"], 0, "{text}");
    }
    for text in
        [r#""\ud842""#, r#""\udfb7\ud842""#, r#""\u{d842}""#, r#""\u{110000}""#, r#""\u{}""#]
    {
        assert_eq!(site.refusal(&officer(), &query(text)).await, "GRAPHQL_PARSE_FAILED", "{text}");
    }
    // What stands behind such a string is still told where it is.
    let wrong = r#"{ persons(where: { name: { eq: "\ud842\udfb7" } }) { nobody } }"#;
    let answer = ask(&site.gateway, &officer(), wrong).await;
    let column = wrong.find("nobody").unwrap() as u64 + 1;
    assert_eq!(told(&answer), [("GRAPHQL_VALIDATION_FAILED".to_owned(), 1, column)]);
}
