//! One batch, one transaction: link the records to the head of the chain, insert them, move the
//! head.

mod change;
mod postgres;
mod sqlite;

use std::convert::Infallible;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, DbBackend, DbErr};

pub use change::CHANNEL;

use super::chain::{self, ChainKey};
use super::change::{Change, ChangeError};
use super::receipt::Recorded;
use super::record::{Draft, Entry};

/// The end of the chain: the last place given out, and its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Head {
    seq: i64,
    hash: String,
}

/// Commits batches, all or nothing, each durably.
#[derive(Debug)]
pub(super) struct Committer {
    db: DatabaseConnection,
    /// PostgreSQL's way with many records at once; none on SQLite.
    postgres: Option<postgres::Committer>,
}

impl Committer {
    /// Commits over this connection.
    pub fn new(db: DatabaseConnection) -> Self {
        let is_postgres = db.get_database_backend() == DbBackend::Postgres;
        Self { postgres: is_postgres.then(|| postgres::Committer::new(&db)), db }
    }

    /// Commits a batch and returns the place of its first record.
    ///
    /// # Errors
    /// When nothing was committed, or nothing is known of the outcome.
    pub async fn commit(
        &mut self,
        key: &ChainKey,
        entries: &mut [Entry],
        within: Duration,
    ) -> Result<i64, DbErr> {
        match &mut self.postgres {
            Some(committer) => committer.commit(key, entries, within).await,
            None => sqlite::commit(&self.db, key, entries).await,
        }
    }

    /// Commits a change with its record and returns where the record stands.
    ///
    /// # Errors
    /// When the change refused itself, or nothing was committed or nothing is known of the outcome.
    pub async fn change(
        &mut self,
        key: &ChainKey,
        draft: Draft,
        change: &dyn Change,
        now: DateTime<Utc>,
    ) -> Result<Recorded, ChangeError> {
        change::commit(&self.db, key, draft, change, now).await
    }

    /// To be polled while there is nothing to commit.
    pub async fn idle(&mut self) -> Infallible {
        match &mut self.postgres {
            Some(committer) => committer.idle().await,
            None => std::future::pending().await,
        }
    }
}

/// Gives every entry its place and hash; returns the head after them.
fn chain_up(key: &ChainKey, head: &Head, entries: &mut [Entry]) -> Head {
    let mut head = head.clone();
    for Entry { record, .. } in entries {
        head.seq += 1;
        let hash = chain::link(key, &head.hash, head.seq, record);
        record.seq = head.seq;
        record.previous_hash = std::mem::replace(&mut head.hash, hash.clone());
        record.hash = hash;
    }
    head
}
