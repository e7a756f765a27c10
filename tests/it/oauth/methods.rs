//! The ways in which a client proves itself, and what its token says.

use migrant_gateway::policy::Role;
use serde_json::{Value, json};

use super::{
    signer::{Signer, part},
    site::{ISSUER, Site, TOKEN_ENDPOINT, outcome},
};
use crate::support::backends;

async fn basic(site: &Site, id: &str, secret: &str) -> (u16, Value) {
    let request = site.server.client.post(format!("{}/oauth/token", site.server.base));
    let request =
        request.basic_auth(id, Some(secret)).form(&[("grant_type", "client_credentials")]);
    outcome(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_secret_in_the_header_or_in_the_form_gets_a_token_that_is_answered() {
    for backend in backends("a_secret_in_the_header_or_in_the_form") {
        let site = Site::start(backend).await;
        site.register("chc", &[Role::HC]).await;
        let secret = site.secret("chc", None).await;
        let (status, by_header) = basic(&site, "chc", &secret).await;
        assert_eq!(status, 200, "{by_header}");
        let (status, by_form) = site.ask(&[("client_id", "chc"), ("client_secret", &secret)]).await;
        assert_eq!(status, 200, "{by_form}");
        for answer in [by_header, by_form] {
            assert_eq!(answer["token_type"], "Bearer");
            assert_eq!(answer["expires_in"], 900);
            let token = answer["access_token"].as_str().unwrap();
            assert_eq!(site.graphql(token).await, (200, None));
        }
    }
}

#[tokio::test]
async fn an_assertion_of_each_kind_of_key_gets_a_token() {
    for backend in backends("an_assertion_of_each_kind_of_key") {
        let site = Site::start(backend).await;
        for signer in [Signer::es256(), Signer::ed25519(), Signer::rs256()] {
            let id = format!("chc-{}", signer.algorithm);
            site.register(&id, &[Role::HC]).await;
            site.key(&id, &signer, Some("k1")).await;
            let named = json!({ "alg": signer.algorithm, "kid": "k1", "typ": "JWT" });
            for assertion in [
                signer.sign(&named, &site.assertion(&id)),
                signer.token(None, &site.assertion(&id)),
            ] {
                let (status, answer) = site.assert(&assertion).await;
                assert_eq!(status, 200, "{answer}");
                let token = answer["access_token"].as_str().unwrap();
                assert_eq!(site.graphql(token).await, (200, None));
            }
        }
    }
}

#[tokio::test]
async fn an_assertion_is_meant_for_the_issuer_or_the_token_endpoint() {
    let site = Site::sqlite().await;
    let signer = Signer::es256();
    site.register("chc", &[Role::HC]).await;
    site.key("chc", &signer, None).await;
    for (audience, expected) in [
        (json!(ISSUER), 200),
        (json!(TOKEN_ENDPOINT), 200),
        (json!(["https://other.example", TOKEN_ENDPOINT]), 200),
        (json!("https://other.example"), 401),
        (json!([]), 401),
        (json!(format!("{ISSUER}/oauth")), 401),
    ] {
        let mut claims = site.assertion("chc");
        claims["aud"] = audience.clone();
        let (status, answer) = site.assert(&signer.token(None, &claims)).await;
        assert_eq!(status, expected, "{audience}: {answer}");
    }
}

#[tokio::test]
async fn a_token_says_what_rfc_9068_asks_and_what_the_gateway_needs() {
    let site = Site::sqlite().await;
    site.register("chc", &[Role::HC]).await;
    let secret = site.secret("chc", None).await;
    let scope = "role:HC purpose:P-IMM purpose:P-HR";
    let form = [("client_id", "chc"), ("client_secret", &*secret), ("scope", scope)];
    let (_, answer) = site.ask(&form).await;
    let token = answer["access_token"].as_str().unwrap();
    let header = part(token, 0);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("ES256")));
    let claims = part(token, 1);
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["aud"], "migrant-gateway");
    assert_eq!((&claims["sub"], &claims["client_id"]), (&json!("chc"), &json!("chc")));
    assert_eq!((&claims["role"], &claims["unit"]), (&json!("HC"), &json!("220102")));
    assert_eq!(claims["organization"], "220102-CHC");
    assert_eq!(claims["purposes"], json!(["P-HR", "P-IMM"]));
    assert_eq!(claims["scope"], "role:HC purpose:P-HR purpose:P-IMM");
    assert_eq!(claims["scope"], answer["scope"], "what was granted is told");
    let seconds = |name: &str| claims[name].as_i64().unwrap();
    assert_eq!(seconds("exp") - seconds("iat"), 900);
    assert!(claims["jti"].as_str().is_some_and(|jti| jti.len() == 22));
}

#[tokio::test]
async fn where_no_issuer_is_configured_there_is_no_authorization_server() {
    let world = crate::support::World::new(crate::support::Backend::Sqlite).await;
    let server = crate::support::http::Server::start(world.gateway().await).await;
    for path in ["/oauth/token", "/oauth/revoke", "/oauth/introspect"] {
        let (status, _) = super::site::post(&server, path, &[]).await;
        assert_eq!(status, 404, "{path}");
    }
    for path in ["/.well-known/oauth-authorization-server", "/.well-known/jwks.json"] {
        let response = server.client.get(format!("{}{path}", server.base)).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
    }
}
