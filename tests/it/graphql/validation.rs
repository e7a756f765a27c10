//! Rules of validation that decide what an answer means: none may be passed over.

use super::{documents::expect, site::Site};

#[tokio::test]
async fn selections_that_conflict_are_refused_wherever_they_meet() {
    let site = Site::sqlite().await;
    let mut others = Vec::new();
    for query in [
        "{ persons(first: 1) { nodes { a: name ... on Person { a: idNumber } } } }",
        "{ persons(first: 1) { nodes { a: name ...F } } } fragment F on Person { a: idNumber }",
        "{ persons(first: 1) { nodes { a: name } } persons(first: 1) { nodes { a: sex } } }",
        "{ persons(first: 1) { nodes { residences(first: 1) { id } } } ... on Query \
         { persons(first: 2) { nodes { residences(first: 1) { id } } } } }",
        "{ persons(first: 1) { nodes { residences(first: 1) { id } } nodes \
         { residences(first: 2) { id } } } }",
        "{ persons(first: 1) { nodes { id: name } nodes { id } } }",
    ] {
        expect(&site, query, "GRAPHQL_VALIDATION_FAILED", &mut others).await;
    }
    assert_eq!(others, [""; 0]);
}

#[tokio::test]
async fn an_input_object_that_names_a_member_twice_is_refused() {
    let site = Site::sqlite().await;
    let mut others = Vec::new();
    for query in [
        "{ persons(where: { sex: { eq: \"1\" }, sex: { eq: \"2\" } }) { totalCount } }",
        "{ persons(where: { sex: { eq: \"1\", eq: \"2\" } }) { totalCount } }",
        "{ persons(orderBy: [{ sex: ASC, sex: DESC }]) { totalCount } }",
    ] {
        expect(&site, query, "GRAPHQL_VALIDATION_FAILED", &mut others).await;
    }
    assert_eq!(others, [""; 0]);
}

#[tokio::test]
async fn a_variable_whose_type_does_not_fit_its_place_is_refused() {
    let site = Site::sqlite().await;
    let mut others = Vec::new();
    for query in [
        "query($x: String) { persons(first: $x) { totalCount } }",
        "query($x: Int) { persons(after: $x) { totalCount } }",
        "query($x: ResidenceRegistrationWhere) { persons(where: $x) { totalCount } }",
        "query($x: Int) { persons(where: { name: { eq: $x } }) { totalCount } }",
        "query($x: [Int]) { persons(first: $x) { totalCount } }",
        "query($x: ID) { a: person(id: $x) { id } }",
        "query($x: Boolean) { __typename @skip(if: $x) }",
        "query($x: [String]) { persons(where: { name: { in: $x } }) { totalCount } }",
    ] {
        expect(&site, query, "GRAPHQL_VALIDATION_FAILED", &mut others).await;
    }
    assert_eq!(others, [""; 0]);
}

#[tokio::test]
async fn typename_is_checked_like_any_other_field() {
    let site = Site::sqlite().await;
    let mut others = Vec::new();
    for query in [
        "{ __typename { x } }",
        "{ persons { nodes { __typename { id } } } }",
        "{ __typename(x: 1) }",
        "{ __typename @unknown }",
        "{ __typename @skip }",
        "{ __typename @skip(if: 1) }",
        "{ __typename @skip(if: true) @skip(if: true) }",
        "{ __typename @deprecated }",
    ] {
        expect(&site, query, "GRAPHQL_VALIDATION_FAILED", &mut others).await;
    }
    assert_eq!(others, [""; 0]);
}

#[tokio::test]
async fn a_wrong_argument_is_refused_even_where_only_the_total_is_asked_for() {
    let site = Site::sqlite().await;
    let mut others = Vec::new();
    for (arguments, code) in [
        ("first: -1", "BAD_USER_INPUT"),
        ("first: 501", "LIMIT_EXCEEDED"),
        ("first: 1, last: 1", "BAD_USER_INPUT"),
        ("after: \"forged\"", "CURSOR_INVALID"),
        ("before: \"forged\"", "CURSOR_INVALID"),
    ] {
        let query = format!("{{ persons({arguments}) {{ totalCount }} }}");
        expect(&site, &query, code, &mut others).await;
    }
    assert_eq!(others, [""; 0]);
}
