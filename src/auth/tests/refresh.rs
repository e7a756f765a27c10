//! When key sets are loaded again, and how often.

use std::{future::Future, sync::Arc};

use axum::http::StatusCode;
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use super::support::{JwksServer, Signer, claims, clock, jwks, trusted};
use crate::{
    auth::{AuthError, KeySource, Verifier},
    clock::ManualClock,
};

struct Setting {
    server: JwksServer,
    verifier: Arc<Verifier>,
    clock: Arc<ManualClock>,
    signer: Signer,
}

async fn setting() -> Setting {
    let signer = Signer::es256();
    let server = JwksServer::start(&jwks(&[signer.jwk(Some("k1"))])).await;
    let clock = clock();
    let config = trusted(KeySource::Url(server.url.clone()));
    let verifier = Arc::new(Verifier::new(config, Arc::clone(&clock) as _).unwrap());
    Setting { server, verifier, clock, signer }
}

fn unknown(signer: &Signer, number: usize) -> String {
    signer.sign(&json!({ "alg": "ES256", "kid": format!("unknown-{number}") }), &claims())
}

async fn all_refused(outcomes: impl Iterator<Item = impl Future<Output = Result<(), AuthError>>>) {
    for outcome in join_all(outcomes).await {
        assert_eq!(outcome, Err(AuthError::UnknownKey));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_unknown_keys_causes_one_refresh() {
    let Setting { server, verifier, clock, signer } = setting().await;
    assert_eq!(server.hits(), 0, "keys are fetched at the first token");
    verifier.verify(&signer.token(Some("k1"), &claims())).await.unwrap();
    assert_eq!(server.hits(), 1);

    let tokens: Vec<_> = (0..1000).map(|number| unknown(&signer, number)).collect();
    for round in 2..4 {
        clock.advance(TimeDelta::seconds(30));
        let storm = tokens.iter().map(|token| {
            let (verifier, token) = (Arc::clone(&verifier), token.clone());
            async move {
                tokio::spawn(async move { verifier.verify(&token).await.map(|_| ()) })
                    .await
                    .unwrap()
            }
        });
        all_refused(storm).await;
        assert_eq!(server.hits(), round);
        clock.advance(TimeDelta::seconds(29));
        assert_eq!(verifier.verify(&tokens[0]).await, Err(AuthError::UnknownKey));
        assert_eq!(server.hits(), round);
    }
}

#[tokio::test]
async fn concurrent_first_tokens_share_one_fetch() {
    let Setting { server, verifier, signer, .. } = setting().await;
    let token = signer.token(Some("k1"), &claims());
    for outcome in join_all((0..50).map(|_| verifier.verify(&token))).await {
        assert!(outcome.is_ok());
    }
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn failed_refreshes_count_and_leave_the_old_keys() {
    let Setting { server, verifier, clock, signer } = setting().await;
    verifier.verify(&signer.token(Some("k1"), &claims())).await.unwrap();
    server.answer(StatusCode::BAD_GATEWAY, "");
    clock.advance(TimeDelta::seconds(30));
    for number in 0..20 {
        let outcome = verifier.verify(&unknown(&signer, number)).await;
        assert_eq!(outcome, Err(AuthError::UnknownKey));
    }
    assert_eq!(server.hits(), 2);
    assert!(verifier.verify(&signer.token(Some("k1"), &claims())).await.is_ok());
}

#[tokio::test]
async fn an_issuer_away_at_the_first_token_is_asked_again_after_the_interval() {
    let Setting { server, verifier, clock, signer } = setting().await;
    let keys = jwks(&[signer.jwk(Some("k1"))]);
    server.answer(StatusCode::SERVICE_UNAVAILABLE, "");
    for _ in 0..10 {
        let outcome = verifier.verify(&signer.token(Some("k1"), &claims())).await;
        assert_eq!(outcome, Err(AuthError::KeysUnavailable));
    }
    assert_eq!(server.hits(), 1);
    server.answer(StatusCode::OK, &keys.to_string());
    clock.advance(TimeDelta::seconds(30));
    assert!(verifier.verify(&signer.token(Some("k1"), &claims())).await.is_ok());
}

#[tokio::test]
async fn a_new_key_is_found_through_its_unknown_id() {
    let Setting { server, verifier, clock, signer } = setting().await;
    verifier.verify(&signer.token(Some("k1"), &claims())).await.unwrap();
    let next = Signer::ed25519();
    let keys = [signer.jwk(Some("k1")), next.jwk(Some("k2"))];
    server.answer(StatusCode::OK, &jwks(&keys).to_string());
    clock.advance(TimeDelta::seconds(30));
    let token = next.sign(&json!({ "alg": "EdDSA", "kid": "k2" }), &claims());
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(server.hits(), 2);
}

#[tokio::test]
async fn aged_keys_are_fetched_again_and_kept_while_the_issuer_is_away() {
    let Setting { server, verifier, clock, signer } = setting().await;
    let token = signer.token(Some("k1"), &claims());
    verifier.verify(&token).await.unwrap();
    clock.advance(TimeDelta::seconds(899));
    verifier.verify(&token).await.unwrap();
    assert_eq!(server.hits(), 1);
    clock.advance(TimeDelta::seconds(1));
    verifier.verify(&token).await.unwrap();
    assert_eq!(server.hits(), 2);

    server.answer(StatusCode::BAD_GATEWAY, "");
    clock.advance(TimeDelta::minutes(15));
    for _ in 0..10 {
        verifier.verify(&token).await.unwrap();
    }
    assert_eq!(server.hits(), 3);
    // Later attempts run behind the request; wait for theirs.
    clock.advance(TimeDelta::seconds(30));
    verifier.verify(&token).await.unwrap();
    while server.hits() < 4 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_take_the_refresh_along() {
    let Setting { server, verifier, signer, .. } = setting().await;
    let token = signer.token(Some("k1"), &claims());
    {
        let mut abandoned = Box::pin(verifier.verify(&token));
        assert!(futures_util::poll!(&mut abandoned).is_pending());
    }
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_changed_file_is_read_at_an_unknown_key() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("jwks.json");
    let (old, new) = (Signer::es256(), Signer::es256());
    std::fs::write(&path, jwks(&[old.jwk(Some("k1"))]).to_string()).unwrap();
    let verifier = Verifier::new(trusted(KeySource::File(path.clone())), clock()).unwrap();
    assert!(verifier.verify(&old.token(Some("k1"), &claims())).await.is_ok());
    std::fs::write(&path, jwks(&[new.jwk(Some("k2"))]).to_string()).unwrap();
    let token = new.sign(&json!({ "alg": "ES256", "kid": "k2" }), &claims());
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(
        verifier.verify(&old.token(Some("k1"), &claims())).await,
        Err(AuthError::UnknownKey)
    );
}
