//! Attacks on assertions: each is refused in the same words.

use std::time::Duration;

use chrono::TimeDelta;
use migrant_gateway::policy::Role;
use serde_json::{Value, json};

use super::{
    signer::{Signer, base64, hs256, message, with},
    site::{ISSUER, Site, ask, asserting},
};
use crate::support::{backends, world::noon};

/// The one answer to whoever proves nothing.
fn refused() -> (u16, Value) {
    let description = "the client could not be authenticated";
    (401, json!({ "error": "invalid_client", "error_description": description }))
}

/// A site with a client `chc` and its key `k1`.
async fn keyed() -> (Site, Signer) {
    let site = Site::sqlite().await;
    let signer = Signer::es256();
    site.register("chc", &[Role::HC]).await;
    site.key("chc", &signer, Some("k1")).await;
    (site, signer)
}

#[tokio::test]
async fn an_assertion_counts_once_on_all_gateways() {
    for backend in backends("an_assertion_counts_once_on_all_gateways") {
        let site = Site::start(backend).await;
        let signer = Signer::es256();
        site.register("chc", &[Role::HC]).await;
        site.key("chc", &signer, None).await;
        let (_gateway, other) = site.second().await;
        let assertion = signer.token(None, &site.assertion("chc"));
        assert_eq!(site.assert(&assertion).await.0, 200);
        assert_eq!(site.assert(&assertion).await, refused(), "again");
        assert_eq!(ask(&other, &asserting(&assertion)).await, refused(), "elsewhere");
        // Of many at once, on both, one.
        let assertion = signer.token(None, &site.assertion("chc"));
        let form = asserting(&assertion);
        let asked = (0..8).map(|place| ask([&site.server, &other][place % 2], &form));
        let answers = futures_util::future::join_all(asked).await;
        assert_eq!(answers.iter().filter(|(status, _)| *status == 200).count(), 1);
        // Another client's assertion may have the same id.
        site.register("chc-2", &[Role::HC]).await;
        let second = Signer::es256();
        site.key("chc-2", &second, None).await;
        let claims = with(site.assertion("chc-2"), json!({ "jti": "same" }));
        assert_eq!(site.assert(&second.token(None, &claims)).await.0, 200);
        let claims = with(site.assertion("chc"), json!({ "jti": "same" }));
        assert_eq!(site.assert(&signer.token(None, &claims)).await.0, 200);
    }
}

#[tokio::test]
async fn an_assertion_that_was_used_is_remembered_for_as_long_as_it_could_count() {
    let (site, signer) = keyed().await;
    let now = site.world.clock.clone();
    let assertion = signer.token(None, &site.assertion("chc"));
    assert_eq!(site.assert(&assertion).await.0, 200);
    for _ in 0..14 {
        now.advance(TimeDelta::seconds(10));
        // Each asks with another one, which clears away what has expired.
        assert_eq!(site.assert(&signer.token(None, &site.assertion("chc"))).await.0, 200);
        assert_eq!(site.assert(&assertion).await, refused());
    }
}

#[tokio::test]
async fn claims_that_are_missing_or_of_another_kind_are_refused() {
    let (site, signer) = keyed().await;
    let now = noon().timestamp();
    for change in [
        json!({ "iss": "other" }),
        json!({ "sub": "other" }),
        json!({ "sub": null }),
        json!({ "aud": null }),
        json!({ "aud": 7 }),
        json!({ "exp": null }),
        json!({ "exp": (now + 60).to_string() }),
        json!({ "exp": -1 }),
        json!({ "exp": 0 }),
        json!({ "exp": now as f64 + 60.5 }),
        json!({ "exp": now - 5 }),
        json!({ "exp": now + 306 }),
        json!({ "exp": u64::MAX }),
        json!({ "nbf": now + 6 }),
        json!({ "nbf": "soon" }),
        json!({ "nbf": -1 }),
        json!({ "iat": now + 6 }),
        json!({ "jti": null }),
        json!({ "jti": "" }),
        json!({ "jti": 7 }),
        json!({ "jti": "x".repeat(257) }),
        json!({ "jti": "a\nb" }),
    ] {
        let claims = with(site.assertion("chc"), change.clone());
        assert_eq!(site.assert(&signer.token(None, &claims)).await, refused(), "{change}");
    }
    for change in
        [json!({ "exp": now + 300 }), json!({ "exp": now - 4 }), json!({ "nbf": now + 5 })]
    {
        let claims = with(site.assertion("chc"), change.clone());
        assert_eq!(site.assert(&signer.token(None, &claims)).await.0, 200, "{change}");
    }
}

#[tokio::test]
async fn the_algorithm_is_the_keys_matter() {
    let (site, signer) = keyed().await;
    let claims = site.assertion("chc");
    let header = |alg: &str| json!({ "alg": alg, "kid": "k1" });
    let public = signer.jwk(Some("k1")).to_string();
    let none = message(&header("none"), &claims);
    for (what, assertion) in [
        ("the public key as a secret", hs256(public.as_bytes(), &header("HS256"), &claims)),
        ("no signature", format!("{none}.")),
        ("no signature at all", none),
        ("another algorithm", signer.sign(&header("RS256"), &claims)),
        ("another algorithm of the kind", signer.sign(&header("ES384"), &claims)),
        ("another kind of key", Signer::ed25519().sign(&header("EdDSA"), &claims)),
        ("another key", Signer::es256().sign(&header("ES256"), &claims)),
        ("an unknown kid", signer.sign(&json!({ "alg": "ES256", "kid": "k2" }), &claims)),
        ("an empty signature", format!("{}.", message(&header("ES256"), &claims))),
        ("no token", "x.y.z".to_owned()),
        ("very long", "x".repeat(9000)),
    ] {
        assert_eq!(site.assert(&assertion).await, refused(), "{what}");
    }
    assert_eq!(site.assert(&signer.sign(&header("ES256"), &claims)).await.0, 200);
}

#[tokio::test]
async fn a_key_in_the_assertion_itself_is_not_looked_at() {
    let (site, _) = keyed().await;
    let thief = Signer::es256();
    for more in [
        json!({ "jwk": thief.public }),
        json!({ "jku": "https://thief.example/jwks.json" }),
        json!({ "x5u": "https://thief.example/cert.pem" }),
        json!({ "x5c": [base64(b"certificate")] }),
        json!({ "crit": ["exp"] }),
        json!({ "typ": "at+jwt" }),
    ] {
        let header = with(json!({ "alg": "ES256" }), more.clone());
        let assertion = thief.sign(&header, &site.assertion("chc"));
        assert_eq!(site.assert(&assertion).await, refused(), "{more}");
    }
}

#[tokio::test]
async fn an_access_token_is_no_assertion_and_an_assertion_no_access_token() {
    let (site, signer) = keyed().await;
    let secret = site.secret("chc", None).await;
    let token = site.token("chc", &secret).await;
    assert_eq!(site.assert(&token).await, refused());
    let assertion = signer.sign(&json!({ "alg": "ES256", "kid": "k1" }), &site.assertion("chc"));
    assert_eq!(site.graphql(&assertion).await.0, 401);
    let posing = with(site.assertion("chc"), json!({ "iss": ISSUER }));
    let assertion = signer.sign(&json!({ "alg": "ES256", "kid": "k1" }), &posing);
    assert_eq!(site.graphql(&assertion).await.0, 401);
}

#[tokio::test]
async fn a_stolen_client_id_is_of_no_use_with_another_clients_key() {
    let (site, _) = keyed().await;
    let thief = Signer::es256();
    site.register("thief", &[Role::HF]).await;
    site.key("thief", &thief, Some("k1")).await;
    let header = json!({ "alg": "ES256", "kid": "k1" });
    for claims in [
        site.assertion("chc"),
        with(site.assertion("thief"), json!({ "sub": "chc" })),
        with(site.assertion("chc"), json!({ "sub": "thief" })),
    ] {
        assert_eq!(site.assert(&thief.sign(&header, &claims)).await, refused(), "{claims}");
    }
    let own = thief.sign(&header, &site.assertion("thief"));
    let form = [&asserting(&own)[..], &[("client_id", "chc")]].concat();
    assert_eq!(site.ask(&form).await, refused());
}

#[tokio::test]
async fn a_key_holds_until_it_is_ended() {
    let (site, signer) = keyed().await;
    let end = |at: Option<Duration>| migrant_gateway::oauth::EndCredential {
        client: "chc".to_owned(),
        credential: 1,
        at: at.map(|after| noon() + after),
        by: migrant_gateway::oauth::Authority::Operator,
    };
    assert_eq!(site.assert(&signer.token(None, &site.assertion("chc"))).await.0, 200);
    site.change(end(None)).await.unwrap();
    assert_eq!(site.assert(&signer.token(None, &site.assertion("chc"))).await, refused());
}
