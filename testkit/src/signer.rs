//! Key pairs that sign whatever they are told to: what must not verify, too.

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RsaKeyPair,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

type Sign = dyn Fn(&[u8]) -> Vec<u8> + Send + Sync;

/// A key pair of any kind.
pub struct Signer {
    /// Its `alg`.
    pub algorithm: &'static str,
    /// Its public JWK.
    pub public: Value,
    sign: Box<Sign>,
}

impl Signer {
    /// On the curve P-256.
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

    /// On the curve Ed25519.
    pub fn ed25519() -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let x = base64(pair.public_key().as_ref());
        let public = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
        let sign = move |message: &[u8]| pair.sign(message).as_ref().to_vec();
        Self { algorithm: "EdDSA", public, sign: Box::new(sign) }
    }

    /// RSA of 2048 bits.
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

    /// The public JWK, with a `kid` where one is given.
    pub fn jwk(&self, kid: Option<&str>) -> Value {
        with(self.public.clone(), json!({ "kid": kid }))
    }

    /// A token with this header and these claims, whatever they say.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        format!("{message}.{}", base64(&(self.sign)(message.as_bytes())))
    }

    /// A token of this algorithm, with a `kid` where one is given.
    pub fn token(&self, kid: Option<&str>, claims: &Value) -> String {
        self.sign(&with(json!({ "alg": self.algorithm }), json!({ "kid": kid })), claims)
    }
}

/// Header and claims as they are signed.
pub fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", base64(header.to_string().as_bytes()), base64(claims.to_string().as_bytes()))
}

/// Bytes in base64url, unpadded.
pub fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
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
