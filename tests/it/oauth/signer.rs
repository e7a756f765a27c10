//! Tokens that no key pair of a client makes, and tokens taken apart.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
pub use testkit::signer::{Signer, base64, message, with};

/// A token signed by HS256 with these bytes, as where a public key is taken for a secret.
pub fn hs256(key: &[u8], header: &Value, claims: &Value) -> String {
    let message = message(header, claims);
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    format!("{message}.{}", base64(hmac::sign(&key, message.as_bytes()).as_ref()))
}

/// The JSON in a part of a token.
pub fn part(token: &str, place: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(place).unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
