//! Keys, tokens, a clock and an issuer's web server for the tests.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, http::StatusCode, routing::get};
use chrono::DateTime;
use parking_lot::Mutex;
use serde_json::{Value, json};
pub use testkit::signer::{Signer, base64, message, with};
use url::Url;

use crate::{
    auth::{AuthError, Caller, KeySource, TrustedIssuer, Verifier, VerifierConfig},
    clock::ManualClock,
};

pub const NOW: i64 = 1_800_000_000;
pub const ISSUER: &str = "https://issuer.example";
pub const AUDIENCE: &str = "migrant-gateway";

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
    let verifier = verifier(&[signer.jwk(Some("k1"))]);
    verifier.verify(&signer.token(Some("k1"), &with(claims(), changes))).await
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
