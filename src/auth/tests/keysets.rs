//! Which keys of a JWK Set are used, and where it may come from.

use serde_json::{Value, json};

use super::support::{JwksServer, Signer, base64, claims, clock, jwks, trusted, verifier, with};
use crate::auth::{AuthError, KeySource, KeySourceError, SetupError, Verifier};

fn source_error(source: KeySource) -> KeySourceError {
    match Verifier::new(trusted(source), clock()) {
        Err(SetupError::Source { source, .. }) => source,
        _ => panic!("the source was accepted"),
    }
}

#[tokio::test]
async fn keys_for_another_use_secret_and_private_keys_are_left_out() {
    let good = Signer::ed25519();
    let signer = Signer::es256();
    let ec = |more| with(signer.jwk(Some("k1")), more);
    for unusable in [
        ec(json!({ "use": "enc" })),
        ec(json!({ "key_ops": ["sign"] })),
        ec(json!({ "key_ops": [] })),
        ec(json!({ "alg": "ES384" })),
        ec(json!({ "alg": "HS256" })),
        ec(json!({ "d": base64(&[7; 32]) })),
        ec(json!({ "crv": "P-384" })),
        ec(json!({ "crv": null })),
        ec(json!({ "kid": null })),
        ec(json!({ "x": base64(&[7; 31]) })),
        ec(json!({ "x": "not base64!" })),
        json!({ "kty": "oct", "kid": "k1", "k": base64(&[7; 32]) }),
        json!({ "kty": "oct", "kid": "k1", "k": base64(&[7; 32]), "alg": "ES256" }),
        json!("not an object"),
        Value::Null,
    ] {
        let verifier = verifier(&[unusable.clone(), good.jwk(Some("good"))]);
        let outcome = verifier.verify(&signer.token(Some("k1"), &claims())).await;
        assert_eq!(outcome, Err(AuthError::UnknownKey), "{unusable}");
        let header = json!({ "alg": "EdDSA", "kid": "good" });
        assert!(verifier.verify(&good.sign(&header, &claims())).await.is_ok());
    }
    assert!(
        verifier(&[ec(json!({ "key_ops": ["verify"], "use": "sig" }))])
            .verify(&signer.token(Some("k1"), &claims()))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_point_off_the_curve_verifies_nothing() {
    let signer = Signer::es256();
    let verifier = verifier(&[with(signer.jwk(Some("k1")), json!({ "y": base64(&[7; 32]) }))]);
    assert_eq!(
        verifier.verify(&signer.token(Some("k1"), &claims())).await,
        Err(AuthError::Signature)
    );
}

#[test]
fn a_short_rsa_key_is_not_used() {
    for (bytes, leading) in [(128, 0xff), (256, 0x7f), (1025, 0x01)] {
        let modulus = [vec![leading], vec![0xff; bytes - 1]].concat();
        let jwk = json!({ "kty": "RSA", "kid": "k1", "n": base64(&modulus), "e": "AQAB" });
        let error = source_error(KeySource::Local(jwks(&[jwk])));
        assert!(matches!(error, KeySourceError::NoUsableKey));
    }
}

#[test]
fn a_set_without_usable_keys_or_of_another_form_does_not_start() {
    let private = with(Signer::es256().jwk(Some("k1")), json!({ "d": base64(&[7; 32]) }));
    for keys in [jwks(&[]), jwks(&[private])] {
        assert!(matches!(source_error(KeySource::Local(keys)), KeySourceError::NoUsableKey));
    }
    for other in [json!({}), json!([]), json!({ "keys": {} })] {
        assert!(matches!(source_error(KeySource::Local(other)), KeySourceError::NotAKeySet));
    }
}

#[test]
fn only_https_or_loopback_addresses_are_accepted() {
    for address in [
        "http://issuer.example/jwks",
        "http://127.0.0.1.issuer.example/jwks",
        "http://10.0.0.1/jwks",
        "ftp://localhost/jwks",
        "file:///etc/jwks",
    ] {
        let error = source_error(KeySource::Url(address.parse().unwrap()));
        assert!(matches!(error, KeySourceError::Insecure), "{address}");
    }
    for address in [
        "https://issuer.example/jwks",
        "http://localhost:1/",
        "http://[::1]:1/",
        "http://127.9.9.9/",
    ] {
        let config = trusted(KeySource::Url(address.parse().unwrap()));
        assert!(Verifier::new(config, clock()).is_ok(), "{address}");
    }
}

#[test]
fn a_file_that_is_missing_or_too_large_does_not_start() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("jwks.json");
    assert!(matches!(source_error(KeySource::File(path.clone())), KeySourceError::Read(_)));
    std::fs::write(&path, vec![b' '; 256 * 1024 + 1]).unwrap();
    assert!(matches!(source_error(KeySource::File(path)), KeySourceError::TooLarge));
}

#[tokio::test]
async fn redirects_errors_and_large_answers_bring_no_keys() {
    use axum::http::StatusCode;
    let signer = Signer::es256();
    let keys = jwks(&[signer.jwk(Some("k1"))]);
    let padded = with(keys.clone(), json!({ "padding": "x".repeat(256 * 1024) })).to_string();
    for (status, body) in [
        (StatusCode::FOUND, keys.to_string()),
        (StatusCode::INTERNAL_SERVER_ERROR, keys.to_string()),
        (StatusCode::OK, padded),
        (StatusCode::OK, "{".to_owned()),
    ] {
        let server = JwksServer::start(&keys).await;
        server.answer(status, &body);
        let config = trusted(KeySource::Url(server.url.clone()));
        let verifier = Verifier::new(config, clock()).unwrap();
        let error = verifier.verify(&signer.token(Some("k1"), &claims())).await.unwrap_err();
        assert_eq!((error, error.code()), (AuthError::KeysUnavailable, "KEYS_UNAVAILABLE"));
        assert_eq!(server.hits(), 1);
    }
}
