//! The query language over real rows.

use migrant_gateway::policy::{Purpose, Role};
use serde_json::json;

use super::site::{Site, column, officer};
use crate::support::caller;

#[tokio::test]
async fn aliases_name_the_members_of_the_answer() {
    let site = Site::sqlite().await;
    let query = "{ two: persons(first: 2) { rows: nodes { z: sex name a: birthDate sex } } \
                 one: persons(first: 1) { rows: nodes { sex } } }";
    let data = site.data(&officer(), query).await;
    assert_eq!(data["two"]["rows"].as_array().unwrap().len(), 2);
    assert_eq!(data["one"]["rows"][0]["sex"], data["two"]["rows"][0]["z"]);
    for row in data["two"]["rows"].as_array().unwrap() {
        assert_eq!(row["z"], row["sex"]);
    }
}

#[tokio::test]
async fn the_members_of_an_answer_stand_in_the_order_asked_for() {
    let site = Site::sqlite().await;
    let request = migrant_gateway::graphql::Request {
        query: "{ persons(first: 1) { totalCount nodes { sex name id birthDate } pageInfo \
                { hasNextPage } } __typename }"
            .to_owned(),
        ..Default::default()
    };
    let answer = site.gateway.answer(&officer(), None, request).await.result.unwrap();
    let text = String::from_utf8(answer).unwrap();
    let keys = ["persons", "totalCount", "nodes", "sex", "name", "id", "birthDate", "pageInfo"];
    let places = keys.map(|key| text.find(&format!("\"{key}\"")).unwrap());
    assert!(places.is_sorted(), "{text}");
    assert!(text.ends_with(r#""__typename":"Query"}"#), "{text}");
}

#[tokio::test]
async fn fragments_of_every_form_give_what_the_plain_selection_gives() {
    let site = Site::sqlite().await;
    let plain = "{ persons(first: 5) { nodes { id name sex residences { id arrivalDate } } } }";
    let expected = site.data(&officer(), plain).await;
    for query in [
        "{ persons(first: 5) { nodes { ...P } } } \
         fragment P on Person { id name sex residences { id arrivalDate } }",
        "{ persons(first: 5) { nodes { ...P } } } fragment P on Person { id ...Q residences { ...R } } \
         fragment Q on Person { name sex } fragment R on ResidenceRegistration { id arrivalDate }",
        "{ persons(first: 5) { nodes { ... on Person { id name } ... { sex } \
         residences { ... on ResidenceRegistration { id ... { arrivalDate } } } } } }",
        "{ ...Root } fragment Root on Query { persons(first: 5) { ...C } } \
         fragment C on PersonConnection { nodes { id name sex residences { id arrivalDate } } }",
        "{ persons(first: 5) { nodes { ...P ...P id name ...P sex residences { id arrivalDate } } } } \
         fragment P on Person { id name }",
    ] {
        assert_eq!(site.data(&officer(), query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn one_key_selected_twice_is_merged_at_every_depth() {
    let site = Site::sqlite().await;
    let merged = site
        .data(
            &officer(),
            "{ persons(first: 3) { nodes { id residences { id } } } \
             persons(first: 3) { nodes { sex residences { arrivalDate } } totalCount } \
             ... { persons(first: 3) { nodes { name residences { departureDate } } } } }",
        )
        .await;
    let plain = site
        .data(
            &officer(),
            "{ persons(first: 3) { nodes { id residences { id arrivalDate departureDate } sex \
             name } totalCount } }",
        )
        .await;
    assert_eq!(merged, plain);
}

#[tokio::test]
async fn typename_is_answered_everywhere() {
    let site = Site::sqlite().await;
    let data = site
        .data(
            &officer(),
            "{ __typename t: __typename persons(first: 1) { __typename nodes { __typename \
             residences(first: 1) { __typename person { __typename } } emergencyContact \
             { __typename name } } edges { __typename node { __typename } } pageInfo \
             { __typename } } personStats { __typename } entitlement(kind: \"Person\") \
             { __typename shared { __typename } withheld { __typename } } }",
        )
        .await;
    assert_eq!(data["__typename"], "Query");
    assert_eq!(data["t"], "Query");
    let page = &data["persons"];
    assert_eq!(page["__typename"], "PersonConnection");
    assert_eq!(page["nodes"][0]["__typename"], "Person");
    let residence = &page["nodes"][0]["residences"][0];
    assert_eq!(
        *residence,
        json!({ "__typename": "ResidenceRegistration",
        "person": { "__typename": "Person" } })
    );
    assert_eq!(
        page["edges"][0],
        json!({ "__typename": "PersonEdge",
        "node": { "__typename": "Person" } })
    );
    assert_eq!(page["pageInfo"]["__typename"], "PageInfo");
    assert_eq!(data["personStats"][0]["__typename"], "PersonCount");
    assert_eq!(data["entitlement"]["__typename"], "Entitlement");
    assert_eq!(data["entitlement"]["shared"][0]["__typename"], "SharedField");
}

#[tokio::test]
async fn structured_values_show_their_type_and_only_the_members_asked_for() {
    let site = Site::sqlite().await;
    let query =
        "{ persons(first: 50) { nodes { emergencyContact { of: __typename tel: phone } } } }";
    let rows = site.nodes(&officer(), query).await;
    let contact = column(&rows, "emergencyContact").into_iter().find(|value| value.is_object());
    let contact = contact.expect("somebody has a contact").as_object().unwrap();
    assert_eq!(contact["of"], "Contact");
    assert_eq!(contact.keys().collect::<Vec<_>>(), ["of", "tel"]);
}

#[tokio::test]
async fn the_operation_name_picks_the_operation() {
    let site = Site::sqlite().await;
    let query = "query One { persons(first: 1) { nodes { sex } } } query Two { __typename }";
    assert_eq!(site.named(&officer(), query, "Two").await, json!({ "__typename": "Query" }));
    let one = site.named(&officer(), query, "One").await;
    assert!(one["persons"]["nodes"][0]["sex"].is_string());
    assert_eq!(site.named(&officer(), query, "Three").await, "BAD_REQUEST");
    assert_eq!(site.refusal(&officer(), query).await, "BAD_REQUEST");
    assert_eq!(site.named(&officer(), "{ __typename }", "One").await, "BAD_REQUEST");
    let single = site.data(&officer(), "query One { __typename }").await;
    assert_eq!(single, json!({ "__typename": "Query" }));
}

#[tokio::test]
async fn every_kind_shown_is_reached_by_the_identifier_its_list_gave() {
    let site = Site::sqlite().await;
    let data = site
        .data(
            &officer(),
            "{ persons(first: 3) { nodes { id name } } residencePermits(first: 2) { nodes \
             { id issueDate } } employments(first: 2) { nodes { id occupation } } }",
        )
        .await;
    for (plural, single, field) in [
        ("persons", "person", "name"),
        ("residencePermits", "residencePermit", "issueDate"),
        ("employments", "employment", "occupation"),
    ] {
        for node in data[plural]["nodes"].as_array().unwrap() {
            let query = format!("query($id: ID!) {{ {single}(id: $id) {{ id {field} }} }}");
            let one = site.data_with(&officer(), &query, json!({ "id": node["id"] })).await;
            assert_eq!(one[single], *node);
        }
    }
}

#[tokio::test]
async fn an_identifier_of_a_row_out_of_scope_answers_null_like_one_that_is_not_there() {
    let site = Site::sqlite().await;
    let mut elsewhere = officer();
    elsewhere.unit = "220103".to_owned();
    elsewhere.organization = Some("220103-PSB".to_owned());
    let theirs = site.nodes(&elsewhere, "{ persons(first: 1) { nodes { id } } }").await;
    let absent = site.id(entity::sharing::Department::Police, "Person", 987_654_321);
    let query = "query($id: ID!) { person(id: $id) { id } }";
    for id in [theirs[0]["id"].as_str().unwrap(), &absent] {
        let data = site.data_with(&officer(), query, json!({ "id": id })).await;
        assert_eq!(data, json!({ "person": null }));
    }
}

#[tokio::test]
async fn identifiers_of_one_row_differ_between_departments_and_are_not_exchanged() {
    let site = Site::sqlite().await;
    let county = caller(Role::HO, Purpose::Hr);
    let ours = site.nodes(&officer(), "{ persons(first: 500) { nodes { id } } }").await;
    let theirs = site.nodes(&county, "{ persons(first: 500) { nodes { id } } }").await;
    assert!(column(&ours, "id").iter().all(|id| !column(&theirs, "id").contains(id)));
    let query = "query($id: ID!) { person(id: $id) { id } }";
    let variables = json!({ "id": theirs[0]["id"] });
    assert_eq!(site.refusal_with(&officer(), query, variables).await, "ID_INVALID");
}
