//! `serve` starts only where everything is in order, and takes only the tokens it was told to.

use std::net::TcpListener;

use migrant_gateway::auth::LocalKey;
use serde_json::json;

use super::process::{Installation, Running};

const ISSUE: [&str; 2] = ["--role=FA", "--unit=220000"];

fn migrated() -> Installation {
    let installation = Installation::empty();
    installation.install();
    installation
}

async fn status(server: &Running, token: &str) -> u16 {
    let request = reqwest::Client::new().post(server.graphql()).bearer_auth(token);
    let response = request.json(&json!({ "query": "{ __typename }" })).send().await;
    response.expect("an answer").status().as_u16()
}

/// Trusts the keys of the local issuer under the name of another.
fn trust(installation: &Installation, issuer: &str) {
    let key = LocalKey::open_or_create(&installation.path("keys/signing.pem")).expect("a key");
    let keys = key.public_jwks().to_string();
    std::fs::write(installation.path("jwks.json"), keys).expect("a key set");
    let toml = format!("[[tokens.issuers]]\nissuer = \"{issuer}\"\njwks_file = \"jwks.json\"\n");
    std::fs::write(installation.path("migrant-gateway.toml"), toml).expect("a configuration");
}

#[tokio::test]
async fn local_tokens_are_taken_where_configured() {
    let installation = migrated();
    let server = installation.serve();
    assert_eq!(status(&server, &installation.token(&ISSUE)).await, 200);
    let other = Installation::empty();
    assert_eq!(status(&server, &other.token(&ISSUE)).await, 401, "another key");
}

#[tokio::test]
async fn local_tokens_are_refused_unless_configured() {
    let installation = migrated().without("TOKENS__ACCEPT_LOCAL");
    let message = installation.fail(&["serve"]);
    assert!(message.contains("no issuer is trusted"), "{message}");
    assert!(message.contains("tokens.issuers"), "{message}");
    assert!(message.contains("tokens.accept_local = true"), "{message}");

    trust(&installation, "https://identity.example");
    let token = installation.token(&ISSUE);
    let server = installation.serve();
    assert_eq!(status(&server, &token).await, 401, "the right key under another name");
    drop(server);

    let named = installation.with("TOKENS__LOCAL_ISSUER", "https://identity.example");
    let token = named.token(&ISSUE);
    let server = named.serve();
    assert_eq!(status(&server, &token).await, 200, "the issuer that is trusted");
}

#[test]
fn production_refuses_a_demo_database() {
    let installation = Installation::empty();
    let database = "sqlite://gateway.db?mode=rwc";
    installation.succeed(&["demo", "--persons=200", "--database", database, "--load-only"]);
    // Production is what a configuration that says nothing means.
    let unsaid = installation.without("SERVER__MODE");
    let message = unsaid.fail(&["serve"]);
    assert!(message.contains("synthetic people"), "{message}");
    assert!(message.contains("server.mode = \"demonstration\""), "{message}");
    let said = unsaid.with("SERVER__MODE", "production");
    assert_eq!(said.fail(&["serve"]), message);
    said.with("SERVER__MODE", "demonstration").serve();
}

#[test]
fn pending_migrations_keep_the_server_from_starting() {
    let message = Installation::empty().fail(&["serve"]);
    assert!(message.contains("migrations are pending"), "{message}");
    assert!(message.contains("migrant-gateway migrate"), "{message}");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let installation = migrated().with("SERVER__LISTEN", &address);
    let message = installation.fail(&["serve"]);
    assert!(message.contains(&format!("cannot listen on {address}")), "{message}");
    let message = installation.fail(&["demo", "--listen", &address]);
    assert!(message.contains(&address) && message.contains("--listen"), "{message}");
}
