//! Requests that are none, and the form in which they are refused (RFC 6749 §5.2).

use migrant_gateway::policy::Role;
use serde_json::Value;

use super::site::{JWT_BEARER, Site, outcome};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

async fn site() -> (Site, String) {
    let site = Site::sqlite().await;
    site.register("chc", &[Role::HC]).await;
    let secret = site.secret("chc", None).await;
    (site, secret)
}

fn told(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn the_grant_is_client_credentials() {
    let (site, secret) = site().await;
    let client = [("client_id", "chc"), ("client_secret", &*secret)];
    for (grant, error) in [
        (None, "invalid_request"),
        (Some(""), "invalid_request"),
        (Some("password"), "unsupported_grant_type"),
        (Some("authorization_code"), "unsupported_grant_type"),
        (Some("CLIENT_CREDENTIALS"), "unsupported_grant_type"),
    ] {
        let grant: Vec<_> = grant.map(|grant| ("grant_type", grant)).into_iter().collect();
        let answer = site.post("/oauth/token", &[&client[..], &grant].concat()).await;
        assert_eq!(told(&answer), (400, error), "{grant:?}");
    }
}

#[tokio::test]
async fn a_client_authenticates_by_one_method_and_each_parameter_occurs_once() {
    let (site, secret) = site().await;
    let id = ("client_id", "chc");
    let secret = ("client_secret", &*secret);
    let (kind, assertion) = (("client_assertion_type", JWT_BEARER), ("client_assertion", "x.y.z"));
    for (form, status, error) in [
        (&[GRANT, id, secret, kind, assertion][..], 400, "invalid_request"),
        (&[GRANT, id, secret, secret], 400, "invalid_request"),
        (&[GRANT, GRANT, id, secret], 400, "invalid_request"),
        (&[GRANT, id, id, secret], 400, "invalid_request"),
        (&[GRANT, secret], 400, "invalid_request"),
        (&[GRANT, assertion], 400, "invalid_request"),
        (&[GRANT, ("client_assertion_type", "saml2"), assertion], 400, "invalid_request"),
        (&[GRANT], 401, "invalid_client"),
        (&[GRANT, id], 401, "invalid_client"),
        (&[GRANT, id, ("client_secret", "")], 401, "invalid_client"),
    ] {
        let answer = site.post("/oauth/token", form).await;
        assert_eq!(told(&answer), (status, error), "{form:?}");
    }
    let twice = site.server.client.post(format!("{}/oauth/token", site.server.base));
    let twice = twice.basic_auth("chc", Some(secret.1)).form(&[GRANT, secret]);
    assert_eq!(told(&outcome(twice.send().await.unwrap()).await), (400, "invalid_request"));
    let another = site.server.client.post(format!("{}/oauth/token", site.server.base));
    let another = another.basic_auth("chc", Some(secret.1)).form(&[GRANT, ("client_id", "other")]);
    assert_eq!(told(&outcome(another.send().await.unwrap()).await), (400, "invalid_request"));
}

#[tokio::test]
async fn id_and_secret_in_the_header_are_form_encoded() {
    let (site, secret) = site().await;
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let request = site.server.client.post(format!("{}/oauth/token", site.server.base));
    let request = request.basic_auth(encoded("chc"), Some(encoded(&secret))).form(&[GRANT]);
    assert_eq!(outcome(request.send().await.unwrap()).await.0, 200);
}

#[tokio::test]
async fn refusals_are_not_kept_and_name_the_way_to_authenticate() {
    let (site, secret) = site().await;
    let url = format!("{}/oauth/token", site.server.base);
    for authorization in ["Basic ???", "Basic Y2hj", "Bearer x", "Basic", "Basic Y2hjOng="] {
        let request = site.server.client.post(&url).header("authorization", authorization);
        let response = request.form(&[GRANT]).send().await.unwrap();
        assert_eq!(response.status(), 401, "{authorization}");
        let challenge = response.headers()["www-authenticate"].to_str().unwrap();
        assert!(challenge.starts_with("Basic realm="), "{challenge}");
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
    let json = site.server.client.post(&url).json(&serde_json::json!({ "client_id": "chc" }));
    assert_eq!(told(&outcome(json.send().await.unwrap()).await), (400, "invalid_request"));
    let long = "x".repeat(20_000);
    let form = [GRANT, ("client_id", "chc"), ("client_secret", &*secret), ("scope", &long)];
    assert_eq!(told(&site.post("/oauth/token", &form).await), (413, "invalid_request"));
    let response = site.server.client.get(&url).send().await.unwrap();
    assert_eq!(response.status(), 405);
    let form = [GRANT, ("client_id", "chc"), ("client_secret", &*secret)];
    let response = site.server.client.post(&url).form(&form).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn the_resource_is_this_gateway() {
    let (site, secret) = site().await;
    let client = [("client_id", "chc"), ("client_secret", &*secret)];
    for (resources, expected) in [
        (&["http://127.0.0.1:8080"][..], (200, "")),
        (&["http://127.0.0.1:8080/graphql"], (200, "")),
        (&["migrant-gateway"], (200, "")),
        (&["http://127.0.0.1:8080", "http://127.0.0.1:8080/graphql"], (200, "")),
        (&["https://other.example"], (400, "invalid_target")),
        (&["http://127.0.0.1:8080.evil.example"], (400, "invalid_target")),
        (&["http://127.0.0.1:8080", "https://other.example"], (400, "invalid_target")),
    ] {
        let resources: Vec<_> = resources.iter().map(|one| ("resource", *one)).collect();
        let answer = site.ask(&[&client[..], &resources].concat()).await;
        assert_eq!(told(&answer), expected, "{resources:?}");
    }
}
