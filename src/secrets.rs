//! The gateway's master secret, and the keys derived from it.
//!
//! One secret of 32 bytes per deployment, shared by all instances. Identifiers, cursors, pseudonyms
//! and the chain of access records each get a key of their own (HKDF-SHA-256, RFC 5869).

use std::{fmt, fs, io, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hkdf::Hkdf;
use rand::TryRng;
use sha2::Sha256;
use zeroize::Zeroizing;

pub use tlog::hex::{hex, unhex};

/// The master secret. Never printed.
#[derive(Clone)]
pub struct Secrets(Zeroizing<[u8; 32]>);

impl Secrets {
    /// A secret of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the secret.
    ///
    /// # Errors
    /// When there is no file, it does not hold 32 bytes in hex, or others may read it.
    pub fn open(path: &Path) -> io::Result<Self> {
        let text = Zeroizing::new(fs::read_to_string(path)?);
        crate::files::require_private(path)?;
        Self::from_hex(text.trim())
    }

    /// Makes a new secret, durably, in a file with mode 0600 that must not be there yet.
    ///
    /// # Errors
    /// When the file is there, or cannot be written.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut bytes = Zeroizing::new([0u8; 32]);
        rand::rngs::SysRng.try_fill_bytes(bytes.as_mut_slice()).map_err(io::Error::other)?;
        let text = Zeroizing::new(hex(bytes.as_slice()));
        crate::files::write_private(path, text.as_bytes())?;
        Ok(Self(bytes))
    }

    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// When it is anything else; the text is not repeated in the error.
    pub fn from_hex(text: &str) -> io::Result<Self> {
        let invalid =
            || io::Error::new(io::ErrorKind::InvalidData, "a secret is 64 hexadecimal digits");
        if text.len() != 64 || !text.is_ascii() {
            return Err(invalid());
        }
        let mut bytes = [0u8; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte =
                u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| invalid())?;
        }
        Ok(Self::new(bytes))
    }

    /// A key for one use, named by its label.
    #[expect(clippy::expect_used, reason = "a key is far shorter than HKDF's limit")]
    pub fn key<const N: usize>(&self, label: &str) -> Zeroizing<[u8; N]> {
        let mut key = Zeroizing::new([0u8; N]);
        Hkdf::<Sha256>::new(Some(b"migrant-gateway"), self.0.as_slice())
            .expand(label.as_bytes(), key.as_mut_slice())
            .expect("a key is far shorter than HKDF's limit");
        key
    }

    /// What tells this secret from others without telling anything of it: 128 bits in hex.
    pub fn fingerprint(&self) -> String {
        hex(self.key::<16>("master-key-fingerprint").as_slice())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secrets(…)")
    }
}

/// A private key (PKCS#8) in PEM.
pub fn private_key_pem(der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(STANDARD.encode(der));
    let mut pem = Zeroizing::new(String::from("-----BEGIN PRIVATE KEY-----\n"));
    // PEM lines hold 64 characters (RFC 7468 §2).
    for (index, character) in body.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push_str("\n-----END PRIVATE KEY-----\n");
    pem
}
