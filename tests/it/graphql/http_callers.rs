//! Who asks and what for: purposes, units, organizations, and the record that each request leaves.

use entity::access_record;
use migrant_gateway::{
    auth::TokenRequest,
    policy::{Purpose, Role},
};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::json;

use super::{
    http_accept::{GRAPHQL, JSON, Wire, body, outcome},
    tokens::request,
};
use crate::support::{receipts, world::noon};

async fn ask(wire: &Wire, token: &TokenRequest, purpose: Option<&str>) -> (u16, Option<String>) {
    let token = wire.site.world.signing_key().issue(token, noon()).expect("a token");
    let client = wire.server.client.post(wire.server.graphql()).bearer_auth(token);
    let client = purpose.into_iter().fold(client, |client, code| client.header("x-purpose", code));
    let client =
        client.header("accept", GRAPHQL).json(&json!({ "query": "{ persons { totalCount } }" }));
    outcome(client.send().await.unwrap()).await
}

#[tokio::test]
async fn a_request_has_one_purpose_and_it_is_one_of_the_tokens() {
    let wire = Wire::start().await;
    let one = TokenRequest { purposes: vec![Purpose::Res], ..request(Role::PO) };
    let two = TokenRequest { purposes: vec![Purpose::Res, Purpose::Ema], ..request(Role::PO) };
    let missing = Some("PURPOSE_REQUIRED".to_owned());
    let foreign = Some("PURPOSE_NOT_ALLOWED".to_owned());
    for (token, purpose, expected) in [
        (&one, None, (200, None)),
        (&one, Some("P-RES"), (200, None)),
        (&one, Some("P-EMA"), (403, foreign.clone())),
        (&two, None, (400, missing)),
        (&two, Some("P-RES"), (200, None)),
        (&two, Some("P-EMA"), (200, None)),
        (&two, Some("P-HR"), (403, foreign.clone())),
        (&two, Some("p-res"), (403, foreign.clone())),
        (&two, Some(""), (403, foreign.clone())),
        (&two, Some("P-RES, P-EMA"), (403, foreign.clone())),
        (&two, Some("nonsense"), (403, foreign)),
    ] {
        assert_eq!(ask(&wire, token, purpose).await, expected, "{purpose:?}");
    }
}

#[tokio::test]
async fn the_refusal_of_a_purpose_names_the_tokens_purposes() {
    let wire = Wire::start().await;
    let two = TokenRequest { purposes: vec![Purpose::Res, Purpose::Ema], ..request(Role::PO) };
    let token = wire.site.world.signing_key().issue(&two, noon()).unwrap();
    let (_, answer) =
        body(wire.server.post(&token, &json!({ "query": "{ __typename }" })).await).await;
    assert_eq!(answer["errors"][0]["extensions"]["purposes"], json!(["P-RES", "P-EMA"]));
}

#[tokio::test]
async fn a_caller_acts_for_a_known_unit_and_an_organization_of_its_department_in_it() {
    let wire = Wire::start().await;
    for (unit, organization, known) in [
        ("220102", Some("220102-PSB"), true),
        ("220100", Some("220102-PSB"), true),
        ("220000", Some("220103-PSB"), true),
        ("220102", None, true),
        ("999999", Some("220102-PSB"), false),
        ("220103", Some("220102-PSB"), false),
        ("220102", Some("220102-CHC"), false),
        ("220102", Some("220102-NONE"), false),
        ("220102", Some("' OR 1=1 --"), false),
        ("南关区", None, false),
    ] {
        let token = TokenRequest {
            unit: unit.to_owned(),
            organization: organization.map(str::to_owned),
            ..request(Role::PO)
        };
        let expected = if known { (200, None) } else { (403, Some("CALLER_UNKNOWN".to_owned())) };
        assert_eq!(ask(&wire, &token, None).await, expected, "{unit} {organization:?}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests look at the records")]
async fn records(wire: &Wire) -> Vec<access_record::Model> {
    let all = access_record::Entity::find().order_by_asc(access_record::Column::Seq);
    all.all(&wire.site.world.db).await.unwrap()
}

#[tokio::test]
async fn every_answer_names_its_record_and_records_follow_each_other() {
    let wire = Wire::start().await;
    let before = records(&wire).await.last().map_or(0, |record| record.seq);
    for (query, decision) in [
        ("query Q { persons(first: 2) { nodes { name } } }", "allowed"),
        ("{ __schema { queryType { name } } }", "allowed"),
        ("{ entitlement { role } }", "allowed"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nobody }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ healthRecords { totalCount } }", "FIELD_NOT_SHARED"),
        ("{ person(id: \"forged\") { id } }", "ID_INVALID"),
        ("{ persons(first: 9999) { nodes { id } } }", "LIMIT_EXCEEDED"),
    ] {
        let response = wire.ask(Some(GRAPHQL), query).await;
        let seq = receipts::of(&response).expect(query);
        let all = records(&wire).await;
        let record = all.last().unwrap();
        assert_eq!(record.seq, seq);
        assert_eq!((record.role.as_str(), record.decision.as_str()), ("PO", decision), "{query}");
        assert_eq!(record.purpose.as_deref(), Some("P-RES"));
        assert_eq!(record.unit, "220102");
        assert_eq!(record.document_hash, migrant_gateway::graphql::DocumentHash::of(query).hex());
        if decision != "allowed" {
            assert_eq!((record.row_count, record.subject_count), (0, 0));
        }
    }
    let places: Vec<i64> = records(&wire).await.iter().map(|record| record.seq).collect();
    assert_eq!(places.last().unwrap() - before, 8);
    assert!(places.windows(2).all(|pair| pair[1] == pair[0] + 1));
}

#[tokio::test]
async fn a_request_refused_before_it_is_read_leaves_a_record_too() {
    let wire = Wire::start().await;
    for (content, text, decision) in [
        ("text/plain", "{}", "UNSUPPORTED_MEDIA_TYPE"),
        (JSON, "nonsense", "BAD_REQUEST"),
        (JSON, "[]", "BAD_REQUEST"),
    ] {
        let response = wire.post(&[("content-type", content)], text).await;
        let seq = receipts::of(&response).expect(decision);
        let all = records(&wire).await;
        assert_eq!(
            (all.last().unwrap().seq, all.last().unwrap().decision.as_str()),
            (seq, decision)
        );
    }
    let before = records(&wire).await.len();
    let unknown = TokenRequest { unit: "999999".to_owned(), ..request(Role::PO) };
    ask(&wire, &unknown, None).await;
    ask(&wire, &request(Role::PO), Some("P-HR")).await;
    let all = records(&wire).await;
    let decisions: Vec<&str> =
        all[before..].iter().map(|record| record.decision.as_str()).collect();
    assert_eq!(decisions, ["CALLER_UNKNOWN", "PURPOSE_NOT_ALLOWED"]);
    assert_eq!(all[before].unit, "999999");
}
