//! Other issuers: whose roles they may vouch for, where their tokens have what the gateway needs, and
//! how often they are asked for their keys.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Json, Router, routing::get};
use entity::sharing::Department;
use migrant_gateway::{
    app::Gateway,
    auth::{ClaimNames, ClaimPlace, KeySource, TrustedIssuer, Verifier, VerifierConfig},
};
use serde_json::{Value, json};

use super::{
    signer::{Signer, with},
    site::graphql,
};
use crate::support::{
    Backend, World,
    http::Server,
    world::{noon, patient},
};

const ISSUER: &str = "https://id.example.gov.cn";

fn trusted(signer: &Signer) -> TrustedIssuer {
    let keys = json!({ "keys": [signer.jwk(Some("k1"))] });
    TrustedIssuer::new(ISSUER, KeySource::Local(keys))
}

/// A gateway over HTTP, and its world, whose files go with it.
async fn server(issuer: TrustedIssuer) -> (World, Server) {
    let world = World::new(Backend::Sqlite).await;
    let mut parts = world.parts(patient()).await;
    let config = VerifierConfig::new("migrant-gateway", vec![issuer]);
    parts.verifier = Verifier::new(config, world.clock.clone()).unwrap();
    let server = Server::start(Arc::new(Gateway::new(parts, &world.secrets))).await;
    (world, server)
}

fn claims(role: &str, purpose: &str) -> Value {
    let now = noon().timestamp();
    json!({
        "iss": ISSUER, "aud": "migrant-gateway", "sub": "portal", "jti": "t-1", "nbf": now,
        "iat": now, "exp": now + 600, "role": role, "unit": "220102", "purposes": [purpose],
    })
}

async fn status(server: &Server, signer: &Signer, claims: &Value) -> u16 {
    let token = signer.sign(&json!({ "alg": "ES256", "kid": "k1" }), claims);
    graphql(server, &token).await.0
}

#[tokio::test]
async fn an_issuer_vouches_for_the_departments_it_is_trusted_with() {
    let signer = Signer::es256();
    let issuer = TrustedIssuer { departments: vec![Department::Health], ..trusted(&signer) };
    let (_world, server) = server(issuer).await;
    assert_eq!(status(&server, &signer, &claims("HC", "P-HR")).await, 200);
    let police = with(claims("PO", "P-RES"), json!({ "jti": "t-2" }));
    assert_eq!(status(&server, &signer, &police).await, 401);
}

#[tokio::test]
async fn claims_are_read_from_where_the_issuer_has_them_and_from_nowhere_else() {
    let signer = Signer::es256();
    let path = |path: &str| Some(ClaimPlace::Path(path.to_owned()));
    let names = ClaimNames {
        role: Some(ClaimPlace::Prefixed {
            path: "resource_access.gateway.roles".to_owned(),
            prefix: "mg-".to_owned(),
        }),
        unit: path("https://id.example.gov.cn/unit"),
        organization: path("dept.organization"),
        purposes: Some(ClaimPlace::Prefixed {
            path: "scope".to_owned(),
            prefix: "purpose:".to_owned(),
        }),
        not_before: path("iat"),
    };
    let (_world, server) = server(TrustedIssuer { claims: names, ..trusted(&signer) }).await;
    let now = noon().timestamp();
    let foreign = json!({
        "iss": ISSUER, "aud": ["migrant-gateway", "account"], "sub": "portal", "jti": "t-1",
        "iat": now, "exp": now + 600,
        "resource_access": { "gateway": { "roles": ["offline_access", "mg-HC"] } },
        "https://id.example.gov.cn/unit": "220102",
        "dept": { "organization": "220102-CHC" },
        "scope": "openid profile purpose:P-HR purpose:P-IMM",
    });
    assert_eq!(status(&server, &signer, &foreign).await, 200);
    for (number, change) in [
        json!({ "resource_access": null, "role": "HC" }),
        json!({ "resource_access": { "gateway": { "roles": ["mg-HC", "mg-HF"] } } }),
        json!({ "resource_access": { "gateway": { "roles": [] } } }),
        json!({ "resource_access": { "gateway": "mg-" } }),
        json!({ "resource_access": 7 }),
        json!({ "scope": "openid", "purposes": ["P-HR"] }),
        json!({ "scope": "purpose:P-RES" }),
        json!({ "scope": ["purpose:P-HR", 7] }),
        json!({ "https://id.example.gov.cn/unit": null, "unit": "220102" }),
        json!({ "iat": null, "nbf": now }),
    ]
    .into_iter()
    .enumerate()
    {
        let changed = with(with(foreign.clone(), json!({ "jti": number.to_string() })), change);
        assert_eq!(status(&server, &signer, &changed).await, 401, "{changed}");
    }
    let listed = with(foreign.clone(), json!({ "jti": "l", "scope": ["purpose:P-HR"] }));
    assert_eq!(status(&server, &signer, &listed).await, 200);
    let one = json!({ "jti": "o", "resource_access": { "gateway": { "roles": "mg-HC" } } });
    assert_eq!(status(&server, &signer, &with(foreign, one)).await, 200);
}

#[tokio::test]
async fn unknown_keys_do_not_have_an_issuer_asked_over_and_over() {
    let signer = Signer::es256();
    let keys = json!({ "keys": [signer.jwk(Some("k1"))] });
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let router = Router::new().route(
        "/jwks.json",
        get(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Json(keys.clone()))
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let source = KeySource::Url(url.parse().unwrap());
    let (_world, server) = server(TrustedIssuer::new(ISSUER, source)).await;
    assert_eq!(status(&server, &signer, &claims("HC", "P-HR")).await, 200);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    for number in 0..50 {
        let header = json!({ "alg": "ES256", "kid": format!("k-{number}") });
        let token = signer.sign(&header, &claims("HC", "P-HR"));
        assert_eq!(graphql(&server, &token).await.0, 401);
    }
    assert!(asked.load(Ordering::SeqCst) <= 2, "{}", asked.load(Ordering::SeqCst));
}
