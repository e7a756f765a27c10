//! Whatever arrives, nothing panics and nothing forged passes.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::support::{Signer, base64, claims, message, verifier};
use crate::auth::{AuthError, Verifier, jwks::KeySet};

struct Setting {
    runtime: Runtime,
    verifier: Verifier,
    signer: Signer,
    token: String,
}

static SETTING: LazyLock<Setting> = LazyLock::new(|| {
    let signer = Signer::es256();
    Setting {
        runtime: Builder::new_multi_thread().worker_threads(1).build().unwrap(),
        verifier: verifier(&[signer.jwk(Some("k1"))]),
        token: signer.token(Some("k1"), &claims()),
        signer,
    }
});

fn verify(token: &str) -> Result<(), AuthError> {
    SETTING.runtime.block_on(SETTING.verifier.verify(token)).map(|_| ())
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(".{0,6}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn claim_name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "iss",
        "aud",
        "exp",
        "nbf",
        "iat",
        "sub",
        "jti",
        "role",
        "unit",
        "organization",
        "purposes",
        "person",
    ])
}

proptest! {
    #[test]
    fn arbitrary_text_is_refused(text in ".{0,200}") {
        prop_assert!(verify(&text).is_err());
    }

    #[test]
    fn arbitrary_parts_are_refused(header in any_json(), payload in any_json(), tail in any::<[u8; 64]>()) {
        let token = format!("{}.{}", message(&header, &payload), base64(&tail));
        prop_assert!(verify(&token).is_err());
    }

    #[test]
    fn signed_claims_of_any_type_never_panic(name in claim_name(), value in any_json()) {
        let mut claims = claims();
        claims[name] = value;
        let _ = verify(&SETTING.signer.token(Some("k1"), &claims));
    }

    #[test]
    fn a_changed_character_is_refused(place in any::<prop::sample::Index>(), other in "[A-Za-z0-9_.-]") {
        let token = &SETTING.token;
        let at = place.index(token.len());
        prop_assume!(token[at..=at] != other);
        let changed = [&token[..at], &other, &token[at + 1..]].concat();
        prop_assert!(verify(&changed).is_err());
    }

    #[test]
    fn arbitrary_key_sets_never_panic(keys in prop::collection::vec(any_json(), 0..4), n in ".{0,20}") {
        let rsa = json!({ "kty": "RSA", "kid": "k", "n": n, "e": n });
        let _ = KeySet::parse(json!({ "keys": keys }).to_string().as_bytes());
        let _ = KeySet::parse(json!({ "keys": [rsa] }).to_string().as_bytes());
    }
}

#[test]
fn an_oversized_token_is_refused_before_it_is_read() {
    let claims = super::support::with(claims(), json!({ "padding": "x".repeat(6 * 1024) }));
    let token = SETTING.signer.token(Some("k1"), &claims);
    assert!(token.len() > 8 * 1024);
    assert_eq!(verify(&token), Err(AuthError::TooLong));
    assert_eq!(verify(&"a".repeat(1 << 20)), Err(AuthError::TooLong));
}

#[test]
fn deep_nesting_does_not_exhaust_the_stack() {
    let deep = "[".repeat(5000);
    let token = format!("{}.{}.AA", base64(deep.as_bytes()), base64(b"{}"));
    assert_eq!(verify(&token), Err(AuthError::Malformed));
}
