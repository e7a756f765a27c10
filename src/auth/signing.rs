//! The keys that the gateway's authorization server signs with, one after the other.
//!
//! One file a key, and everything about its life is in the name: from when on it signs. It signs
//! until the next key does, and stays published for as long as a token that it signed can live.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{KeyFileError, LocalKey, issuer::generate};
use crate::{clock::SharedClock, files};

/// The longest life of a token of the authorization server.
pub const MAX_LIFETIME: Duration = Duration::from_hours(1);

/// How long a key stays published after the last token it can have signed has expired: instances
/// follow a rotation within a second or so, and clocks differ.
const SLACK: TimeDelta = TimeDelta::seconds(30);

/// How often the directory is looked at, at most.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(1);

/// How the first instant of a key stands in its file's name.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// The signing keys; shared by all who sign and verify. Follows the directory as it changes.
pub struct SigningKeys {
    directory: Option<PathBuf>,
    clock: SharedClock,
    state: Mutex<State>,
}

struct State {
    looked_at: DateTime<Utc>,
    /// In the order in which they sign; never empty.
    keys: Vec<Arc<SigningKey>>,
}

/// One key and from when on it signs.
pub struct SigningKey {
    file: String,
    /// The instant from which it signs.
    pub signs_from: DateTime<Utc>,
    /// The key pair.
    pub key: LocalKey,
}

/// Where a key is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStage {
    /// Published, so that it is known everywhere when it begins to sign.
    Announced,
    /// Signs.
    Signing,
    /// Published until this instant, when nothing that it signed is valid any more.
    Retiring(DateTime<Utc>),
    /// Of no use any more.
    Ended,
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SigningKeys").field("directory", &self.directory).finish()
    }
}

impl SigningKeys {
    /// Opens a directory of keys (0700), with a first key that signs from now where it has none.
    ///
    /// # Errors
    /// When the directory or a key cannot be read or created, others may read a key, or a file
    /// holds another thing.
    pub fn open_or_create(directory: &Path, clock: SharedClock) -> Result<Self, KeyFileError> {
        let now = clock.now();
        if files_of(directory)?.is_empty() {
            create(directory, now)?;
        }
        let keys = read(directory, &[])?;
        let state = Mutex::new(State { looked_at: now, keys });
        Ok(Self { directory: Some(directory.to_owned()), clock, state })
    }

    /// The one key in a PEM text, for good.
    ///
    /// # Errors
    /// When it holds no P-256 private key in PKCS#8.
    pub fn of_pem(pem: &str, clock: SharedClock) -> Result<Self, KeyFileError> {
        let key = LocalKey::from_pem(pem.as_bytes())?;
        let key = SigningKey { file: String::new(), signs_from: DateTime::UNIX_EPOCH, key };
        let state = State { looked_at: clock.now(), keys: vec![Arc::new(key)] };
        Ok(Self { directory: None, clock, state: Mutex::new(state) })
    }

    /// The key that signs now. Reads the directory, at most once a second.
    pub fn signer(&self) -> Arc<SigningKey> {
        let (keys, now) = self.current();
        let signing = stages(&keys, now).position(|stage| stage == KeyStage::Signing);
        Arc::clone(&keys[signing.unwrap_or_default()])
    }

    /// The public keys as a JWK Set (RFC 7517 §5). Reads the directory, at most once a second.
    pub fn published(&self) -> Value {
        let (keys, now) = self.current();
        let published = keys.iter().zip(stages(&keys, now));
        let published = published.filter(|(_, stage)| *stage != KeyStage::Ended);
        json!({ "keys": published.map(|(key, _)| key.key.public_jwk()).collect::<Vec<_>>() })
    }

    /// Every key with its stage, in the order in which they sign.
    pub fn list(&self) -> Vec<(Arc<SigningKey>, KeyStage)> {
        let (keys, now) = self.current();
        let stages: Vec<KeyStage> = stages(&keys, now).collect();
        keys.into_iter().zip(stages).collect()
    }

    /// Adds a key that is published now and signs after `publish_for`, and removes those that
    /// have ended.
    ///
    /// # Errors
    /// When there is no directory, or a file cannot be written.
    pub fn rotate(&self, publish_for: TimeDelta) -> Result<Arc<SigningKey>, KeyFileError> {
        let directory = self.directory.as_deref().ok_or(KeyFileError::Fixed)?;
        let mut signs_from = self.clock.now() + publish_for;
        for (key, stage) in self.list() {
            if stage == KeyStage::Ended {
                fs::remove_file(directory.join(&key.file))?;
            }
            signs_from = signs_from.max(key.signs_from + TimeDelta::seconds(1));
        }
        // Names tell whole seconds: a fraction is waited for to its end, and not cut off.
        let signs_from = signs_from + (TimeDelta::seconds(1) - TimeDelta::nanoseconds(1));
        let file = create(directory, signs_from)?;
        let mut state = self.state.lock();
        state.keys = read(directory, &state.keys)?;
        let added = state.keys.iter().find(|key| key.file == file);
        added.cloned().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound).into())
    }

    fn current(&self) -> (Vec<Arc<SigningKey>>, DateTime<Utc>) {
        let now = self.clock.now();
        let mut state = self.state.lock();
        let passed = now - state.looked_at;
        // A clock that was set back ends every wait.
        if passed >= LOOK_EVERY || passed < TimeDelta::zero() {
            state.looked_at = now;
            self.look(&mut state);
        }
        (state.keys.clone(), now)
    }

    fn look(&self, state: &mut State) {
        let Some(directory) = &self.directory else { return };
        match read(directory, &state.keys) {
            Ok(keys) if keys.is_empty() => tracing::warn!("the signing keys are gone"),
            Ok(keys) => state.keys = keys,
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "the signing keys cannot be read");
            }
        }
    }
}

/// The stage of each key, given in the order in which they sign.
fn stages(keys: &[Arc<SigningKey>], now: DateTime<Utc>) -> impl Iterator<Item = KeyStage> {
    keys.iter().enumerate().map(move |(place, key)| {
        let next = keys.get(place + 1).map(|next| next.signs_from);
        match next {
            Some(next) if next <= now => {
                let until = next + TimeDelta::from_std(MAX_LIFETIME).unwrap_or_default() + SLACK;
                if now < until { KeyStage::Retiring(until) } else { KeyStage::Ended }
            }
            // The first signs although its time has not come: there is no other.
            _ if key.signs_from <= now || place == 0 => KeyStage::Signing,
            _ => KeyStage::Announced,
        }
    })
}

/// Writes a new key under its name at once, so that nobody reads half of it.
fn create(directory: &Path, signs_from: DateTime<Utc>) -> Result<String, KeyFileError> {
    let pem = generate()?;
    let kid = LocalKey::from_pem(pem.as_bytes())?.kid().to_owned();
    let file = format!("{}.{}.pem", signs_from.format(STAMP), &kid[..8]);
    let unfinished = directory.join(format!(".{file}"));
    files::write_private(&unfinished, pem.as_bytes())?;
    fs::rename(&unfinished, directory.join(&file))?;
    Ok(file)
}

/// The names of the key files with the instants in them, in the order in which they sign.
fn files_of(directory: &Path) -> io::Result<Vec<(DateTime<Utc>, String)>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let Ok(name) = entry?.file_name().into_string() else { continue };
        let stamp = name.strip_suffix(".pem").and_then(|rest| rest.split_once('.'));
        let instant = stamp.and_then(|(at, _)| NaiveDateTime::parse_from_str(at, STAMP).ok());
        if let Some(instant) = instant {
            found.push((instant.and_utc(), name));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Reads the keys of a directory; those that are known already are not read again.
fn read(directory: &Path, known: &[Arc<SigningKey>]) -> Result<Vec<Arc<SigningKey>>, KeyFileError> {
    files_of(directory)?
        .into_iter()
        .map(|(signs_from, file)| {
            if let Some(key) = known.iter().find(|key| key.file == file) {
                return Ok(Arc::clone(key));
            }
            let path = directory.join(&file);
            files::require_private(&path)?;
            let key = LocalKey::from_pem(&Zeroizing::new(fs::read(&path)?))?;
            Ok(Arc::new(SigningKey { file, signs_from, key }))
        })
        .collect()
}
