//! What a witness remembers, and what it signs.

use std::{
    collections::HashMap,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

use crate::{
    clock::SharedClock,
    log::{
        checkpoint::{Checkpoint, CheckpointError, Signed},
        directory::replace,
        note::{Kind, Note, Signer, VerifierKey},
        proof_text::ConsistencyProof,
        tree::Hash,
    },
    secrets::hex,
};

/// The logs that a witness knows, each with the last checkpoint that it cosigned.
pub struct Register {
    signer: Signer,
    clock: SharedClock,
    logs: HashMap<String, Known>,
    /// Held as long as the witness lives: two that share a directory could sign a fork.
    _lock: File,
}

struct Known {
    key: VerifierKey,
    file: PathBuf,
    /// Locked from the look at what was signed last until the next is durable.
    last: Mutex<Option<(u64, Hash)>>,
}

/// Why a checkpoint was not cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The request is not in its form, or its old size is larger than the new one.
    Form,
    /// The log is not one that the witness knows.
    UnknownLog,
    /// The log has not signed it.
    Unsigned,
    /// The old size is not that of the last checkpoint that the witness cosigned, which is this; or
    /// it is, and another log had the same size.
    Conflict(u64),
    /// The newer log is not proven to begin with the older one.
    NotConsistent,
    /// The witness cannot remember it.
    Storage,
}

impl Register {
    /// A witness for these logs, whose memory is in a directory.
    ///
    /// # Errors
    /// When the directory cannot be read or written, another witness uses it, or what it holds of a
    /// log was not signed by that log: a witness never begins anew with a log that it knew.
    pub fn open(
        signer: Signer,
        logs: Vec<VerifierKey>,
        directory: &Path,
        clock: SharedClock,
    ) -> io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        let lock = File::create(directory.join("lock"))?;
        lock.try_lock().map_err(|_| {
            let used = format!("another witness uses {}", directory.display());
            io::Error::new(io::ErrorKind::ResourceBusy, used)
        })?;
        let mut known = HashMap::new();
        for key in logs {
            let name = hex(&Sha256::digest(key.name())[..16]);
            let file = directory.join(format!("{name}.checkpoint"));
            let last = remembered(&file, &key)?;
            known.insert(key.name().to_owned(), Known { key, file, last: Mutex::new(last) });
        }
        Ok(Self { signer, clock, logs: known, _lock: lock })
    }

    /// The key that its cosignatures verify with.
    pub fn verifier(&self) -> VerifierKey {
        self.signer.verifier(Kind::Cosignature)
    }

    /// Answers a request to cosign: with a signature line, once it is durable that it was given.
    ///
    /// # Errors
    /// When the checkpoint must not be cosigned.
    pub fn add_checkpoint(&self, request: &str) -> Result<String, Refusal> {
        let proof: ConsistencyProof = request.parse().map_err(|_| Refusal::Form)?;
        let note: Note = proof.checkpoint.parse().map_err(|_| Refusal::Form)?;
        let checkpoint: Checkpoint = note.text.parse().map_err(|_| Refusal::Form)?;
        let log = self.logs.get(&checkpoint.origin).ok_or(Refusal::UnknownLog)?;
        let signed = match Signed::open(&proof.checkpoint, &log.key) {
            Ok(signed) => signed,
            Err(CheckpointError::Unsigned | CheckpointError::Origin) => {
                return Err(Refusal::Unsigned);
            }
            Err(_) => return Err(Refusal::Form),
        };
        if proof.from > checkpoint.size {
            return Err(Refusal::Form);
        }

        let mut last = log.last.lock();
        let (size, root) = last.unwrap_or((0, super::super::tree::empty()));
        if proof.from != size {
            return Err(Refusal::Conflict(size));
        }
        if size == checkpoint.size && root != checkpoint.root {
            // Signed by the log's own key: nothing else proves as much.
            tracing::error!(origin = checkpoint.origin, size, "the log signed two roots");
            let evidence = log.file.with_extension("fork");
            if let Err(error) = replace(&evidence, proof.checkpoint.as_bytes()) {
                tracing::error!(%error, "the fork could not be kept");
            }
            return Err(Refusal::Conflict(size));
        }
        proof.verify(&root, &signed).map_err(|_| Refusal::NotConsistent)?;
        let at = u64::try_from(self.clock.now().timestamp()).unwrap_or(0);
        let cosignature = self.signer.cosign(&signed.note.text, at);
        let mut note = signed.note;
        note.signatures.push(cosignature.clone());
        replace(&log.file, note.to_string().as_bytes()).map_err(|error| {
            tracing::error!(%error, "a checkpoint could not be kept, so it was not cosigned");
            Refusal::Storage
        })?;
        *last = Some((checkpoint.size, checkpoint.root));
        Ok(cosignature.to_string())
    }
}

fn remembered(file: &Path, key: &VerifierKey) -> io::Result<Option<(u64, Hash)>> {
    let text = match std::fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => text?,
    };
    let signed = Signed::open(&text, key).map_err(|error| {
        let invalid = format!("{} of the log {}: {error}", file.display(), key.name());
        io::Error::new(io::ErrorKind::InvalidData, invalid)
    })?;
    Ok(Some((signed.checkpoint.size, signed.checkpoint.root)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use aws_lc_rs::signature::Ed25519KeyPair;
    use tempfile::TempDir;

    use super::*;
    use crate::{
        clock::ManualClock,
        log::{
            proofs::consistency,
            tree::{Frontier, leaf},
        },
    };

    const AT: i64 = 1_790_000_000;

    fn signer(name: &str, seed: u8) -> Signer {
        Signer::new(name, Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()).unwrap()
    }

    fn log() -> Signer {
        signer("log", 1)
    }

    fn open(directory: &TempDir) -> io::Result<Register> {
        let clock = ManualClock::at(chrono::DateTime::from_timestamp(AT, 0).unwrap());
        let logs = vec![log().verifier(Kind::Plain)];
        Register::open(signer("witness", 2), logs, directory.path(), clock)
    }

    /// A log whose leaves differ from another's from a place on.
    fn leaves(size: u64, forked_at: u64) -> Vec<Hash> {
        (0..size).map(|n| leaf(&[u8::try_from(n).unwrap(), u8::from(n >= forked_at)])).collect()
    }

    fn root(leaves: &[Hash]) -> Hash {
        let mut tree = Frontier::default();
        leaves.iter().for_each(|leaf| tree.push(*leaf));
        tree.root()
    }

    fn request(from: u64, size: u64, forked_at: u64, signer: &Signer) -> String {
        let leaves = leaves(size, forked_at);
        let origin = signer.verifier(Kind::Plain).name().to_owned();
        let checkpoint = Checkpoint { origin, size, root: root(&leaves) };
        let spans = consistency(from, size)
            .into_iter()
            .map(|span| usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap());
        let path = spans.map(|span| root(&leaves[span])).collect();
        let checkpoint = checkpoint.sign(signer, 7).note.to_string();
        ConsistencyProof { from, path, checkpoint }.to_string()
    }

    const NEVER: u64 = u64::MAX;

    #[test]
    fn a_log_that_grows_is_cosigned() {
        let directory = tempfile::tempdir().unwrap();
        let witness = open(&directory).unwrap();
        for (from, size) in [(0, 3), (3, 3), (3, 4), (4, 11), (11, 40)] {
            let request = request(from, size, NEVER, &log());
            let line = witness.add_checkpoint(&request).unwrap();
            let note: Note =
                (request.split_once("\n\n").unwrap().1.to_owned() + &line).parse().unwrap();
            let verified = note.verified_by(&witness.verifier()).unwrap().unwrap();
            assert_eq!(verified.at, Some(AT.unsigned_abs()));
        }
    }

    #[test]
    fn a_log_that_was_cut_off_rebuilt_or_forked_is_not_cosigned() {
        let directory = tempfile::tempdir().unwrap();
        let witness = open(&directory).unwrap();
        witness.add_checkpoint(&request(0, 9, NEVER, &log())).unwrap();
        for (from, size, forked_at, refusal) in [
            (0, 5, NEVER, Refusal::Conflict(9)),
            (5, 7, NEVER, Refusal::Conflict(9)),
            (9, 5, NEVER, Refusal::Form),
            (0, 12, NEVER, Refusal::Conflict(9)),
            (9, 9, 4, Refusal::Conflict(9)),
            (9, 12, 4, Refusal::NotConsistent),
            (9, 12, 8, Refusal::NotConsistent),
        ] {
            let refused = witness.add_checkpoint(&request(from, size, forked_at, &log()));
            assert_eq!(refused, Err(refusal), "{from} to {size}, forked at {forked_at}");
        }
        // What proves the fork is kept, and what was signed stands.
        let evidence = std::fs::read_dir(directory.path()).unwrap();
        let is_fork = |path: PathBuf| path.extension().is_some_and(|extension| extension == "fork");
        assert!(evidence.into_iter().any(|entry| is_fork(entry.unwrap().path())));
        witness.add_checkpoint(&request(9, 12, NEVER, &log())).unwrap();
    }

    #[test]
    fn what_its_logs_did_not_sign_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let witness = open(&directory).unwrap();
        let good = request(0, 3, NEVER, &log());
        for (request, refusal) in [
            (request(0, 3, NEVER, &signer("log", 3)), Refusal::Unsigned),
            (request(0, 3, NEVER, &signer("other", 1)), Refusal::UnknownLog),
            (good.replace("\n3\n", "\n4\n"), Refusal::Unsigned),
            (good.replace("old 0", "old"), Refusal::Form),
            (good.replace("old 0", "old 00"), Refusal::Form),
            (String::new(), Refusal::Form),
        ] {
            assert_eq!(witness.add_checkpoint(&request), Err(refusal), "{request}");
        }
        let unneeded = good.replace("old 0\n", &format!("old 0\n{}\n", "A".repeat(43) + "="));
        assert_eq!(witness.add_checkpoint(&unneeded), Err(Refusal::NotConsistent));
        witness.add_checkpoint(&good).unwrap();
    }

    #[test]
    fn a_witness_remembers_over_a_restart_and_does_not_begin_anew() {
        let directory = tempfile::tempdir().unwrap();
        let witness = open(&directory).unwrap();
        witness.add_checkpoint(&request(0, 9, NEVER, &log())).unwrap();
        let busy = open(&directory).err().map(|error| error.kind());
        assert_eq!(busy, Some(io::ErrorKind::ResourceBusy));
        drop(witness);
        let witness = open(&directory).unwrap();
        let forked = witness.add_checkpoint(&request(0, 12, 4, &log()));
        assert_eq!(forked, Err(Refusal::Conflict(9)));
        drop(witness);
        for entry in std::fs::read_dir(directory.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "checkpoint") {
                std::fs::write(path, "nothing").unwrap();
            }
        }
        assert!(open(&directory).is_err());
    }

    #[test]
    fn of_two_forks_at_once_one_is_cosigned() {
        for round in 0..20 {
            let directory = tempfile::tempdir().unwrap();
            let witness = Arc::new(open(&directory).unwrap());
            let asked: Vec<_> = (0..8)
                .map(|number| {
                    let witness = witness.clone();
                    let request = request(0, 20, number, &log());
                    std::thread::spawn(move || witness.add_checkpoint(&request).is_ok())
                })
                .collect();
            let signed = asked.into_iter().map(|thread| thread.join().unwrap());
            assert_eq!(signed.filter(|signed| *signed).count(), 1, "round {round}");
        }
    }
}
