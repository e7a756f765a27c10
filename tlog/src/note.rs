//! Signed notes (<https://c2sp.org/signed-note>): a text and the signatures under it.
//!
//! Two kinds of signature are known: a log's plain Ed25519 over the text (type 0x01), and the
//! cosignature (type 0x04, <https://c2sp.org/tlog-cosignature>), which carries an instant.

use std::{fmt, str::FromStr};

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

/// The longest note that is read, in bytes; far more than a checkpoint with 16 signatures.
pub const MAX_LENGTH: usize = 64 * 1024;

/// How many signatures of one note are looked at.
const MAX_SIGNATURES: usize = 100;

/// What a signature says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The text, as it is.
    Plain = 0x01,
    /// That the text was seen at an instant, consistent with all that was seen before.
    Cosignature = 0x04,
}

/// Whose signatures are looked for: `name+id+key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: Kind,
    public: [u8; 32],
}

/// A signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    name: String,
    /// The four bytes of the key's id, and the signature proper.
    bytes: Vec<u8>,
}

/// A text, which ends with a line break, and its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The text.
    pub text: String,
    /// The signatures, of keys known and unknown.
    pub signatures: Vec<Signature>,
}

/// A signature that verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// When it was made, in seconds since 1970; only cosignatures say.
    pub at: Option<u64>,
}

/// Why a text is no note, no key, or not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not in the form of a signed note.
    #[error("not a signed note (https://c2sp.org/signed-note)")]
    Form,
    /// Not in the form of a verifier key, or of an unknown type.
    #[error("not a verifier key: they look like name+1a2b3c4d+base64, for Ed25519")]
    Key,
    /// A name that is empty or holds spaces or a plus.
    #[error("a name is not empty and holds neither spaces nor +")]
    Name,
    /// A signature of the key is there and does not verify.
    #[error("a signature does not verify")]
    Signature,
}

/// Whether something can be the name of a key.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

impl VerifierKey {
    /// A key of these 32 bytes.
    ///
    /// # Errors
    /// When the name cannot be one.
    pub fn new(name: &str, kind: Kind, public: [u8; 32]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Name);
        }
        Ok(Self { name: name.to_owned(), kind, public })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its signatures say.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The same key as it signs otherwise.
    #[must_use]
    pub fn of_kind(&self, kind: Kind) -> Self {
        Self { kind, ..self.clone() }
    }

    /// The public key as OpenSSL reads it (SubjectPublicKeyInfo in PEM, RFC 8410).
    pub fn to_pem(&self) -> String {
        const PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
        let der = [PREFIX.as_slice(), &self.public].concat();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
    }

    #[expect(clippy::expect_used, reason = "SHA-256 is longer")]
    fn id(&self) -> [u8; 4] {
        let digest = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', self.kind as u8])
            .chain_update(self.public)
            .finalize();
        digest[..4].try_into().expect("SHA-256 is longer")
    }

    /// The signature of this key over a text, if it is one of this key.
    ///
    /// # Errors
    /// When it claims to be and does not verify.
    pub fn verify(&self, text: &str, by: &Signature) -> Result<Option<Verified>, NoteError> {
        let Some((id, signature)) = by.bytes.split_first_chunk::<4>() else { return Ok(None) };
        if by.name != self.name || *id != self.id() {
            return Ok(None);
        }
        let (message, signature, at) = match self.kind {
            Kind::Plain => (text.to_owned(), signature, None),
            Kind::Cosignature => {
                let (at, signature) =
                    signature.split_first_chunk::<8>().ok_or(NoteError::Signature)?;
                let at = u64::from_be_bytes(*at);
                (cosigned(text, at), signature, Some(at))
            }
        };
        UnparsedPublicKey::new(&ED25519, self.public)
            .verify(message.as_bytes(), signature)
            .map_err(|_| NoteError::Signature)?;
        Ok(Some(Verified { at }))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.kind as u8], self.public.as_slice()].concat();
        let id = crate::hex::hex(&self.id());
        write!(formatter, "{}+{id}+{}", self.name, STANDARD.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let key = STANDARD.decode(key).map_err(|_| NoteError::Key)?;
        let (kind, public) = match key.split_first() {
            Some((0x01, public)) => (Kind::Plain, public),
            Some((0x04, public)) => (Kind::Cosignature, public),
            _ => return Err(NoteError::Key),
        };
        let public = public.try_into().map_err(|_| NoteError::Key)?;
        let key = Self::new(name, kind, public)?;
        // The id keeps what was copied wrongly from being taken for another key.
        if id != crate::hex::hex(&key.id()) { Err(NoteError::Key) } else { Ok(key) }
    }
}

/// Signs notes in a name.
pub struct Signer {
    name: String,
    pair: Ed25519KeyPair,
}

impl Signer {
    /// Signs with this key.
    ///
    /// # Errors
    /// When the name cannot be one.
    pub fn new(name: &str, pair: Ed25519KeyPair) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Name);
        }
        Ok(Self { name: name.to_owned(), pair })
    }

    /// The key that others verify with.
    #[expect(clippy::expect_used, reason = "Ed25519 keys are 32 bytes")]
    pub fn verifier(&self, kind: Kind) -> VerifierKey {
        let public = self.pair.public_key().as_ref().try_into().expect("Ed25519 keys are 32 bytes");
        VerifierKey { name: self.name.clone(), kind, public }
    }

    /// Signs a text.
    pub fn sign(&self, text: &str) -> Signature {
        self.line(Kind::Plain, &[], text)
    }

    /// Signs that a text was seen at an instant, in seconds since 1970.
    pub fn cosign(&self, text: &str, at: u64) -> Signature {
        self.line(Kind::Cosignature, &at.to_be_bytes(), &cosigned(text, at))
    }

    fn line(&self, kind: Kind, prefix: &[u8], message: &str) -> Signature {
        let signature = self.pair.sign(message.as_bytes());
        let bytes = [&self.verifier(kind).id(), prefix, signature.as_ref()].concat();
        Signature { name: self.name.clone(), bytes }
    }
}

fn cosigned(text: &str, at: u64) -> String {
    format!("cosignature/v1\ntime {at}\n{text}")
}

impl Signature {
    /// Reads one line, without its line break.
    ///
    /// # Errors
    /// When it is no signature line.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let (name, bytes) =
            line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or(NoteError::Form)?;
        let bytes = STANDARD.decode(bytes).map_err(|_| NoteError::Form)?;
        if !is_name(name) || bytes.len() < 5 {
            return Err(NoteError::Form);
        }
        Ok(Self { name: name.to_owned(), bytes })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "— {} {}", self.name, STANDARD.encode(&self.bytes))
    }
}

impl Note {
    /// The signature of a key under the text; `None` where the key has not signed.
    ///
    /// # Errors
    /// When a signature of the key does not verify.
    pub fn verified_by(&self, key: &VerifierKey) -> Result<Option<Verified>, NoteError> {
        let mut verified = None;
        for signature in &self.signatures {
            verified = verified.or(key.verify(&self.text, signature)?);
        }
        Ok(verified)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| write!(formatter, "{signature}"))
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        let is_plain = |c: char| c == '\n' || !c.is_ascii_control();
        if note.len() > MAX_LENGTH || !note.chars().all(is_plain) {
            return Err(NoteError::Form);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Form)?;
        let signatures: Vec<_> =
            lines.split('\n').map(Signature::parse).collect::<Result<_, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Form);
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Go package that the format comes from (golang.org/x/mod/sumdb/note).
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotp\
        RZb6KE6RyyBwJnAM=\n";

    fn signer(name: &str) -> Signer {
        Signer::new(name, Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()).unwrap()
    }

    #[test]
    fn a_note_of_the_package_that_the_format_comes_from_verifies() {
        let key: VerifierKey = KEY.parse().unwrap();
        assert_eq!(key.to_string(), KEY);
        let note: Note = NOTE.parse().unwrap();
        assert_eq!(note.to_string(), NOTE);
        assert_eq!(note.verified_by(&key), Ok(Some(Verified { at: None })));
        let forged: Note = NOTE.replace("answer", "Answer").parse().unwrap();
        assert_eq!(forged.verified_by(&key), Err(NoteError::Signature));
        assert_eq!(note.verified_by(&signer("PeterNeumann").verifier(Kind::Plain)), Ok(None));
    }

    #[test]
    fn a_cosignature_says_when_and_counts_under_its_own_key_alone() {
        let signer = signer("witness.example/w1");
        let text = "log\n0\nroot\n".to_owned();
        let note = Note { signatures: vec![signer.cosign(&text, 1_679_315_147)], text };
        let note: Note = note.to_string().parse().unwrap();
        let key = signer.verifier(Kind::Cosignature);
        assert_eq!(note.verified_by(&key), Ok(Some(Verified { at: Some(1_679_315_147) })));
        assert_eq!(note.verified_by(&key.of_kind(Kind::Plain)), Ok(None));
        let mut backdated = note;
        backdated.signatures[0].bytes[11] ^= 1;
        assert_eq!(backdated.verified_by(&key), Err(NoteError::Signature));
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let line = "— a AAAAAAAA\n";
        for text in ["", "text\n", "text\n\n", "text\n— a AAAAAAAA\n", "text\n\n- a AAAAAAAA\n"] {
            assert_eq!(text.parse::<Note>(), Err(NoteError::Form), "{text:?}");
        }
        for note in [
            format!("te\txt\n\n{line}"),
            format!("text\n\n{}", line.trim_end()),
            format!("text\n\n{line}more\n"),
            "text\n\n— a+b AAAAAAAA\n".to_owned(),
            "text\n\n— a AAAA\n".to_owned(),
            format!("text\n\n{}", line.repeat(MAX_SIGNATURES + 1)),
            format!("{}\n\n{line}", "x".repeat(MAX_LENGTH)),
        ] {
            assert_eq!(note.parse::<Note>(), Err(NoteError::Form), "{note:.40?}");
        }
        assert_eq!(format!("text\n\n{line}").parse::<Note>().unwrap().text, "text\n");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let other = KEY.replace("c74f20a3", "c74f20a4");
        for text in ["", "a", "a+b", "a+00000000+AA==", &other, &KEY[1..], &format!("{KEY}A")] {
            assert!(text.parse::<VerifierKey>().is_err(), "{text}");
        }
        assert!(VerifierKey::new("two words", Kind::Plain, [0; 32]).is_err());
    }
}
