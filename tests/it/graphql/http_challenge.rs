//! What a refused client is told of its token (RFC 6750), and where it learns how to get a better one
//! (RFC 9728).

use migrant_gateway::{
    app::Gateway,
    auth::{KeySource, TrustedIssuer, Verifier, VerifierConfig},
    policy::{Purpose, Role},
};
use reqwest::{Response, header::HeaderValue};
use serde_json::{Value, json};

use super::{
    http_accept::{Wire, header},
    tokens::request,
};
use crate::support::{
    Backend, World,
    http::{Server, token},
    world::{noon, patient},
};

const METADATA: &str = "/.well-known/oauth-protected-resource";

async fn ask(wire: &Wire, authorization: &[&str]) -> Response {
    let asked = wire.server.client.post(wire.server.graphql());
    let asked = authorization.iter().fold(asked, |asked, value| {
        asked.header("authorization", HeaderValue::from_str(value).unwrap())
    });
    asked.json(&json!({ "query": "{ __typename }" })).send().await.unwrap()
}

#[tokio::test]
async fn a_request_without_a_token_is_told_of_no_error() {
    let wire = Wire::start().await;
    let expected = format!("Bearer resource_metadata=\"{}{METADATA}/graphql\"", wire.server.base);
    for authorization in [&[][..], &["Basic YTpi"], &["Bearer "], &["Bearer"], &["nonsense"]] {
        let response = ask(&wire, authorization).await;
        assert_eq!(response.status(), 401);
        assert_eq!(header(&response, "www-authenticate"), expected, "{authorization:?}");
    }
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_an_invalid_token_and_the_challenge_repeats_nothing_of_it() {
    let wire = Wire::start().await;
    let over =
        token(&wire.site.world, Role::PO, Purpose::Res, noon() - chrono::TimeDelta::hours(2));
    for (sent, said) in [
        (over.as_str(), "the token has expired"),
        ("e30.e30.e30", ""),
        ("\"\\,error=x", "the token is not a signed JSON Web Token"),
    ] {
        let response = ask(&wire, &[&format!("Bearer {sent}")]).await;
        assert_eq!(response.status(), 401);
        let challenge = header(&response, "www-authenticate");
        let start = format!("Bearer error=\"invalid_token\", error_description=\"{said}");
        assert!(challenge.starts_with(&start), "{challenge}");
        assert!(challenge.contains(", resource_metadata=\"http"), "{challenge}");
        assert_eq!(challenge.matches('"').count(), 6, "{challenge}");
        assert!(!challenge.contains(sent), "{challenge}");
    }
}

#[tokio::test]
async fn a_token_for_less_than_was_asked_for_has_insufficient_scope() {
    let wire = Wire::start().await;
    let known = wire.server.client.post(wire.server.graphql()).bearer_auth(&wire.token);
    let foreign = known.header("x-purpose", "P-HR").json(&json!({ "query": "{ __typename }" }));
    let elsewhere = wire.site.world.signing_key();
    let elsewhere = elsewhere.issue(
        &migrant_gateway::auth::TokenRequest { unit: "999999".to_owned(), ..request(Role::PO) },
        noon(),
    );
    let unknown = wire.server.client.get(format!("{}/schema.graphql", wire.server.base));
    let unknown = unknown.bearer_auth(elsewhere.unwrap());
    for (asked, path) in [(foreign, "/graphql"), (unknown, "/schema.graphql")] {
        let response = asked.send().await.unwrap();
        assert_eq!(response.status(), 403);
        let challenge = header(&response, "www-authenticate");
        assert!(challenge.starts_with("Bearer error=\"insufficient_scope\""), "{challenge}");
        let place = format!("resource_metadata=\"{}{METADATA}{path}\"", wire.server.base);
        assert!(challenge.ends_with(&place), "{challenge}");
    }
}

/// RFC 9728, 3.3: the resource that the metadata names is the address that was asked.
#[tokio::test]
async fn the_metadata_that_a_challenge_points_to_is_that_of_what_was_asked() {
    let wire = Wire::start().await;
    let challenge = header(&ask(&wire, &[]).await, "www-authenticate");
    let place = challenge.split('"').nth(1).unwrap();
    let response = wire.server.client.get(place).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "content-type"), "application/json");
    let told: Value = response.json().await.unwrap();
    assert_eq!(told["resource"], wire.server.graphql());
    assert_eq!(told["bearer_methods_supported"], json!(["header"]));
    assert!(told["scopes_supported"].as_array().unwrap().contains(&json!("purpose:P-IMM")));
    // The issuer of these tests is no address; nobody could look for its metadata.
    assert_eq!(told["authorization_servers"], Value::Null);
    let whole = wire.server.client.get(format!("{}{METADATA}", wire.server.base));
    let whole: Value = whole.send().await.unwrap().json().await.unwrap();
    assert_eq!(whole["resource"], wire.server.base);
}

#[tokio::test]
async fn external_issuers_and_the_configured_address_are_in_the_metadata() {
    let world = World::new(Backend::Sqlite).await;
    let mut parts = world.parts(patient()).await;
    let keys = || KeySource::Local(world.signing_key().public_jwks());
    let issuers = ["https://id.example.gov.cn", "https://a.example.gov.cn/realms/x", "local"];
    let issuers = issuers.map(|issuer| TrustedIssuer::new(issuer, keys())).to_vec();
    let config = VerifierConfig::new("migrant-gateway", issuers);
    parts.verifier = Verifier::new(config, world.clock.clone()).unwrap();
    parts.public_url = Some("https://gateway.example.gov.cn".to_owned());
    let gateway = std::sync::Arc::new(Gateway::new(parts, &world.secrets));
    let server = Server::start(gateway).await;
    let told = server.client.get(format!("{}{METADATA}/graphql", server.base));
    let told: Value = told.send().await.unwrap().json().await.unwrap();
    assert_eq!(told["resource"], "https://gateway.example.gov.cn/graphql");
    let expected = json!(["https://a.example.gov.cn/realms/x", "https://id.example.gov.cn"]);
    assert_eq!(told["authorization_servers"], expected);
}

#[tokio::test]
async fn a_host_that_is_no_host_is_not_repeated() {
    let wire = Wire::start().await;
    for host in ["a\"b", "a,b", "a b", "a/b", "", &"x".repeat(256)] {
        let asked = wire.server.client.post(wire.server.graphql()).header("host", host);
        let Ok(response) = asked.json(&json!({ "query": "{ a }" })).send().await else { continue };
        let challenge = header(&response, "www-authenticate");
        if response.status() == 401 {
            assert_eq!(challenge, "Bearer", "{host}");
        }
    }
}
