//! Tokens over HTTP: what is not a valid token of a trusted issuer reads nothing.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use migrant_gateway::{
    auth::{LocalKey, TokenRequest},
    policy::{Purpose, Role},
};
use proptest::{prelude::*, test_runner::TestRunner};
use reqwest::Response;
use serde_json::{Value, json};

use super::http_accept::{GRAPHQL, Wire, outcome};
use crate::support::{demo_request, world::noon};

/// What a token of a role says.
pub fn request(role: Role) -> TokenRequest {
    let demo = demo_request(role);
    TokenRequest {
        issuer: "test".to_owned(),
        audience: "migrant-gateway".to_owned(),
        subject: format!("test.{}", role.name()),
        role,
        unit: demo.unit.to_owned(),
        organization: demo.organization.map(str::to_owned),
        purposes: vec![demo.purpose],
        person: demo.person,
        ttl: Duration::from_secs(3600),
    }
}

async fn ask(wire: &Wire, authorizations: &[&str]) -> Response {
    let request = wire.server.client.post(wire.server.graphql()).header("accept", GRAPHQL);
    let request = authorizations
        .iter()
        .fold(request, |request, value| request.header("authorization", *value));
    request.json(&json!({ "query": "{ persons { totalCount } }" })).send().await.unwrap()
}

fn unauthenticated() -> (u16, Option<String>) {
    (401, Some("UNAUTHENTICATED".to_owned()))
}

#[tokio::test]
async fn without_exactly_one_bearer_token_nothing_is_answered() {
    let wire = Wire::start().await;
    let bearer = format!("Bearer {}", wire.token);
    assert_eq!(outcome(ask(&wire, &[&bearer]).await).await, (200, None));
    let lower = format!("bearer {}", wire.token);
    assert_eq!(outcome(ask(&wire, &[&lower]).await).await, (200, None));
    let (basic, bare) = (format!("Basic {}", wire.token), wire.token.clone());
    for authorizations in [
        &[][..],
        &[""],
        &["Bearer"],
        &["Bearer "],
        &["Bearer x"],
        &["Bearer a.b.c"],
        &["Bearer .."],
        &[basic.as_str()],
        &[bare.as_str()],
        &[bearer.as_str(), bearer.as_str()],
        &[bearer.as_str(), "Bearer x"],
        &["Basic x", bearer.as_str()],
    ] {
        let answer = outcome(ask(&wire, authorizations).await).await;
        assert_eq!(answer, unauthenticated(), "{authorizations:?}");
    }
}

#[tokio::test]
async fn a_token_holds_from_its_first_second_to_its_last() {
    let wire = Wire::start().await;
    let bearer = format!("Bearer {}", wire.token);
    for (shift, code) in [
        (TimeDelta::seconds(-10), Some("TOKEN_NOT_YET_VALID")),
        (TimeDelta::zero(), None),
        (TimeDelta::seconds(3599), None),
        (TimeDelta::seconds(3600), Some("TOKEN_EXPIRED")),
        (TimeDelta::days(3000), Some("TOKEN_EXPIRED")),
    ] {
        wire.site.world.clock.set(noon() + shift);
        let expected = (if code.is_some() { 401 } else { 200 }, code.map(str::to_owned));
        assert_eq!(outcome(ask(&wire, &[&bearer]).await).await, expected, "{shift}");
    }
}

#[tokio::test]
async fn tokens_for_others_by_others_or_of_no_algorithm_are_refused() {
    let wire = Wire::start().await;
    let key = wire.site.world.signing_key();
    let issue = |request: &TokenRequest| key.issue(request, noon()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let stranger = LocalKey::open_or_create(&directory.path().join("key.pem")).unwrap();
    let parts: Vec<&str> = wire.token.split('.').collect();
    let header = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let none = header(json!({ "alg": "none", "typ": "JWT" }));
    let kept = |alg: &str| header(json!({ "alg": alg, "typ": "JWT", "kid": key.kid() }));
    let mut claims: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    claims["unit"] = "220000".into();
    let raised = URL_SAFE_NO_PAD.encode(claims.to_string());
    for token in [
        issue(&TokenRequest { audience: "another".to_owned(), ..request(Role::PO) }),
        issue(&TokenRequest { issuer: "another".to_owned(), ..request(Role::PO) }),
        stranger.issue(&request(Role::PO), noon()).unwrap(),
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.{}", kept("HS256"), parts[1], parts[2]),
        format!("{}.{}.{}", kept("RS256"), parts[1], parts[2]),
        format!("{}.{raised}.{}", parts[0], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}", wire.token, parts[2]),
        "x".repeat(100_000),
    ] {
        let short = &token[..token.len().min(60)];
        let response = ask(&wire, &[&format!("Bearer {token}")]).await;
        if response.status() == 431 {
            continue;
        }
        assert_eq!(outcome(response).await, unauthenticated(), "{short}");
    }
}

#[test]
fn no_changed_token_and_no_text_passes_for_a_token() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let wire = runtime.block_on(Wire::start());
    let length = wire.token.len();
    let changed = (0..length, "[A-Za-z0-9_.-]").prop_map(|(at, with)| (Some(at), with));
    let text = "[ -~]{0,60}".prop_map(|text| (None, text));
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(&prop_oneof![changed, text], |(at, with)| {
            let token = match at {
                Some(at) => format!("{}{with}{}", &wire.token[..at], &wire.token[at + 1..]),
                None => with,
            };
            prop_assume!(token != wire.token);
            let answer = runtime
                .block_on(async { outcome(ask(&wire, &[&format!("Bearer {token}")]).await).await });
            // The last characters of a signature carry unused bits; base64 is strict about them.
            prop_assert_eq!(answer, unauthenticated());
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn a_person_token_reads_that_person() {
    let wire = Wire::start().await;
    let token = TokenRequest { person: Some(1), purposes: vec![Purpose::Sar], ..request(Role::SU) };
    let token = wire.site.world.signing_key().issue(&token, noon()).unwrap();
    let query = json!({ "query": "{ persons { nodes { personRef } } }" });
    let answer: Value = wire.server.post(&token, &query).await.json().await.unwrap();
    assert!(!answer["data"]["persons"]["nodes"].as_array().unwrap().is_empty());
}
