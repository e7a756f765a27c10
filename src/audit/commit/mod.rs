//! One batch, one transaction: link the records to the head of the chain, insert them, move the
//! head.

mod postgres;
mod sqlite;

use std::convert::Infallible;
use std::time::Duration;

use sea_orm::{DatabaseConnection, DbBackend, DbErr};

use super::chain::{self, ChainKey};
use super::record::Entry;

/// The end of the chain: the last place given out, and its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Head {
    seq: i64,
    hash: String,
}

/// Commits batches, all or nothing, each durably.
#[derive(Debug)]
pub(super) enum Committer {
    Postgres(postgres::Committer),
    Sqlite(DatabaseConnection),
}

impl Committer {
    /// Commits over this connection.
    pub fn new(db: DatabaseConnection) -> Self {
        match db.get_database_backend() {
            DbBackend::Postgres => Self::Postgres(postgres::Committer::new(&db)),
            _ => Self::Sqlite(db),
        }
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
        match self {
            Self::Postgres(committer) => committer.commit(key, entries, within).await,
            Self::Sqlite(db) => sqlite::commit(db, key, entries).await,
        }
    }

    /// To be polled while there is nothing to commit.
    pub async fn idle(&mut self) -> Infallible {
        match self {
            Self::Postgres(committer) => committer.idle().await,
            Self::Sqlite(_) => std::future::pending().await,
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
