//! What is remembered of verified tokens.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::json;

use super::support::{JwksServer, NOW, Signer, claims, clock, jwks, trusted, verifier, with};
use crate::auth::{AuthError, KeySource, Verifier};

#[tokio::test]
async fn a_token_is_verified_once() {
    let signer = Signer::es256();
    let verifier = verifier(&[signer.jwk(Some("k1"))]);
    let token = signer.token(Some("k1"), &claims());
    let first = verifier.verify(&token).await.unwrap();
    let second = verifier.verify(&token).await.unwrap();
    assert!(Arc::ptr_eq(&first, &second));
}

#[tokio::test]
async fn refused_tokens_are_not_remembered_and_the_room_is_bounded() {
    let signer = Signer::es256();
    let mut config = trusted(KeySource::Local(jwks(&[signer.jwk(Some("k1"))])));
    config.cached_tokens = 10;
    let verifier = Verifier::new(config, clock()).unwrap();
    assert!(verifier.verify(&Signer::es256().token(Some("k1"), &claims())).await.is_err());
    assert_eq!(verifier.cached(), 0);
    for number in 0..50 {
        let token = signer.token(Some("k1"), &with(claims(), json!({ "jti": number.to_string() })));
        verifier.verify(&token).await.unwrap();
    }
    assert!(verifier.cached() <= 10);
}

#[tokio::test]
async fn a_remembered_token_frees_its_room_when_it_ends() {
    let signer = Signer::es256();
    let verifier = verifier(&[signer.jwk(Some("k1"))]);
    let token = signer.token(Some("k1"), &with(claims(), json!({ "exp": NOW + 1 })));
    verifier.verify(&token).await.unwrap();
    assert_eq!(verifier.cached(), 1);
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    assert_eq!(verifier.cached(), 0);
}

#[tokio::test]
async fn a_dropped_key_voids_what_was_verified_with_it() {
    let signer = Signer::es256();
    let server = JwksServer::start(&jwks(&[signer.jwk(Some("k1"))])).await;
    let clock = clock();
    let config = trusted(KeySource::Url(server.url.clone()));
    let verifier = Verifier::new(config, Arc::clone(&clock) as _).unwrap();
    let token = signer.token(Some("k1"), &claims());
    verifier.verify(&token).await.unwrap();
    server.answer(StatusCode::OK, &jwks(&[]).to_string());
    clock.advance(TimeDelta::minutes(15));
    assert_eq!(verifier.verify(&token).await, Err(AuthError::UnknownKey));
}

#[tokio::test]
async fn an_unchanged_key_set_leaves_remembered_tokens_alone() {
    let signer = Signer::es256();
    let server = JwksServer::start(&jwks(&[signer.jwk(Some("k1"))])).await;
    let clock = clock();
    let config = trusted(KeySource::Url(server.url.clone()));
    let verifier = Verifier::new(config, Arc::clone(&clock) as _).unwrap();
    let token = signer.token(Some("k1"), &claims());
    let first = verifier.verify(&token).await.unwrap();
    clock.advance(TimeDelta::minutes(15));
    assert!(Arc::ptr_eq(&first, &verifier.verify(&token).await.unwrap()));
    assert_eq!(server.hits(), 2);
}
