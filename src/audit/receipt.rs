//! What a caller holds of its request's record: a receipt that proves it, and tells nothing of others.
//!
//! A receipt is the record's hash, which is the leaf of the log that an inclusion proof is about, and
//! the record's place, sealed. The hash is an HMAC under the key of the chain and the place is
//! encrypted, so nobody can tell from receipts how many requests there were, or in which order. The
//! gateway opens the place again, and so finds the record without an index over hashes.

use std::{fmt, str::FromStr};

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::secrets::{Secrets, unhex};

/// A hash of 32 bytes, a place of 8, and the cipher's tag of 16.
const LENGTH: usize = 32 + 8 + 16;

/// What separates this use of the cipher from others.
const NONCE: [u8; NONCE_LEN] = *b"receipt_____";

/// Where a committed record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the chain, from 1.
    pub place: i64,
    /// Its hash, in hex.
    pub hash: String,
}

/// A receipt as callers hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    hash: [u8; 32],
    sealed: [u8; LENGTH - 32],
}

impl Receipt {
    /// The hash of the record: the leaf that inclusion is proven of.
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The receipt of these bytes.
    ///
    /// # Errors
    /// When there are more or fewer than a receipt has.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoReceipt> {
        let bytes: &[u8; LENGTH] = bytes.try_into().map_err(|_| NoReceipt)?;
        let (hash, sealed) = bytes.split_at(32);
        let (Ok(hash), Ok(sealed)) = (hash.try_into(), sealed.try_into()) else {
            return Err(NoReceipt);
        };
        Ok(Self { hash, sealed })
    }

    /// The receipt as bytes.
    pub fn to_bytes(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[..32].copy_from_slice(&self.hash);
        bytes[32..].copy_from_slice(&self.sealed);
        bytes
    }
}

/// As the header `X-Access-Record` carries it: base64 for URLs behind a letter, so that no command line
/// takes it for an option.
impl fmt::Display for Receipt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "r{}", URL_SAFE_NO_PAD.encode(self.to_bytes()))
    }
}

impl FromStr for Receipt {
    type Err = NoReceipt;

    fn from_str(text: &str) -> Result<Self, NoReceipt> {
        let bytes = text.strip_prefix('r').ok_or(NoReceipt)?;
        Self::from_bytes(&URL_SAFE_NO_PAD.decode(bytes).map_err(|_| NoReceipt)?)
    }
}

/// The text is not a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a receipt: it is the value of X-Access-Record, 76 characters")]
pub struct NoReceipt;

/// Makes and opens the receipts of one deployment.
pub struct Receipts(LessSafeKey);

impl Receipts {
    /// Derives the key.
    #[expect(clippy::expect_used, reason = "the key has the length of the algorithm")]
    pub fn new(secrets: &Secrets) -> Self {
        let key = UnboundKey::new(&AES_256_GCM_SIV, secrets.key::<32>("receipts").as_slice())
            .expect("the key has the length of the algorithm");
        Self(LessSafeKey::new(key))
    }

    /// The receipt of a committed record.
    #[expect(
        clippy::expect_used,
        reason = "the gateway's own hashes are 64 digits; a place is far shorter than the cipher's limit; a place and the cipher's tag"
    )]
    pub fn seal(&self, recorded: &Recorded) -> Receipt {
        let hash = unhex(&recorded.hash).expect("the gateway's own hashes are 64 digits");
        let mut content = recorded.place.to_be_bytes().to_vec();
        // Without a nonce of its own it is deterministic, which AES-GCM-SIV is made to bear.
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(NONCE),
                Aad::from(&hash),
                &mut content,
            )
            .expect("a place is far shorter than the cipher's limit");
        let sealed = content.try_into().expect("a place and the cipher's tag");
        Receipt { hash, sealed }
    }

    /// The place of the record that a receipt of this deployment is about.
    pub fn open(&self, receipt: &Receipt) -> Option<i64> {
        let mut sealed = receipt.sealed;
        let nonce = Nonce::assume_unique_for_key(NONCE);
        let plain = self.0.open_in_place(nonce, Aad::from(&receipt.hash), &mut sealed).ok()?;
        Some(i64::from_be_bytes(plain.try_into().ok()?))
    }
}

impl fmt::Debug for Receipts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Receipts(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::hex;

    fn receipts() -> Receipts {
        Receipts::new(&Secrets::new([7; 32]))
    }

    fn recorded(place: i64) -> Recorded {
        Recorded { place, hash: hex(&[u8::try_from(place).unwrap(); 32]) }
    }

    #[test]
    fn a_receipt_is_opened_by_who_made_it_and_by_nobody_else() {
        let receipt = receipts().seal(&recorded(5));
        let read: Receipt = receipt.to_string().parse().unwrap();
        assert_eq!(read, receipt);
        assert_eq!(receipts().open(&read), Some(5));
        assert_eq!(read.hash(), &[5; 32]);
        assert_eq!(Receipts::new(&Secrets::new([8; 32])).open(&read), None);
    }

    #[test]
    fn a_receipt_tells_no_place_without_the_key() {
        let text = |place| receipts().seal(&recorded(place)).to_string();
        let (first, second) = (text(1), text(2));
        assert_eq!((first.len(), second.len()), (76, 76));
        let sealed = |text: &str| URL_SAFE_NO_PAD.decode(&text[1..]).unwrap()[32..40].to_vec();
        let differing: u32 = sealed(&first)
            .iter()
            .zip(sealed(&second))
            .map(|(one, other)| (one ^ other).count_ones())
            .sum();
        assert!(differing > 10, "places that follow each other look unrelated: {differing}");
    }

    #[test]
    fn a_receipt_whose_hash_or_place_was_changed_is_refused() {
        let bytes = receipts().seal(&recorded(5)).to_bytes();
        for index in 0..bytes.len() {
            let mut forged = bytes;
            forged[index] ^= 1;
            assert_eq!(receipts().open(&Receipt::from_bytes(&forged).unwrap()), None, "{index}");
        }
    }

    #[test]
    fn what_is_no_receipt_is_refused() {
        for text in ["", "7", "ä", "r", &"a".repeat(75), &"r".repeat(75), &"r".repeat(77)] {
            assert_eq!(text.parse::<Receipt>(), Err(NoReceipt), "{text}");
        }
        assert_eq!(Receipt::from_bytes(&[0; 55]), Err(NoReceipt));
    }
}
