//! Where checkpoints are kept: outside of the database, so that who writes the one does not write
//! the other.
//!
//! A log has a directory of its own, with its latest checkpoint and the last one of each day. A file
//! is whole or not there at all, and is never replaced by one of a smaller log.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};

use super::{checkpoint::Signed, note::VerifierKey};

const LATEST: &str = "latest";
const EXTENSION: &str = "checkpoint";

/// The checkpoints of one log.
#[derive(Clone, Debug)]
pub struct Directory(PathBuf);

/// Why checkpoints could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The directory or a file cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, #[source] io::Error),
    /// A file that the log did not sign.
    #[error("{0} is {1}; move it away if it does not belong there")]
    Foreign(PathBuf, super::checkpoint::CheckpointError),
    /// Two logs of one size under one name.
    #[error("{0} holds another log of the same name and size")]
    Forked(PathBuf),
}

impl Directory {
    /// The directory of a log below that of all.
    pub fn of(all: &Path, origin: &str) -> Self {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
        let name: String = origin.chars().map(plain).collect();
        // A name of dots would be another directory.
        Self(all.join(name.trim_start_matches('.')))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The checkpoint of the largest log, if there is any.
    ///
    /// # Errors
    /// When a file cannot be read, or the log did not sign it.
    pub fn newest(&self, key: &VerifierKey) -> Result<Option<Signed>, DirectoryError> {
        Ok(self.all(key)?.pop())
    }

    /// All checkpoints that are kept, of the smallest log first.
    ///
    /// # Errors
    /// When a file cannot be read, or the log did not sign it.
    pub fn all(&self, key: &VerifierKey) -> Result<Vec<Signed>, DirectoryError> {
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|error| self.failed(error))?,
        };
        let mut all = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| self.failed(error))?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
                all.push(read(&path, key)?);
            }
        }
        all.sort_by_key(|signed| (signed.checkpoint.size, signed.note.signatures.len()));
        Ok(all)
    }

    /// The checkpoint that was kept last, which is the largest one as long as nobody else writes
    /// here.
    ///
    /// # Errors
    /// When the file cannot be read, or the log did not sign it.
    pub fn latest(&self, key: &VerifierKey) -> Result<Option<Signed>, DirectoryError> {
        let path = self.0.join(format!("{LATEST}.{EXTENSION}"));
        match read(&path, key) {
            Err(DirectoryError::File(_, error)) if error.kind() == io::ErrorKind::NotFound => {
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    /// Keeps a checkpoint, unless there is one of a larger log.
    ///
    /// # Errors
    /// When a file cannot be read or written, or holds another log.
    pub fn keep(
        &self,
        signed: &Signed,
        key: &VerifierKey,
        now: DateTime<Utc>,
    ) -> Result<(), DirectoryError> {
        fs::create_dir_all(&self.0).map_err(|error| self.failed(error))?;
        let lock = File::create(self.0.join("lock")).map_err(|error| self.failed(error))?;
        lock.lock().map_err(|error| self.failed(error))?;
        if let Some(newest) = self.latest(key)? {
            let (kept, new) = (&newest.checkpoint, &signed.checkpoint);
            if kept.size == new.size && kept.root != new.root {
                return Err(DirectoryError::Forked(self.0.clone()));
            }
            let fewer = signed.note.signatures.len() < newest.note.signatures.len();
            if kept.size > new.size || (kept.size == new.size && fewer) {
                return Ok(());
            }
        }
        let text = signed.note.to_string();
        for name in [now.format("%Y-%m-%d").to_string(), LATEST.to_owned()] {
            let path = self.0.join(format!("{name}.{EXTENSION}"));
            replace(&path, text.as_bytes()).map_err(|error| DirectoryError::File(path, error))?;
        }
        Ok(())
    }

    fn failed(&self, error: io::Error) -> DirectoryError {
        DirectoryError::File(self.0.clone(), error)
    }
}

fn read(path: &Path, key: &VerifierKey) -> Result<Signed, DirectoryError> {
    let text =
        fs::read_to_string(path).map_err(|error| DirectoryError::File(path.to_owned(), error))?;
    Signed::open(&text, key).map_err(|error| DirectoryError::Foreign(path.to_owned(), error))
}

/// Writes a file that is durably the old or the new one at every moment.
///
/// # Errors
/// When it or its directory cannot be written.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::Ed25519KeyPair;

    use super::{
        super::{
            checkpoint::Checkpoint,
            note::{Kind, Signer},
        },
        *,
    };

    fn signer() -> Signer {
        Signer::new("log/1", Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap()).unwrap()
    }

    fn signed(size: u64, root: u8) -> Signed {
        let checkpoint = Checkpoint { origin: "log/1".to_owned(), size, root: [root; 32] };
        checkpoint.sign(&signer(), 1_790_000_000)
    }

    #[test]
    fn the_largest_checkpoint_stays() {
        let base = tempfile::tempdir().unwrap();
        let directory = Directory::of(base.path(), "log/1");
        let key = signer().verifier(Kind::Plain);
        let on = |day: &str| format!("{day}T00:00:00Z").parse().unwrap();
        assert_eq!(directory.newest(&key).unwrap(), None);
        directory.keep(&signed(5, 1), &key, on("2026-11-25")).unwrap();
        directory.keep(&signed(9, 2), &key, on("2026-11-26")).unwrap();
        directory.keep(&signed(7, 3), &key, on("2026-11-27")).unwrap();
        assert_eq!(directory.newest(&key).unwrap(), Some(signed(9, 2)));
        let mut names: Vec<_> = fs::read_dir(base.path().join("log_1"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let days = ["2026-11-25.checkpoint", "2026-11-26.checkpoint"];
        assert_eq!(names, [days.as_slice(), &["latest.checkpoint", "lock"]].concat());
        let other = directory.keep(&signed(9, 4), &key, on("2026-11-27"));
        assert!(matches!(other, Err(DirectoryError::Forked(_))));
    }

    #[test]
    fn what_the_log_did_not_sign_is_told_of() {
        let base = tempfile::tempdir().unwrap();
        let directory = Directory::of(base.path(), "log/1");
        let key = signer().verifier(Kind::Plain);
        fs::create_dir(directory.path()).unwrap();
        let forged = signed(5, 1).note.to_string().replace("\n5\n", "\n6\n");
        fs::write(directory.path().join("latest.checkpoint"), forged).unwrap();
        let refused = directory.newest(&key).unwrap_err().to_string();
        assert!(refused.contains("latest.checkpoint is not signed by the log's key"), "{refused}");
    }
}
