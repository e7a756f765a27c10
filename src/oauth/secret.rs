//! Client secrets: made here, shown once, kept as Argon2id hashes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::TryRng;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::{ErrorCode, OAuthError};

/// How long a verification waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// A secret that was just made: `SELECTOR.SECRET`. The selector tells which of a client's secrets it
/// is, so that one hash has to be computed and no more.
pub struct NewSecret {
    /// The whole secret, for its client.
    pub text: Zeroizing<String>,
    /// The part that is not secret.
    pub selector: String,
    /// The hash of the whole, as a PHC string.
    pub hash: String,
}

impl NewSecret {
    /// Makes a secret of 32 random bytes.
    ///
    /// # Errors
    /// When the system has no randomness to give, or no memory for the hash.
    pub fn generate() -> anyhow::Result<Self> {
        let mut bytes = Zeroizing::new([0u8; 38]);
        rand::rngs::SysRng.try_fill_bytes(bytes.as_mut_slice())?;
        let selector = URL_SAFE_NO_PAD.encode(&bytes[32..]);
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(&bytes[..32]));
        let text = Zeroizing::new(format!("{selector}.{}", *secret));
        let hash = hash(&text)?;
        Ok(Self { text, selector, hash })
    }
}

/// The part of a secret that tells which it is.
pub(super) fn selector(secret: &str) -> &str {
    secret.split_once('.').map_or("", |(selector, _)| selector)
}

fn hash(secret: &str) -> anyhow::Result<String> {
    let mut salt = [0u8; 16];
    rand::rngs::SysRng.try_fill_bytes(&mut salt)?;
    let hash = Argon2::default().hash_password_with_salt(secret.as_bytes(), &salt);
    hash.map(|hash| hash.to_string())
        .map_err(|error| anyhow::anyhow!("the secret cannot be hashed: {error}"))
}

/// Verifies secrets, a few at a time, on threads where nobody waits for them.
pub struct SecretVerifier {
    places: Arc<Semaphore>,
    /// What an unknown client's secret is verified against, so that it costs the same.
    decoy: String,
    runs: AtomicU64,
}

impl SecretVerifier {
    /// A verifier that hashes on so many threads at once.
    ///
    /// # Errors
    /// When no hash can be computed.
    pub fn new(places: usize) -> anyhow::Result<Self> {
        let decoy = NewSecret::generate()?.hash;
        Ok(Self { places: Arc::new(Semaphore::new(places)), decoy, runs: AtomicU64::new(0) })
    }

    /// Whether the secret has this hash; without a hash it has not, which takes as long.
    ///
    /// # Errors
    /// When too many wait.
    pub async fn verify(
        &self,
        hash: Option<String>,
        secret: Zeroizing<String>,
    ) -> Result<bool, OAuthError> {
        let busy = || OAuthError {
            retry_after: Some(PATIENCE),
            ..OAuthError::new(ErrorCode::TemporarilyUnavailable, "too many requests")
        };
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        let place = place.map_err(|_| busy())?.map_err(|_| busy())?;
        self.runs.fetch_add(1, Ordering::Relaxed);
        let is_known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        // The place moves along: a caller who hangs up does not make room while the thread works.
        let verifying = tokio::task::spawn_blocking(move || {
            let _place = place;
            Argon2::default().verify_password(secret.as_bytes(), hash.as_str()).is_ok()
        });
        Ok(verifying.await.unwrap_or(false) && is_known)
    }

    /// How many hashes were computed since the start.
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }
}
