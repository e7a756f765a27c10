//! Who checks signatures.

use super::VerificationKey;

/// Checks the signatures of tokens. A verifier has one, from its start: [`Signatures`] in every
/// program of the product.
pub trait SignatureCheck: Send + Sync {
    /// Whether the signature (base64url) is this key's over the message.
    fn holds(&self, key: &VerificationKey, message: &str, signature: &str) -> bool;
}

/// Verifies each signature with the key's algorithm.
#[derive(Clone, Copy, Debug)]
pub struct Signatures;

impl SignatureCheck for Signatures {
    fn holds(&self, key: &VerificationKey, message: &str, signature: &str) -> bool {
        key.verifies(message, signature)
    }
}
