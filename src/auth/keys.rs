//! One public key, fixed to one algorithm.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::Deserialize;

/// The range of RSA key sizes in bits: below is breakable, above is a burden on the verifier.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A public key that verifies signatures of one algorithm.
pub struct VerificationKey {
    name: &'static str,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// A JSON Web Key (RFC 7517, RFC 7518 §6, RFC 8037), as far as it matters here.
#[derive(Deserialize)]
pub struct Jwk {
    kty: String,
    /// The key's id.
    pub kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<serde::de::IgnoredAny>,
}

impl Jwk {
    /// The key; nothing for one that must not verify signatures: a secret or published private
    /// key, one meant for another use, of an unknown type, or too short.
    pub fn into_verification_key(self) -> Option<VerificationKey> {
        let for_signatures = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        let may_verify =
            self.key_ops.as_ref().is_none_or(|operations| operations.iter().any(|o| o == "verify"));
        if self.d.is_some() || !for_signatures || !may_verify {
            return None;
        }
        let (name, algorithm, key) = match (self.kty.as_str(), self.crv.as_deref()) {
            ("EC", Some("P-256")) => ("ES256", Algorithm::ES256, ec_key(&self.x?, &self.y?)?),
            ("OKP", Some("Ed25519")) => ("EdDSA", Algorithm::EdDSA, ed_key(&self.x?)?),
            ("RSA", None) => ("RS256", Algorithm::RS256, rsa_key(&self.n?, &self.e?)?),
            _ => return None,
        };
        if self.alg.is_some_and(|named| named != name) {
            return None;
        }
        Some(VerificationKey { name, algorithm, key })
    }
}

impl VerificationKey {
    /// Whether `named`, from a token's header, is this key's algorithm.
    pub fn is_for(&self, named: &str) -> bool {
        named == self.name
    }

    /// Whether the signature (base64url) is this key's over the message.
    pub fn verifies(&self, message: &str, signature: &str) -> bool {
        crypto::verify(signature, message.as_bytes(), &self.key, self.algorithm).unwrap_or(false)
    }
}

fn ec_key(x: &str, y: &str) -> Option<DecodingKey> {
    let sound = decode(x)?.len() == 32 && decode(y)?.len() == 32;
    sound.then(|| DecodingKey::from_ec_components(x, y).ok())?
}

fn ed_key(x: &str) -> Option<DecodingKey> {
    let x = decode(x)?;
    (x.len() == 32).then(|| DecodingKey::from_ed_der(&x))
}

fn rsa_key(n: &str, e: &str) -> Option<DecodingKey> {
    let (n, e) = (decode(n)?, decode(e)?);
    let n = &n[n.iter().position(|byte| *byte != 0)?..];
    let bits = 8 * n.len() - n[0].leading_zeros() as usize;
    RSA_BITS.contains(&bits).then(|| DecodingKey::from_rsa_raw_components(n, &e))
}

fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}
