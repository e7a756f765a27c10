//! Signatures: the three algorithms, and attempts to pass with something else.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::support::{Signer, base64, claims, message, verifier, with};
use crate::{
    auth::{AuthError, tests::support::NOW},
    policy::{Purpose, Role},
};

async fn refusal(keys: &[Value], token: &str) -> AuthError {
    verifier(keys).verify(token).await.unwrap_err()
}

#[tokio::test]
async fn each_algorithm_passes_with_and_without_alg_in_the_jwk() {
    for signer in [Signer::es256(), Signer::ed25519(), Signer::rs256()] {
        for more in [json!({}), json!({ "alg": signer.algorithm, "use": "sig" })] {
            let verifier = verifier(&[with(signer.jwk(Some("k1")), more)]);
            let caller = verifier.verify(&signer.token(Some("k1"), &claims())).await.unwrap();
            assert_eq!(caller.role, Role::HV);
            assert_eq!(caller.purposes, [Purpose::Imm]);
            assert_eq!((caller.subject.as_str(), caller.token_id.as_str()), ("clinic-7", "t-1"));
            assert_eq!(caller.organization.as_deref(), Some("220102-011"));
            assert_eq!(caller.expires_at.timestamp(), NOW + 3600);
        }
    }
}

#[tokio::test]
async fn an_hmac_keyed_with_the_public_key_is_refused() {
    for signer in [Signer::es256(), Signer::ed25519(), Signer::rs256()] {
        let jwk = signer.jwk(Some("k1"));
        let header = json!({ "alg": "HS256", "kid": "k1" });
        let part = |name| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap_or_default()).unwrap();
        let point = [vec![4], part("x"), part("y")].concat();
        for secret in [jwk.to_string().into_bytes(), point, part("x"), part("n")] {
            let message = message(&header, &claims());
            let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            let token =
                format!("{message}.{}", base64(hmac::sign(&key, message.as_bytes()).as_ref()));
            assert_eq!(refusal(std::slice::from_ref(&jwk), &token).await, AuthError::Algorithm);
        }
    }
}

#[tokio::test]
async fn no_signature_is_refused_however_it_is_spelt() {
    let signer = Signer::es256();
    let jwk = [signer.jwk(Some("k1"))];
    for alg in ["none", "None", "NONE", "nOnE", "", "es256", "ES256 "] {
        let message = message(&json!({ "alg": alg, "kid": "k1" }), &claims());
        assert_eq!(refusal(&jwk, &format!("{message}.")).await, AuthError::Algorithm);
    }
    let message = message(&json!({ "alg": "ES256", "kid": "k1" }), &claims());
    assert_eq!(refusal(&jwk, &format!("{message}.")).await, AuthError::Signature);
    let zeros = base64(&[0; 64]);
    assert_eq!(refusal(&jwk, &format!("{message}.{zeros}")).await, AuthError::Signature);
    assert_eq!(refusal(&jwk, &message).await, AuthError::Malformed);
}

#[tokio::test]
async fn the_algorithm_is_the_keys_and_not_the_tokens() {
    let signers = [Signer::es256(), Signer::ed25519(), Signer::rs256()];
    for key in &signers {
        for signer in signers.iter().filter(|signer| signer.algorithm != key.algorithm) {
            let jwk = [key.jwk(Some("k1"))];
            assert_eq!(
                refusal(&jwk, &signer.token(Some("k1"), &claims())).await,
                AuthError::Algorithm
            );
            let disguised = signer.sign(&json!({ "alg": key.algorithm, "kid": "k1" }), &claims());
            assert_eq!(refusal(&jwk, &disguised).await, AuthError::Signature);
        }
    }
    for alg in ["ES384", "RS512", "PS256", "HS512"] {
        let token = signers[0].sign(&json!({ "alg": alg, "kid": "k1" }), &claims());
        assert_eq!(refusal(&[signers[0].jwk(Some("k1"))], &token).await, AuthError::Algorithm);
    }
}

#[tokio::test]
async fn a_foreign_key_with_a_known_kid_is_refused() {
    let known = Signer::es256().jwk(Some("k1"));
    assert_eq!(
        refusal(&[known], &Signer::es256().token(Some("k1"), &claims())).await,
        AuthError::Signature
    );
}

#[tokio::test]
async fn keys_addresses_and_extensions_in_the_header_are_refused() {
    let signer = Signer::es256();
    let attacker = Signer::es256();
    let jwk = [signer.jwk(Some("k1"))];
    let base = json!({ "alg": "ES256", "kid": "k1" });
    for (name, value) in [
        ("jwk", attacker.public.clone()),
        ("jku", json!("https://attacker.example/jwks")),
        ("x5u", json!("https://attacker.example/chain")),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["exp"])),
        ("typ", json!("secevent+jwt")),
    ] {
        let header = with(base.clone(), json!({ name: value }));
        for key in [&signer, &attacker] {
            assert_eq!(refusal(&jwk, &key.sign(&header, &claims())).await, AuthError::Header);
        }
    }
    let mut header = base.clone();
    header["jwk"] = Value::Null;
    assert_eq!(refusal(&jwk, &signer.sign(&header, &claims())).await, AuthError::Header);
    for typ in ["JWT", "jwt", "at+jwt", "AT+JWT"] {
        let token = signer.sign(&with(base.clone(), json!({ "typ": typ })), &claims());
        assert!(verifier(&jwk).verify(&token).await.is_ok());
    }
    let array = signer.sign(&json!(["ES256", "k1"]), &claims());
    assert_eq!(refusal(&jwk, &array).await, AuthError::Malformed);
    let nameless = signer.sign(&json!({ "alg": "ES256" }), &claims());
    assert_eq!(refusal(&jwk, &nameless).await, AuthError::Malformed);
}

#[tokio::test]
async fn a_tampered_part_is_refused() {
    let signer = Signer::es256();
    let jwk = [signer.jwk(Some("k1"))];
    let token = signer.token(Some("k1"), &claims());
    let parts: Vec<&str> = token.split('.').collect();
    let widened = with(claims(), json!({ "role": "HC" })).to_string();
    let payload = format!("{}.{}.{}", parts[0], base64(widened.as_bytes()), parts[2]);
    assert_eq!(refusal(&jwk, &payload).await, AuthError::Signature);

    let mut bytes = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    bytes[10] ^= 1;
    let signature = format!("{}.{}.{}", parts[0], parts[1], base64(&bytes));
    assert_eq!(refusal(&jwk, &signature).await, AuthError::Signature);

    let other = signer.token(Some("k1"), &with(claims(), json!({ "jti": "t-2" })));
    let borrowed = format!("{}.{}.{}", parts[0], parts[1], other.rsplit('.').next().unwrap());
    assert_eq!(refusal(&jwk, &borrowed).await, AuthError::Signature);
}
