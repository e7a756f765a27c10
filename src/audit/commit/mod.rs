//! One batch, one transaction: link the records to the head of the chain, insert them, move the
//! head.

mod change;
mod pen;
mod postgres;
mod sqlite;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, DbBackend, DbErr};

pub use change::CHANNEL;

use self::change::Failure;
use self::pen::Pen;
use self::postgres::may_pass;
use super::chain::{self, ChainKey};
use super::change::{Change, ChangeError};
use super::own::Own;
use super::receipt::Recorded;
use super::record::{Draft, Entry, to_microseconds};
use crate::clock::{Clock, SharedClock};
use crate::db;
use crate::log::store::{LogError, catch_up};
use crate::log::tree::{Frontier, leaf};
use crate::secrets::unhex;

/// How often a change is tried whose connection is lost on the way.
const ATTEMPTS: u32 = 3;

/// What `doctor` writes, in bytes, and how long it waits.
const PROBE_ROOM: usize = 64 * 1024;
const PROBE_WITHIN: Duration = Duration::from_secs(2);

/// The end of the chain: the last place given out, its hash, and its instant.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Head {
    seq: i64,
    hash: String,
    /// Taken from the last record, which the chain covers, and not kept beside it.
    at: DateTime<Utc>,
    /// The frontier of the Merkle tree over the records' hashes.
    tree: Frontier,
}

/// Commits batches, all or nothing, each durably.
pub(super) struct Committer {
    db: DatabaseConnection,
    pen: Pen,
    clock: SharedClock,
    store: Store,
}

/// Each database's way with records, on a connection of the committer's own. One on which anything
/// failed is closed: what it would still hold is not what the program believes.
enum Store {
    Sqlite(Box<sqlite::Store>),
    Postgres(Box<postgres::Store>),
}

/// Commits something that is no record where records are committed, as a gateway does that is asked
/// whether it is ready.
///
/// # Errors
/// When a record could not be committed either.
pub async fn can_commit(db: &DatabaseConnection) -> Result<(), DbErr> {
    Store::over(db).probe(PROBE_ROOM, PROBE_WITHIN).await
}

impl Store {
    fn over(db: &DatabaseConnection) -> Self {
        match db.get_database_backend() {
            DbBackend::Postgres => Self::Postgres(Box::new(postgres::Store::new(db))),
            _ => Self::Sqlite(Box::new(sqlite::Store::new(db))),
        }
    }

    async fn probe(&mut self, room: usize, within: Duration) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(store) => store.probe(room, within).await,
            Self::Postgres(store) => store.probe(room, within).await,
        }
    }
}

impl Committer {
    /// Commits over the database of this connection.
    pub fn new(db: DatabaseConnection, key: ChainKey, clock: SharedClock, own: Arc<Own>) -> Self {
        let store = Store::over(&db);
        Self { db, pen: Pen::new(key, own), clock, store }
    }

    /// Commits a batch and returns where its records stand, in its order.
    ///
    /// # Errors
    /// When nothing was committed, or nothing is known of the outcome.
    pub async fn commit(
        &mut self,
        entries: Vec<Entry>,
        within: Duration,
    ) -> Result<Vec<Recorded>, DbErr> {
        // Found out by the batch before, which failed: a copy of each to try again costs too much.
        self.complete_tree().await?;
        let entries = match &mut self.store {
            Store::Sqlite(store) => store.commit(&self.pen, entries).await?,
            Store::Postgres(store) => store.commit(&self.pen, entries, within).await?,
        };
        let recorded = |Entry { record, .. }| Recorded { place: record.seq, hash: record.hash };
        Ok(entries.into_iter().map(recorded).collect())
    }

    /// Commits a change with its record and returns where the record stands.
    ///
    /// What counts is not what the change's connection says of its commit, but that its record is
    /// found on another one.
    ///
    /// # Errors
    /// When the change refused itself, or nothing was committed or nothing is known of the outcome.
    pub async fn change(
        &mut self,
        draft: Draft,
        change: &dyn Change,
    ) -> Result<Recorded, ChangeError> {
        let mut attempts = 1;
        loop {
            match self.attempt(draft.clone(), change).await {
                Ok(recorded) => return Ok(recorded),
                Err(Failure::Refused(error)) => return Err(error.into()),
                Err(Failure::Database(error)) => {
                    let again = may_pass(&error) || self.complete_tree().await?;
                    if !again || attempts == ATTEMPTS {
                        return Err(error.into());
                    }
                    attempts += 1;
                }
            }
        }
    }

    /// Makes the frontier, where a head was found without: an older version wrote the last records,
    /// or somebody altered it. Tells whether it was so.
    async fn complete_tree(&mut self) -> Result<bool, DbErr> {
        if !self.pen.is_behind() {
            return Ok(false);
        }
        match catch_up(&self.db, &self.pen.key).await {
            Ok(()) => Ok(true),
            Err(LogError::Database(error)) => Err(error),
            Err(error) => Err(DbErr::Custom(error.to_string())),
        }
    }

    async fn attempt(&mut self, draft: Draft, change: &dyn Change) -> Result<Recorded, Failure> {
        // A server that is away is found out here at once; the pool would wait for it.
        self.reach().await?;
        let begun = change::begin(&self.db, &self.pen, self.clock.as_ref(), draft, change).await?;
        let (transaction, recorded) = begun;
        let acknowledged = transaction.commit().await;
        if self.is_kept(&recorded).await? {
            return Ok(recorded);
        }
        acknowledged?;
        // The connection believes what is not so.
        db::renew(&self.db).await;
        Err(DbErr::Custom("the record of a change is not where it was committed".into()).into())
    }

    /// Commits something that is no record, where records are committed and after waiting for
    /// whatever they would wait for. `room` is how much of the disk it takes, in bytes.
    ///
    /// # Errors
    /// When a record could not be committed either.
    pub async fn probe(&mut self, room: usize, within: Duration) -> Result<(), DbErr> {
        self.store.probe(room, within).await
    }

    async fn reach(&mut self) -> Result<(), DbErr> {
        match &mut self.store {
            Store::Sqlite(_) => Ok(()),
            Store::Postgres(store) => store.reach().await,
        }
    }

    async fn is_kept(&mut self, recorded: &Recorded) -> Result<bool, DbErr> {
        let kept = match &mut self.store {
            Store::Sqlite(store) => store.hash_at(recorded.place).await?,
            Store::Postgres(store) => store.hash_at(recorded.place).await?,
        };
        Ok(kept.is_some_and(|hash| hash == recorded.hash))
    }
}

/// Gives every entry its place and hash, and an instant not before the one of the entry before it;
/// returns the head after them.
#[expect(clippy::expect_used, reason = "links are 64 digits")]
fn chain_up(key: &ChainKey, head: &Head, entries: &mut [Entry]) -> Head {
    let mut head = head.clone();
    for Entry { record, .. } in entries {
        head.seq += 1;
        record.at = record.at.max(head.at);
        head.at = record.at;
        let hash = chain::link(key, &head.hash, head.seq, record);
        record.seq = head.seq;
        head.tree.push(leaf(&unhex(&hash).expect("links are 64 digits")));
        record.previous_hash = std::mem::replace(&mut head.hash, hash.clone());
        record.hash = hash;
    }
    head
}

/// The instant of a change: now, but never before the head's. Whoever acts after another sees the
/// other's act as past, on whichever gateway and whatever its clock says.
fn instant_after(head: &Head, clock: &dyn Clock) -> DateTime<Utc> {
    to_microseconds(clock.now()).max(head.at)
}

/// The error of a pool that was closed: whoever closes the database wants no more records in it.
fn closed() -> DbErr {
    DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::ConnectionClosed)
}
