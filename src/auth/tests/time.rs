//! The validity of a token, to the second.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta};
use serde_json::json;

use super::support::{NOW, Signer, claims, clock, jwks, trusted, verify_with, with};
use crate::auth::{AuthError, KeySource, Verifier};

#[tokio::test]
async fn a_token_ends_at_exp_whether_remembered_or_not() {
    let signer = Signer::es256();
    let keys = jwks(&[signer.jwk(Some("k1"))]);
    let token = signer.token(Some("k1"), &with(claims(), json!({ "exp": NOW + 60 })));
    for remembered in [0, 100] {
        let clock = clock();
        let mut config = trusted(KeySource::Local(keys.clone()));
        config.cached_tokens = remembered;
        let verifier = Verifier::new(config, Arc::clone(&clock) as _).unwrap();
        for second in 0..60 {
            clock.set(DateTime::from_timestamp(NOW + second, 0).unwrap());
            assert!(verifier.verify(&token).await.is_ok(), "second {second}");
        }
        clock.advance(TimeDelta::milliseconds(999));
        assert!(verifier.verify(&token).await.is_ok());
        clock.advance(TimeDelta::milliseconds(1));
        let error = verifier.verify(&token).await.unwrap_err();
        assert_eq!((error, error.code()), (AuthError::Expired, "TOKEN_EXPIRED"));
    }
}

#[tokio::test]
async fn a_token_starts_five_seconds_before_nbf() {
    assert!(verify_with(json!({ "nbf": NOW + 5 })).await.is_ok());
    let error = verify_with(json!({ "nbf": NOW + 6 })).await.unwrap_err();
    assert_eq!((error, error.code()), (AuthError::NotYetValid, "TOKEN_NOT_YET_VALID"));
}

#[tokio::test]
async fn a_remembered_token_is_refused_again_when_the_clock_goes_back() {
    let signer = Signer::es256();
    let clock = clock();
    let keys = jwks(&[signer.jwk(Some("k1"))]);
    let verifier = Verifier::new(trusted(KeySource::Local(keys)), Arc::clone(&clock) as _).unwrap();
    let token = signer.token(Some("k1"), &claims());
    assert!(verifier.verify(&token).await.is_ok());
    clock.advance(TimeDelta::seconds(-6));
    assert_eq!(verifier.verify(&token).await, Err(AuthError::NotYetValid));
}

#[tokio::test]
async fn leeway_and_lifetime_are_configurable() {
    let signer = Signer::es256();
    let mut config = trusted(KeySource::Local(jwks(&[signer.jwk(Some("k1"))])));
    config.expiry_leeway = Duration::from_secs(2);
    config.max_lifetime = Duration::from_secs(3600);
    let clock = clock();
    let verifier = Verifier::new(config, Arc::clone(&clock) as _).unwrap();
    let token = signer.token(Some("k1"), &claims());
    clock.advance(TimeDelta::milliseconds(3_601_999));
    assert!(verifier.verify(&token).await.is_ok());
    clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(verifier.verify(&token).await, Err(AuthError::Expired));
    let long = signer.token(Some("k1"), &with(claims(), json!({ "exp": NOW + 3601 })));
    assert_eq!(verifier.verify(&long).await, Err(AuthError::Lifetime));
}

#[tokio::test]
async fn a_lifetime_over_a_day_is_refused_by_default() {
    assert!(verify_with(json!({ "exp": NOW + 86_400 })).await.is_ok());
    assert_eq!(verify_with(json!({ "exp": NOW + 86_401 })).await, Err(AuthError::Lifetime));
    let started = json!({ "nbf": NOW - 86_000, "exp": NOW + 401 });
    assert_eq!(verify_with(started).await, Err(AuthError::Lifetime));
}
