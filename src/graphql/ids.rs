//! Opaque identifiers, cursors and pseudonyms: different for every department, refused when forged.
//!
//! AES-GCM-SIV (RFC 8452) stays safe where a nonce comes again. Under a nonce that is always the
//! same it is deterministic and authenticated: the same row has the same identifier each time it is
//! shown to one department, and none that was not given out is accepted.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use entity::sharing::Department;
use hmac::{Hmac, KeyInit, Mac};
use sm3::Sm3;

use crate::{catalogue::Kind, secrets::Secrets};

/// The longest identifier or cursor that is looked at, in characters.
const MAX_LENGTH: usize = 4096;

/// What separates one use of a key from another, beside the kind or list.
type Use = &'static [u8; NONCE_LEN];

const ID: Use = b"identifier__";
const CURSOR: Use = b"cursor______";

/// Makes and reads the identifiers of one department.
pub struct Identifiers {
    sealing_key: LessSafeKey,
    pseudonyms: Hmac<Sm3>,
}

impl Identifiers {
    /// Derives a department's keys.
    #[expect(
        clippy::expect_used,
        reason = "the key has the length of the algorithm; HMAC takes keys of any length"
    )]
    pub fn new(secrets: &Secrets, department: Department) -> Self {
        let key = |what: &str| secrets.key::<32>(&format!("{what}/{}", department.code()));
        let sealing_key = UnboundKey::new(&AES_256_GCM_SIV, key("identifiers").as_slice())
            .expect("the key has the length of the algorithm");
        Self {
            sealing_key: LessSafeKey::new(sealing_key),
            pseudonyms: <Hmac<Sm3> as KeyInit>::new_from_slice(key("pseudonyms").as_slice())
                .expect("HMAC takes keys of any length"),
        }
    }

    /// The identifier of a row of a kind.
    pub fn id(&self, kind: &str, key: i64) -> String {
        self.seal(ID, kind, key.to_be_bytes().to_vec())
    }

    /// The key behind an identifier, if it is one of this kind for this department.
    pub fn key(&self, kind: &str, id: &str) -> Option<i64> {
        let plain = self.open(ID, kind, id)?;
        Some(i64::from_be_bytes(plain.try_into().ok()?))
    }

    /// The kind behind an identifier of this department, of these, and the key; none where it was not
    /// given out for a row of any.
    pub fn row<'k>(
        &self,
        kinds: impl IntoIterator<Item = &'k Kind>,
        id: &str,
    ) -> Option<(&'k Kind, i64)> {
        let sealed = decode(id)?;
        kinds.into_iter().find_map(|kind| {
            let plain = self.unseal(ID, kind.name, sealed.clone())?;
            Some((kind, i64::from_be_bytes(plain.try_into().ok()?)))
        })
    }

    /// A cursor over a list, described by `list` (its kind and order).
    pub fn cursor(&self, list: &str, content: Vec<u8>) -> String {
        self.seal(CURSOR, list, content)
    }

    /// The content of a cursor, if it was given out over this list to this department.
    pub fn cursor_content(&self, list: &str, cursor: &str) -> Option<Vec<u8>> {
        self.open(CURSOR, list, cursor)
    }

    /// The pseudonym of a key: HMAC-SM3 (GB/T 32905) cut to 128 bits.
    pub fn pseudonym(&self, what: &str, key: i64) -> String {
        let mut mac = self.pseudonyms.clone();
        mac.update(what.as_bytes());
        mac.update(&key.to_be_bytes());
        crate::secrets::hex(&mac.finalize().into_bytes()[..16])
    }

    /// The pseudonym of what texts say together, cut in the same way.
    pub fn pseudonym_of(&self, parts: &[&str]) -> String {
        let mut mac = self.pseudonyms.clone();
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        crate::secrets::hex(&mac.finalize().into_bytes()[..16])
    }

    #[expect(
        clippy::expect_used,
        reason = "identifiers and cursors are far shorter than the cipher's limit"
    )]
    fn seal(&self, usage: Use, what: &str, mut content: Vec<u8>) -> String {
        let nonce = Nonce::assume_unique_for_key(*usage);
        self.sealing_key
            .seal_in_place_append_tag(nonce, Aad::from(what), &mut content)
            .expect("identifiers and cursors are far shorter than the cipher's limit");
        URL_SAFE_NO_PAD.encode(content)
    }

    fn open(&self, usage: Use, what: &str, text: &str) -> Option<Vec<u8>> {
        self.unseal(usage, what, decode(text)?)
    }

    fn unseal(&self, usage: Use, what: &str, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        let nonce = Nonce::assume_unique_for_key(*usage);
        let plain = self.sealing_key.open_in_place(nonce, Aad::from(what), &mut sealed).ok()?;
        Some(plain.to_vec())
    }
}

/// What is sealed in an identifier or cursor.
fn decode(text: &str) -> Option<Vec<u8>> {
    (text.len() <= MAX_LENGTH).then(|| URL_SAFE_NO_PAD.decode(text).ok())?
}
