//! Proofs as texts that say everything a verifier needs but the log's key.
//!
//! Of a receipt: <https://c2sp.org/tlog-proof>, with the receipt as its extra data. Of consistency:
//! the request by which a witness is asked (<https://c2sp.org/tlog-witness>), which is the same text.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    checkpoint::{CheckpointError, Signed, decimal, hash},
    note::VerifierKey,
    proofs,
    tree::{self, Hash},
};
use crate::audit::{NoReceipt, Receipt};

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// How many hashes a proof has at most: a tree's height.
const MAX_HASHES: usize = 63;

/// That the record of a receipt is in the log of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptProof {
    /// The receipt.
    pub receipt: Receipt,
    /// The leaf, from 0: a record's place less one.
    pub index: u64,
    /// The hashes beside the way from the leaf to the root.
    pub path: Vec<Hash>,
    /// The checkpoint, a signed note.
    pub checkpoint: String,
}

/// That the log of a checkpoint begins with what it was at another size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The older size.
    pub from: u64,
    /// The hashes.
    pub path: Vec<Hash>,
    /// The newer checkpoint, a signed note.
    pub checkpoint: String,
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not in the form of one.
    #[error("not a proof in the expected form")]
    Form,
    /// The extra data is no receipt.
    #[error("the proof holds no receipt of this gateway")]
    Receipt,
    /// The checkpoint is none of the log.
    #[error("its checkpoint is not valid: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The hashes do not lead from the record to the checkpoint's root.
    #[error("the record is not in the log of this checkpoint: the hashes do not lead to its root")]
    NotIncluded,
    /// The hashes do not lead from the older root to the newer one.
    #[error("the newer log does not begin with the older one")]
    NotConsistent,
}

impl From<NoReceipt> for ProofError {
    fn from(_: NoReceipt) -> Self {
        Self::Receipt
    }
}

impl ReceiptProof {
    /// Verifies it with the log's key, and with nothing else.
    ///
    /// # Errors
    /// When the checkpoint is not the log's, or does not hold the record.
    pub fn verify(&self, key: &VerifierKey) -> Result<Signed, ProofError> {
        let signed = Signed::open(&self.checkpoint, key)?;
        let leaf = tree::leaf(self.receipt.hash());
        let (size, root) = (signed.checkpoint.size, &signed.checkpoint.root);
        if proofs::is_included(&leaf, self.index, size, &self.path, root) {
            Ok(signed)
        } else {
            Err(ProofError::NotIncluded)
        }
    }
}

impl ConsistencyProof {
    /// Verifies it against the older root, where the newer checkpoint is opened already.
    ///
    /// # Errors
    /// When the newer log does not begin with the older one.
    pub fn verify(&self, older: &Hash, newer: &Signed) -> Result<(), ProofError> {
        let newer = &newer.checkpoint;
        if proofs::is_consistent((self.from, older), (newer.size, &newer.root), &self.path) {
            Ok(())
        } else {
            Err(ProofError::NotConsistent)
        }
    }
}

impl fmt::Display for ReceiptProof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{HEADER}")?;
        writeln!(formatter, "extra {}", STANDARD.encode(self.receipt.to_bytes()))?;
        writeln!(formatter, "index {}", self.index)?;
        write_hashes(formatter, &self.path)?;
        write!(formatter, "\n{}", self.checkpoint)
    }
}

impl fmt::Display for ConsistencyProof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "old {}", self.from)?;
        write_hashes(formatter, &self.path)?;
        write!(formatter, "\n{}", self.checkpoint)
    }
}

impl FromStr for ReceiptProof {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<Self, ProofError> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofError::Form)?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(ProofError::Form);
        }
        let mut after = |prefix| lines.next().and_then(|line| line.strip_prefix(prefix));
        let extra = after("extra ").ok_or(ProofError::Receipt)?;
        let extra = STANDARD.decode(extra).map_err(|_| ProofError::Form)?;
        let receipt = Receipt::from_bytes(&extra)?;
        let index = after("index ").and_then(decimal).ok_or(ProofError::Form)?;
        Ok(Self { receipt, index, path: hashes(lines)?, checkpoint: checkpoint.to_owned() })
    }
}

impl FromStr for ConsistencyProof {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<Self, ProofError> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofError::Form)?;
        let mut lines = head.split('\n');
        let from = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(decimal);
        let from = from.ok_or(ProofError::Form)?;
        Ok(Self { from, path: hashes(lines)?, checkpoint: checkpoint.to_owned() })
    }
}

fn write_hashes(formatter: &mut fmt::Formatter<'_>, hashes: &[Hash]) -> fmt::Result {
    hashes.iter().try_for_each(|hash| writeln!(formatter, "{}", STANDARD.encode(hash)))
}

fn hashes<'l>(lines: impl Iterator<Item = &'l str>) -> Result<Vec<Hash>, ProofError> {
    let hashes: Vec<_> = lines.map(hash).collect::<Option<_>>().ok_or(ProofError::Form)?;
    if hashes.len() > MAX_HASHES { Err(ProofError::Form) } else { Ok(hashes) }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::Ed25519KeyPair;

    use super::{
        super::{
            checkpoint::Checkpoint,
            note::{Kind, Signer},
            tree::Frontier,
        },
        *,
    };

    fn signer(seed: u8) -> Signer {
        Signer::new("log", Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()).unwrap()
    }

    /// The second of two records.
    fn proof() -> ReceiptProof {
        let receipt = Receipt::from_bytes(&[5; 56]).unwrap();
        let mut tree = Frontier::default();
        let first = tree::leaf(&[1; 32]);
        tree.push(first);
        tree.push(tree::leaf(&[5; 32]));
        let checkpoint = Checkpoint { origin: "log".to_owned(), size: 2, root: tree.root() };
        let checkpoint = checkpoint.sign(&signer(1), 9).note.to_string();
        ReceiptProof { receipt, index: 1, path: vec![first], checkpoint }
    }

    #[test]
    fn a_proof_of_a_receipt_holds_as_it_is_written() {
        let key = signer(1).verifier(Kind::Plain);
        let read: ReceiptProof = proof().to_string().parse().unwrap();
        assert_eq!(read, proof());
        assert_eq!(read.verify(&key).unwrap().at, Some(9));
        let other = signer(2).verifier(Kind::Plain);
        let unsigned = ProofError::Checkpoint(CheckpointError::Unsigned);
        assert_eq!(read.verify(&other), Err(unsigned));
        let elsewhere = ReceiptProof { index: 0, ..proof() };
        assert_eq!(elsewhere.verify(&key), Err(ProofError::NotIncluded));
        let receipt = Receipt::from_bytes(&[6; 56]).unwrap();
        assert_eq!(ReceiptProof { receipt, ..proof() }.verify(&key), Err(ProofError::NotIncluded));
    }

    #[test]
    fn a_proof_of_consistency_holds_as_it_is_written() {
        let key = signer(1).verifier(Kind::Plain);
        let newer = Signed::open(&proof().checkpoint, &key).unwrap();
        let path = vec![tree::leaf(&[5; 32])];
        let proof = ConsistencyProof { from: 1, path, checkpoint: proof().checkpoint };
        let read: ConsistencyProof = proof.to_string().parse().unwrap();
        assert_eq!(read, proof);
        assert_eq!(read.verify(&tree::leaf(&[1; 32]), &newer), Ok(()));
        assert_eq!(read.verify(&tree::leaf(&[2; 32]), &newer), Err(ProofError::NotConsistent));
    }

    #[test]
    fn what_is_no_proof_is_refused() {
        let text = proof().to_string();
        for (from, to) in [
            ("tlog-proof@v1", "tlog-proof@v2"),
            ("extra ", "more "),
            ("index 1", "index 01"),
            ("index 1", "index -1"),
            ("index 1\n", "index 1\nAAAA\n"),
        ] {
            assert!(text.replace(from, to).parse::<ReceiptProof>().is_err(), "{from} to {to}");
        }
        assert!("old 0".parse::<ConsistencyProof>().is_err());
        let hash = STANDARD.encode([0; 32]);
        let long = format!("old 1\n{}\nnote\n", format!("{hash}\n").repeat(MAX_HASHES + 1));
        assert_eq!(long.parse::<ConsistencyProof>(), Err(ProofError::Form));
    }
}
