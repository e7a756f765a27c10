//! The key that signs the log's checkpoints: Ed25519, in a file of its own beside the master secret.
//!
//! It is apart from the master secret because others trust its public half: it can be given out,
//! replaced, and used with standard tools, and nothing is derived from it.

use std::{io, path::Path};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::note::{NoteError, Signer};
use crate::{
    files,
    secrets::{hex, private_key_pem},
};

/// The key of a log.
pub struct LogKey(Ed25519KeyPair);

impl LogKey {
    /// Reads a key: PKCS#8 in PEM, which nobody else may read.
    ///
    /// # Errors
    /// When the file cannot be read, others may read it, or it holds no Ed25519 key.
    pub fn open(path: &Path) -> io::Result<Self> {
        let text = Zeroizing::new(std::fs::read_to_string(path)?);
        files::require_private(path)?;
        let invalid =
            || io::Error::new(io::ErrorKind::InvalidData, "it holds no Ed25519 key in PKCS#8 PEM");
        let body: Zeroizing<String> =
            Zeroizing::new(text.lines().filter(|line| !line.starts_with("-----")).collect());
        let der = Zeroizing::new(STANDARD.decode(body.as_bytes()).map_err(|_| invalid())?);
        Ed25519KeyPair::from_pkcs8(&der).map(Self).map_err(|_| invalid())
    }

    /// Makes a new key in a file that does not exist yet, and its directory where missing.
    ///
    /// # Errors
    /// When the file exists or cannot be written, or there are no random numbers.
    pub fn create(path: &Path) -> io::Result<Self> {
        let failed = |_| io::Error::other("no key could be made");
        let pair = Ed25519KeyPair::generate().map_err(failed)?;
        let der = pair.to_pkcs8v1().map_err(failed)?;
        files::write_private(path, private_key_pem(der.as_ref()).as_bytes())?;
        Ok(Self(pair))
    }

    /// Reads the key, or makes it where there is none. Of two that make it at once, one does.
    ///
    /// # Errors
    /// As [`open`](Self::open) and [`create`](Self::create).
    pub fn open_or_create(path: &Path) -> io::Result<Self> {
        match Self::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => return opened,
        }
        match Self::create(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::open(path),
            created => created,
        }
    }

    /// What a log is called that nobody named: by its key, so that no two are called the same.
    pub fn origin(&self) -> String {
        let digest = Sha256::digest(self.0.public_key().as_ref());
        format!("migrant-gateway/{}", hex(&digest[..8]))
    }

    /// Signs in the name of a log.
    ///
    /// # Errors
    /// When the name cannot be one.
    pub fn into_signer(self, origin: &str) -> Result<Signer, NoteError> {
        Signer::new(origin, self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::PermissionsExt as _, process::Command};

    use super::{super::note::Kind, *};

    fn public(key: LogKey) -> String {
        key.into_signer("log").unwrap().verifier(Kind::Plain).to_string()
    }

    #[test]
    fn a_key_is_made_once_and_for_its_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys/log.pem");
        let made = public(LogKey::open_or_create(&path).unwrap());
        assert_eq!(public(LogKey::open_or_create(&path).unwrap()), made);
        assert_eq!(
            LogKey::create(&path).err().map(|error| error.kind()),
            Some(io::ErrorKind::AlreadyExists)
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refused = LogKey::open(&path).err().map(|error| error.kind());
        assert_eq!(refused, Some(io::ErrorKind::PermissionDenied));
    }

    #[test]
    fn openssl_reads_the_key() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log.pem");
        let key = LogKey::create(&path).unwrap();
        let read = Command::new("openssl").args(["pkey", "-pubout", "-in"]).arg(&path).output();
        let Ok(read) = read else { return };
        let key = key.into_signer("log").unwrap().verifier(Kind::Plain);
        assert_eq!(String::from_utf8(read.stdout).unwrap(), key.to_pem());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        for (number, text) in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n", "ä"].iter().enumerate() {
            let path = directory.path().join(number.to_string());
            files::write_private(&path, text.as_bytes()).unwrap();
            assert!(LogKey::open(&path).is_err(), "{text}");
        }
    }
}
