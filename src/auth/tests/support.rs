//! Keys, tokens, a clock and an issuer's web server for the tests.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RsaKeyPair,
    },
};
use axum::{Router, http::StatusCode, routing::get};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use parking_lot::Mutex;
use serde_json::{Value, json};
use url::Url;

use crate::{
    auth::{AuthError, Caller, KeySource, TrustedIssuer, Verifier, VerifierConfig},
    clock::ManualClock,
};

pub const NOW: i64 = 1_800_000_000;
pub const ISSUER: &str = "https://issuer.example";
pub const AUDIENCE: &str = "migrant-gateway";

type Sign = dyn Fn(&[u8]) -> Vec<u8> + Send + Sync;

/// A key pair of any kind.
pub struct Signer {
    pub algorithm: &'static str,
    pub public: Value,
    sign: Box<Sign>,
}

impl Signer {
    pub fn es256() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = pair.public_key().as_ref();
        let public = json!({
            "kty": "EC", "crv": "P-256", "x": base64(&point[1..33]), "y": base64(&point[33..]),
        });
        let sign = move |message: &[u8]| {
            pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
        };
        Self { algorithm: "ES256", public, sign: Box::new(sign) }
    }

    pub fn ed25519() -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let x = base64(pair.public_key().as_ref());
        let public = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
        let sign = move |message: &[u8]| pair.sign(message).as_ref().to_vec();
        Self { algorithm: "EdDSA", public, sign: Box::new(sign) }
    }

    pub fn rs256() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let key = pair.public_key();
        let public = json!({
            "kty": "RSA",
            "n": base64(key.modulus().big_endian_without_leading_zero()),
            "e": base64(key.exponent().big_endian_without_leading_zero()),
        });
        let sign = move |message: &[u8]| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
            signature
        };
        Self { algorithm: "RS256", public, sign: Box::new(sign) }
    }

    /// The public JWK with a `kid` and further members.
    pub fn jwk(&self, kid: &str, more: Value) -> Value {
        with(with(self.public.clone(), json!({ "kid": kid })), more)
    }

    /// A token with this header and these claims, whatever they say.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let signature = base64(&(self.sign)(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// A token of the key `k1`.
    pub fn token(&self, claims: &Value) -> String {
        self.sign(&json!({ "alg": self.algorithm, "kid": "k1" }), claims)
    }
}

/// `base` with members set; a member set to null is taken away.
pub fn with(mut base: Value, members: Value) -> Value {
    let target = base.as_object_mut().unwrap();
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            target.remove(name);
        } else {
            target.insert(name.clone(), value.clone());
        }
    }
    base
}

pub fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", base64(header.to_string().as_bytes()), base64(claims.to_string().as_bytes()))
}

/// Acceptable claims: one hour from now, for a vaccination clinic.
pub fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "clinic-7", "jti": "t-1",
        "nbf": NOW, "iat": NOW, "exp": NOW + 3600,
        "role": "HV", "unit": "220102", "organization": "220102-011", "purposes": ["P-IMM"],
    })
}

pub fn jwks(keys: &[Value]) -> Value {
    json!({ "keys": keys })
}

pub fn clock() -> Arc<ManualClock> {
    ManualClock::at(DateTime::from_timestamp(NOW, 0).unwrap())
}

pub fn trusted(source: KeySource) -> VerifierConfig {
    VerifierConfig::new(AUDIENCE, vec![TrustedIssuer::new(ISSUER, source)])
}

/// A verifier that trusts these keys, at `NOW`.
pub fn verifier(keys: &[Value]) -> Verifier {
    Verifier::new(trusted(KeySource::Local(jwks(keys))), clock()).unwrap()
}

/// Verifies a token of a fresh ES256 key with these claims changed.
pub async fn verify_with(changes: Value) -> Result<Arc<Caller>, AuthError> {
    let signer = Signer::es256();
    let verifier = verifier(&[signer.jwk("k1", json!({}))]);
    verifier.verify(&signer.token(&with(claims(), changes))).await
}

/// An issuer's web server on a loopback port.
pub struct JwksServer {
    pub url: Url,
    answer: Arc<Mutex<(StatusCode, String)>>,
    hits: Arc<AtomicUsize>,
}

impl JwksServer {
    pub async fn start(body: &Value) -> Self {
        let answer = Arc::new(Mutex::new((StatusCode::OK, body.to_string())));
        let hits = Arc::new(AtomicUsize::new(0));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/jwks", listener.local_addr().unwrap())).unwrap();
        let (served, counted) = (Arc::clone(&answer), Arc::clone(&hits));
        let handler = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let (status, body) = served.lock().clone();
            std::future::ready((status, [("location", "/elsewhere")], body))
        };
        let router = Router::new().route("/jwks", get(handler.clone()));
        let router = router.route("/elsewhere", get(handler));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, answer, hits }
    }

    pub fn answer(&self, status: StatusCode, body: &str) {
        *self.answer.lock() = (status, body.to_owned());
    }

    pub fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }
}
