//! Attacks on access tokens, over HTTP, with the very key that signs them.

use std::fs;

use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use migrant_gateway::policy::Role;
use serde_json::{Value, json};

use super::{
    signer::{Signer, base64, hs256, message, part, with},
    site::Site,
};

/// A site, a token that is in order, and the private key it was signed with.
async fn signed() -> (Site, String, EncodingKey) {
    let site = Site::sqlite().await;
    site.register("chc", &[Role::HC]).await;
    let secret = site.secret("chc", None).await;
    let token = site.token("chc", &secret).await;
    let directory = site.world.directory.path().join("keys/signing");
    let file = fs::read_dir(directory).unwrap().next().unwrap().unwrap().path();
    let key = EncodingKey::from_ec_pem(&fs::read(file).unwrap()).unwrap();
    (site, token, key)
}

fn sign(key: &EncodingKey, header: &Value, claims: &Value) -> String {
    let message = message(header, claims);
    let signature = crypto::sign(message.as_bytes(), key, Algorithm::ES256).unwrap();
    format!("{message}.{signature}")
}

#[tokio::test]
async fn the_algorithm_of_a_token_is_its_keys_and_no_key_comes_with_it() {
    let (site, token, key) = signed().await;
    let (header, claims) = (part(&token, 0), part(&token, 1));
    assert_eq!(site.graphql(&sign(&key, &header, &claims)).await, (200, None));
    let of = |more: Value| with(header.clone(), more);
    let published = site.gateway.oauth.as_ref().unwrap().jwks()["keys"][0].to_string();
    let thief = Signer::es256();
    let none = message(&of(json!({ "alg": "none" })), &claims);
    let hmac = of(json!({ "alg": "HS256" }));
    for (what, token) in [
        ("the public key as a secret", hs256(published.as_bytes(), &hmac, &claims)),
        ("no algorithm", format!("{none}.")),
        ("another algorithm", sign(&key, &of(json!({ "alg": "RS256" })), &claims)),
        ("no kid", sign(&key, &of(json!({ "kid": null })), &claims)),
        ("an unknown kid", sign(&key, &of(json!({ "kid": "k" })), &claims)),
        ("another's key", thief.sign(&header, &claims)),
        ("a key in it", thief.sign(&of(json!({ "jwk": thief.public })), &claims)),
        ("a place of keys in it", thief.sign(&of(json!({ "jku": "https://x.example" })), &claims)),
        (
            "a place of keys in ours",
            sign(&key, &of(json!({ "jku": "https://x.example" })), &claims),
        ),
        ("an extension", sign(&key, &of(json!({ "crit": ["b64"] })), &claims)),
        ("another type", sign(&key, &of(json!({ "typ": "logout+jwt" })), &claims)),
        ("a changed payload", {
            let raised =
                base64(with(claims.clone(), json!({ "unit": "220000" })).to_string().as_bytes());
            let parts: Vec<&str> = token.split('.').collect();
            format!("{}.{raised}.{}", parts[0], parts[2])
        }),
    ] {
        assert_eq!(site.graphql(&token).await, (401, Some("UNAUTHENTICATED".to_owned())), "{what}");
    }
}

#[tokio::test]
async fn claims_that_are_missing_or_of_another_type_are_refused_although_the_key_signed_them() {
    let (site, token, key) = signed().await;
    let (header, claims) = (part(&token, 0), part(&token, 1));
    let exp = claims["exp"].as_i64().unwrap();
    for change in [
        json!({ "exp": null }),
        json!({ "exp": exp.to_string() }),
        json!({ "exp": -1 }),
        json!({ "exp": exp as f64 + 0.5 }),
        json!({ "nbf": null }),
        json!({ "nbf": "0" }),
        json!({ "nbf": -1 }),
        json!({ "aud": null }),
        json!({ "aud": "other" }),
        json!({ "aud": [] }),
        json!({ "iss": null }),
        json!({ "iss": "https://other.example" }),
        json!({ "jti": null }),
        json!({ "sub": null }),
        json!({ "role": null }),
        json!({ "role": "XX" }),
        json!({ "purposes": [] }),
        json!({ "purposes": ["P-RES"] }),
        json!({ "person": 7 }),
    ] {
        let token = sign(&key, &header, &with(claims.clone(), change.clone()));
        let outcome = site.graphql(&token).await;
        assert_eq!(outcome, (401, Some("UNAUTHENTICATED".to_owned())), "{change}");
    }
    let past = json!({ "nbf": exp - 2000, "exp": exp - 1000 });
    let expired = sign(&key, &header, &with(claims.clone(), past));
    assert_eq!(site.graphql(&expired).await.1.as_deref(), Some("TOKEN_EXPIRED"));
    let ahead = json!({ "nbf": exp, "exp": exp + 900 });
    let early = sign(&key, &header, &with(claims, ahead));
    assert_eq!(site.graphql(&early).await.1.as_deref(), Some("TOKEN_NOT_YET_VALID"));
}

#[tokio::test]
async fn a_client_opens_an_emergency_only_for_the_officer_its_token_names() {
    let (site, token, key) = signed().await;
    let (header, claims) = (part(&token, 0), part(&token, 1));
    let ask = async |token: &str| {
        let query = json!({ "query": "{ persons(first: 1) { nodes { id } } }" });
        let request = site.server.client.post(site.server.graphql()).bearer_auth(token);
        let response = request.header("x-purpose", "P-ETR").json(&query).send().await.unwrap();
        super::site::outcome(response).await
    };
    let (status, answer) = ask(&token).await;
    assert_eq!(
        (status, &answer["errors"][0]["extensions"]["code"]),
        (403, &json!("PURPOSE_NOT_ALLOWED"))
    );
    let act = json!({ "act": { "sub": "wang", "iss": "https://login.hospital.example" } });
    let acting = sign(&key, &header, &with(claims, act));
    let (status, answer) = ask(&acting).await;
    assert_eq!((status, &answer["errors"]), (200, &json!(null)), "{answer}");
}
