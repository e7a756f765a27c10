//! Opaque identifiers, cursors and pseudonyms: different for every department, refused when forged.
//!
//! AES-SIV (RFC 5297) is deterministic and authenticated: the same row has the same identifier each
//! time it is shown to one department, and none that was not given out is accepted.

use aes_siv::siv::Aes128Siv;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use entity::sharing::Department;
use hmac::{Hmac, KeyInit, Mac};
use sm3::Sm3;
use zeroize::Zeroizing;

use crate::secrets::Secrets;

/// The longest identifier or cursor that is looked at, in characters.
const MAX_LENGTH: usize = 4096;

/// What separates one use of a key from another.
#[derive(Clone, Copy)]
enum Use<'a> {
    Id(&'a str),
    Cursor(&'a str),
}

/// Makes and reads the identifiers of one department.
pub struct Identifiers {
    sealing_key: Zeroizing<[u8; 32]>,
    pseudonym_key: Zeroizing<[u8; 32]>,
}

impl Identifiers {
    /// Derives a department's keys.
    pub fn new(secrets: &Secrets, department: Department) -> Self {
        Self {
            sealing_key: secrets.key::<32>(&format!("identifiers/{}", department.code())),
            pseudonym_key: secrets.key::<32>(&format!("pseudonyms/{}", department.code())),
        }
    }

    /// The identifier of a row of a kind.
    pub fn id(&self, kind: &str, key: i64) -> String {
        self.seal(Use::Id(kind), &key.to_be_bytes())
    }

    /// The key behind an identifier, if it is one of this kind for this department.
    pub fn key(&self, kind: &str, id: &str) -> Option<i64> {
        let plain = self.open(Use::Id(kind), id)?;
        Some(i64::from_be_bytes(plain.try_into().ok()?))
    }

    /// A cursor over a list, described by `list` (its kind and order).
    pub fn cursor(&self, list: &str, content: &[u8]) -> String {
        self.seal(Use::Cursor(list), content)
    }

    /// The content of a cursor, if it was given out over this list to this department.
    pub fn cursor_content(&self, list: &str, cursor: &str) -> Option<Vec<u8>> {
        self.open(Use::Cursor(list), cursor)
    }

    /// The pseudonym of a key: HMAC-SM3 (GB/T 32905) cut to 128 bits.
    pub fn pseudonym(&self, what: &str, key: i64) -> String {
        let mut mac = <Hmac<Sm3> as KeyInit>::new_from_slice(self.pseudonym_key.as_slice())
            .expect("HMAC takes keys of any length");
        mac.update(what.as_bytes());
        mac.update(&key.to_be_bytes());
        crate::secrets::hex(&mac.finalize().into_bytes()[..16])
    }

    fn sealer(&self) -> Aes128Siv {
        Aes128Siv::new(&(*self.sealing_key).into())
    }

    fn seal(&self, usage: Use<'_>, plain: &[u8]) -> String {
        let sealed = self
            .sealer()
            .encrypt(usage.headers(), plain)
            .expect("identifiers and cursors are far shorter than AES-SIV's limit");
        URL_SAFE_NO_PAD.encode(sealed)
    }

    fn open(&self, usage: Use<'_>, text: &str) -> Option<Vec<u8>> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        self.sealer().decrypt(usage.headers(), &sealed).ok()
    }
}

impl<'a> Use<'a> {
    fn headers(self) -> [&'a [u8]; 2] {
        match self {
            Use::Id(kind) => [b"id", kind.as_bytes()],
            Use::Cursor(list) => [b"cursor", list.as_bytes()],
        }
    }
}
