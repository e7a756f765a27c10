//! Signs what the log is, at an interval and at the stop, keeps it outside of the database, and has
//! witnesses cosign it.

use std::{sync::Arc, time::Duration};

use sea_orm::DatabaseConnection;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};

use super::{
    checkpoint::{Checkpoint, Signed},
    directory::{Directory, DirectoryError},
    note::{Kind, Signer, VerifierKey},
    proofs::{consistency, inclusion, is_consistent, is_included},
    store::{self, Leaves, LogError},
    tree,
    witness::{WitnessClient, WitnessError},
};
use crate::{
    audit::{AuditWriter, Recorded, chain::ChainKey},
    clock::SharedClock,
};

/// How often the gateway looks whether the log is still the one that it wrote.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long witnesses are waited for at the stop.
const LAST_WORD: Duration = Duration::from_secs(3);

/// Keeps the checkpoints of one gateway's log.
pub struct Keeper {
    /// Where the records are.
    pub db: DatabaseConnection,
    /// What the frontier is kept under.
    pub chain: ChainKey,
    /// The log's name and key.
    pub signer: Signer,
    /// Where checkpoints are kept.
    pub directory: Directory,
    /// Who cosigns them.
    pub witnesses: Vec<Arc<WitnessClient>>,
    /// Tells when they are signed.
    pub clock: SharedClock,
}

/// Why there is no new checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The log could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The checkpoint could not be kept.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The log is smaller than one that was signed.
    #[error(
        "the log has {has} records, and its checkpoint over {signed} is kept in {place}: records \
         were cut off, or the database was restored or emptied"
    )]
    Behind {
        /// How many records there are.
        has: u64,
        /// How many were signed.
        signed: u64,
        /// Where.
        place: String,
    },
    /// The log does not begin with the one that was signed.
    #[error(
        "the first {signed} records are not those over which the checkpoint in {place} was signed: \
         the log was rebuilt or forked"
    )]
    Forked {
        /// How many were signed.
        signed: u64,
        /// Where.
        place: String,
    },
}

impl Keeper {
    /// Compares the log with its newest checkpoint.
    ///
    /// # Errors
    /// When the log is behind it or another one, or either cannot be read.
    pub async fn compare(&self) -> Result<Option<Signed>, KeepError> {
        // Read before the log: a gateway beside this one may sign a larger one meanwhile.
        let Some(newest) = self.directory.newest(&self.key())? else { return Ok(None) };
        let has = store::head(&self.db, &self.chain).await?.tree.size();
        self.require(has, &newest).await?;
        Ok(Some(newest))
    }

    /// Compares the log with every checkpoint that is kept: who signs a log that was written anew
    /// replaces the newest, and the older ones tell. Returns how many records there are, and the
    /// newest checkpoint.
    ///
    /// # Errors
    /// As [`compare`](Self::compare).
    pub async fn compare_with_all(&self) -> Result<(u64, Option<Signed>), KeepError> {
        let mut all = self.directory.all(&self.key())?;
        let has = store::head(&self.db, &self.chain).await?.tree.size();
        for signed in all.iter().rev() {
            self.require(has, signed).await?;
        }
        Ok((has, all.pop()))
    }

    /// Compares the log with its newest checkpoint, and has the writer hold on to what is there: what
    /// it writes follows that, or is not written.
    ///
    /// # Errors
    /// As [`compare`](Self::compare).
    pub async fn vouch(&self, audit: &AuditWriter) -> Result<(), KeepError> {
        self.compare().await?;
        let head = store::head(&self.db, &self.chain).await?;
        if head.seq > 0 {
            audit.found(Recorded { place: head.seq, hash: head.hash });
        }
        Ok(())
    }

    /// Whether a log of so many records begins with what was signed.
    async fn require(&self, has: u64, signed: &Signed) -> Result<(), KeepError> {
        let Checkpoint { size, root, .. } = &signed.checkpoint;
        if has < *size {
            return Err(KeepError::Behind { has, signed: *size, place: self.place() });
        }
        if !self.holds(*size, root).await? {
            return Err(KeepError::Forked { signed: *size, place: self.place() });
        }
        Ok(())
    }

    /// Whether the first `size` records have this root. The last of them is read, whatever is
    /// remembered: the chain makes it depend on all before.
    async fn holds(&self, size: u64, root: &tree::Hash) -> Result<bool, LogError> {
        let Some(index) = size.checked_sub(1) else { return Ok(*root == tree::empty()) };
        for leaves in [Leaves::remembering(&self.db), Leaves::new(&self.db)] {
            let leaf = tree::leaf(&leaves.record(index).await?);
            let path = leaves.roots(inclusion(index, size)).await?;
            if is_included(&leaf, index, size, &path, root) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Signs what the log is now and keeps it, unless that was done already.
    ///
    /// # Errors
    /// When the log does not begin with the one that was signed last, or either cannot be read or
    /// written.
    pub async fn checkpoint(&self) -> Result<Signed, KeepError> {
        let newest = self.directory.latest(&self.key())?;
        let head = store::head(&self.db, &self.chain).await?;
        let (size, root) = (head.tree.size(), head.tree.root());
        if let Some(newest) = newest {
            let signed = newest.checkpoint.size;
            if size < signed {
                return Err(KeepError::Behind { has: size, signed, place: self.place() });
            }
            if !self.begins_with(&newest.checkpoint, size, &root).await? {
                return Err(KeepError::Forked { signed, place: self.place() });
            }
            if size == signed {
                return Ok(newest);
            }
        }
        let origin = self.key().name().to_owned();
        let signed = Checkpoint { origin, size, root }.sign(&self.signer, self.now());
        self.keep(&signed).await?;
        store::remember(&self.db, size).await?;
        Ok(signed)
    }

    async fn begins_with(
        &self,
        older: &Checkpoint,
        size: u64,
        root: &tree::Hash,
    ) -> Result<bool, LogError> {
        for leaves in [Leaves::remembering(&self.db), Leaves::new(&self.db)] {
            let path = leaves.roots(consistency(older.size, size)).await?;
            if is_consistent((older.size, &older.root), (size, root), &path) {
                return Ok(true);
            }
            // Made of the records alone, it may hold.
            store::forget(&self.db).await?;
        }
        Ok(false)
    }

    /// Asks each witness whether it cosigns the log as it is now: by name, what it said. Nothing is
    /// kept of it here.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn ask_witnesses(
        &self,
    ) -> Result<Vec<(String, Result<(), WitnessError>)>, KeepError> {
        let tree = store::head(&self.db, &self.chain).await?.tree;
        let origin = self.key().name().to_owned();
        let checkpoint = Checkpoint { origin, size: tree.size(), root: tree.root() };
        let signed = checkpoint.sign(&self.signer, self.now());
        let mut said = Vec::new();
        for witness in &self.witnesses {
            let mut answer = witness.cosign(&signed, &Leaves::remembering(&self.db)).await;
            if matches!(answer, Err(WitnessError::Forked)) {
                // What is remembered is no authority, also against oneself.
                answer = witness.cosign(&signed, &Leaves::new(&self.db)).await;
            }
            said.push((witness.name().to_owned(), answer.map(|_| ())));
        }
        Ok(said)
    }

    /// Has the witnesses cosign a checkpoint, and keeps what they signed.
    ///
    /// # Errors
    /// When it cannot be kept; witnesses that do not cosign are logged.
    pub async fn cosign(&self, mut signed: Signed) -> Result<Signed, KeepError> {
        let mut asked = JoinSet::new();
        for witness in &self.witnesses {
            if matches!(signed.note.verified_by(witness.key()), Ok(Some(_))) {
                continue;
            }
            let (witness, signed, db) = (witness.clone(), signed.clone(), self.db.clone());
            asked.spawn(async move {
                let cosigned = witness.cosign(&signed, &Leaves::remembering(&db)).await;
                (witness, cosigned)
            });
        }
        let mut more = false;
        while let Some(answered) = asked.join_next().await {
            match answered {
                Ok((_, Ok(cosignature))) => {
                    signed.note.signatures.push(cosignature);
                    more = true;
                }
                Ok((witness, Err(error @ (WitnessError::Ahead(_) | WitnessError::Forked)))) => {
                    tracing::error!(witness = witness.name(), %error, "not cosigned");
                }
                Ok((witness, Err(error))) => {
                    tracing::warn!(witness = witness.name(), %error, "not cosigned");
                }
                Err(_) => {}
            }
        }
        if more {
            self.keep(&signed).await?;
        }
        Ok(signed)
    }

    /// Keeps checkpoints for as long as it is polled.
    pub async fn run(&self, audit: &AuditWriter, every: Duration) {
        tokio::join!(self.look(audit), self.sign(audit, every));
    }

    /// Signs what the log is at the end, when all records are committed.
    pub async fn close(&self) {
        match self.checkpoint().await {
            Ok(signed) => {
                let _ = timeout(LAST_WORD, self.cosign(signed)).await;
            }
            Err(error) => tracing::error!(%error, "no checkpoint at the stop"),
        }
    }

    async fn sign(&self, audit: &AuditWriter, every: Duration) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if audit.is_lost() {
                continue;
            }
            let kept = match self.checkpoint().await {
                Ok(signed) => self.cosign(signed).await.map(|_| ()),
                Err(error) => Err(error),
            };
            match kept {
                Ok(()) => {}
                Err(error @ (KeepError::Behind { .. } | KeepError::Forked { .. })) => {
                    audit.lose(&error.to_string());
                }
                Err(error) => tracing::warn!(%error, "no checkpoint"),
            }
        }
    }

    async fn look(&self, audit: &AuditWriter) {
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // A database that is away is told of elsewhere.
            let _ = timeout(LOOK_EVERY, audit.look(&self.db)).await;
        }
    }

    async fn keep(&self, signed: &Signed) -> Result<(), DirectoryError> {
        let (directory, signed, key) = (self.directory.clone(), signed.clone(), self.key());
        let now = self.clock.now();
        // It waits for the disk.
        let kept = tokio::task::spawn_blocking(move || directory.keep(&signed, &key, now)).await;
        kept.unwrap_or_else(|error| {
            Err(DirectoryError::File(self.directory.path().into(), std::io::Error::other(error)))
        })
    }

    fn key(&self) -> VerifierKey {
        self.signer.verifier(Kind::Plain)
    }

    fn place(&self) -> String {
        self.directory.path().display().to_string()
    }

    fn now(&self) -> u64 {
        u64::try_from(self.clock.now().timestamp()).unwrap_or(0)
    }
}
