//! Asks a witness for its cosignature.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use reqwest::StatusCode;
use url::Url;

use crate::log::{
    checkpoint::{Signed, decimal},
    note::{Signature, VerifierKey},
    proof_text::ConsistencyProof,
    proofs::consistency,
    store::{Leaves, LogError},
};

/// How long a witness may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a witness may name another size before it is left alone.
const ATTEMPTS: usize = 3;

/// A witness of this gateway's log.
pub struct WitnessClient {
    address: Url,
    key: VerifierKey,
    http: reqwest::Client,
    /// The size that it cosigned last, as far as this gateway knows.
    size: AtomicU64,
}

/// Why there is no cosignature.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// It cannot be reached, or answers what is no answer.
    #[error("it cannot be reached, or does not answer as a witness")]
    Unreachable(#[from] reqwest::Error),
    /// It refused.
    #[error("it refused with {0}")]
    Refused(StatusCode),
    /// It has cosigned a larger log.
    #[error("it has cosigned a log of {0} records, and this one is smaller")]
    Ahead(u64),
    /// It has cosigned another log.
    #[error(
        "it has cosigned another log under this name: this one was rebuilt or forked, or that one"
    )]
    Forked,
    /// What it answered is not signed by its key.
    #[error("its answer is not signed by its key")]
    Unsigned,
    /// The proof could not be made.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl WitnessClient {
    /// The witness at an address, whose cosignatures verify with this key.
    ///
    /// # Errors
    /// When the address cannot be one, or the HTTP client cannot be made.
    pub fn new(address: &Url, key: VerifierKey) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let base = address.as_str().trim_end_matches('/');
        let address = Url::parse(&format!("{base}/add-checkpoint"))?;
        Ok(Self { address, key, http, size: AtomicU64::new(0) })
    }

    /// The name of the witness.
    pub fn name(&self) -> &str {
        self.key.name()
    }

    /// The key that its cosignatures verify with.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// Asks for a cosignature under a checkpoint of the log that `leaves` reads.
    ///
    /// # Errors
    /// When there is none.
    pub async fn cosign(
        &self,
        signed: &Signed,
        leaves: &Leaves<'_>,
    ) -> Result<Signature, WitnessError> {
        let size = signed.checkpoint.size;
        let mut from = self.size.load(Ordering::Relaxed);
        for _ in 0..ATTEMPTS {
            if from > size {
                return Err(WitnessError::Ahead(from));
            }
            let path = leaves.roots(consistency(from, size)).await?;
            let checkpoint = signed.note.to_string();
            let request = ConsistencyProof { from, path, checkpoint }.to_string();
            let response = self.http.post(self.address.clone()).body(request).send().await?;
            let status = response.status();
            let text = response.text().await?;
            match status {
                StatusCode::OK => {
                    let signature = self.verified(signed, &text)?;
                    self.size.store(size, Ordering::Relaxed);
                    return Ok(signature);
                }
                StatusCode::CONFLICT => match decimal(text.trim_end()) {
                    Some(known) if known == from => return Err(WitnessError::Forked),
                    Some(known) => {
                        self.size.store(known, Ordering::Relaxed);
                        from = known;
                    }
                    None => return Err(WitnessError::Refused(status)),
                },
                StatusCode::UNPROCESSABLE_ENTITY => return Err(WitnessError::Forked),
                _ => return Err(WitnessError::Refused(status)),
            }
        }
        Err(WitnessError::Refused(StatusCode::CONFLICT))
    }

    fn verified(&self, signed: &Signed, answer: &str) -> Result<Signature, WitnessError> {
        answer
            .lines()
            .filter_map(|line| Signature::parse(line).ok())
            .find(|line| matches!(self.key.verify(&signed.note.text, line), Ok(Some(_))))
            .ok_or(WitnessError::Unsigned)
    }
}
