//! Checkpoints (<https://c2sp.org/tlog-checkpoint>): what a log was at a size, signed.
//!
//! The log signs twice with its key: plainly, as every verifier of checkpoints knows it, and as a
//! cosignature, which carries the instant. Extension lines are not used: the standard advises
//! against them, and no witness vouches for them.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    note::{Kind, Note, NoteError, Signer, VerifierKey},
    tree::Hash,
};

/// The head of a log's tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many leaves it had.
    pub size: u64,
    /// The root of its tree.
    pub root: Hash,
}

/// A checkpoint whose log has signed it, with whatever else is signed under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The note as it was read: also what is not understood stays under its signatures.
    pub note: Note,
    /// When the log signed, in seconds since 1970, where it says.
    pub at: Option<u64>,
}

/// Why something is no checkpoint of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not in the form of one.
    #[error("not a checkpoint (https://c2sp.org/tlog-checkpoint)")]
    Form,
    /// Of another log.
    #[error("a checkpoint of another log")]
    Origin,
    /// Not signed by the log, or its signature does not verify.
    #[error("not signed by the log's key")]
    Unsigned,
    /// Not a note.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// Signs it as the log, as its head at an instant in seconds since 1970.
    pub fn sign(self, signer: &Signer, at: u64) -> Signed {
        let text = self.to_string();
        let signatures = vec![signer.sign(&text), signer.cosign(&text, at)];
        Signed { checkpoint: self, note: Note { text, signatures }, at: Some(at) }
    }

    /// Signs it as the log, as what it was once; when is not said.
    pub fn sign_past(self, signer: &Signer) -> Signed {
        let text = self.to_string();
        let signatures = vec![signer.sign(&text)];
        Signed { checkpoint: self, note: Note { text, signatures }, at: None }
    }
}

impl Signed {
    /// Reads a checkpoint that this log has signed.
    ///
    /// # Errors
    /// When it is none, of another log, or not rightly signed.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let note: Note = note.parse()?;
        let checkpoint: Checkpoint = note.text.parse()?;
        if checkpoint.origin != key.name() {
            return Err(CheckpointError::Origin);
        }
        let signed =
            |kind| note.verified_by(&key.of_kind(kind)).map_err(|_| CheckpointError::Unsigned);
        let (plain, timed) = (signed(Kind::Plain)?, signed(Kind::Cosignature)?);
        let at = timed.and_then(|verified| verified.at);
        if plain.or(timed).is_none() {
            return Err(CheckpointError::Unsigned);
        }
        Ok(Self { checkpoint, note, at })
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}\n{}\n{}", self.origin, self.size, STANDARD.encode(self.root))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let body = text.strip_suffix('\n').ok_or(CheckpointError::Form)?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Form);
        };
        // Extension lines of other logs are signed with the rest and say nothing here.
        if origin.is_empty() || lines.any(str::is_empty) {
            return Err(CheckpointError::Form);
        }
        Ok(Self {
            origin: origin.to_owned(),
            size: decimal(size).ok_or(CheckpointError::Form)?,
            root: hash(root).ok_or(CheckpointError::Form)?,
        })
    }
}

/// A number as these formats write it: decimal, without sign or leading zeroes.
pub fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A hash as these formats write it: base64.
pub fn hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::Ed25519KeyPair;

    use super::*;

    fn signer(seed: u8) -> Signer {
        Signer::new("log.example/1", Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
            .unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "log.example/1".to_owned(), size: 7, root: [3; 32] }
    }

    #[test]
    fn a_checkpoint_is_read_as_its_log_signed_it() {
        let key = signer(1).verifier(Kind::Plain);
        let text = checkpoint().sign(&signer(1), 1_790_000_000).note.to_string();
        assert!(text.starts_with("log.example/1\n7\nAwMD"), "{text}");
        let signed = Signed::open(&text, &key).unwrap();
        assert_eq!((signed.checkpoint, signed.at), (checkpoint(), Some(1_790_000_000)));
        // The key that cosigns is the same one.
        assert!(Signed::open(&text, &key.of_kind(Kind::Cosignature)).is_ok());
        let past = checkpoint().sign_past(&signer(1)).note.to_string();
        assert_eq!(Signed::open(&past, &key).unwrap().at, None);
    }

    #[test]
    fn what_the_log_did_not_sign_is_refused() {
        let key = signer(1).verifier(Kind::Plain);
        let text = checkpoint().sign(&signer(1), 1).note.to_string();
        let open = |text: &str| Signed::open(text, &key).unwrap_err();
        assert_eq!(open(&text.replace("\n7\n", "\n8\n")), CheckpointError::Unsigned);
        let other = checkpoint().sign(&signer(2), 1).note.to_string();
        assert_eq!(open(&other), CheckpointError::Unsigned);
        assert_eq!(open(&text.replace("log.example/1\n7", "other\n7")), CheckpointError::Origin);
        assert_eq!(open("text"), CheckpointError::Note(NoteError::Form));
    }

    #[test]
    fn what_is_no_checkpoint_is_refused() {
        let root = STANDARD.encode([3; 32]);
        for text in [
            String::new(),
            format!("\n7\n{root}\n"),
            format!("log\n07\n{root}\n"),
            format!("log\n+7\n{root}\n"),
            format!("log\n-1\n{root}\n"),
            format!("log\n7\n{}\n", STANDARD.encode([3; 31])),
            format!("log\n7\n{root}"),
            format!("log\n7\n{root}\n\nmore\n"),
        ] {
            assert_eq!(text.parse::<Checkpoint>(), Err(CheckpointError::Form), "{text:?}");
        }
        let extended = format!("log\n7\n{root}\nextension\n");
        assert_eq!(extended.parse::<Checkpoint>().unwrap().size, 7);
    }
}
