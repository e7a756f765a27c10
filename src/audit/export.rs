//! Passes the records of a period on, each checked against the one before it.

use entity::access_record;
use sea_orm::{DatabaseConnection, DbErr};
use serde::{Deserialize, Serialize};

use super::{
    chain::{self, ChainKey},
    period::Period,
    rows,
};
use crate::secrets::Secrets;

/// What ties an export to the chain.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// How many records were exported.
    pub records: u64,
    /// The place of the first one.
    pub first_record: Option<i64>,
    /// The hash before it.
    pub first_previous_hash: Option<String>,
    /// The place of the last one.
    pub last_record: Option<i64>,
    /// Its hash.
    pub last_hash: Option<String>,
    /// Whether every record between first and last was exported, each linked to the one before it
    /// under the key of the chain.
    pub intact: bool,
    /// The first record that was not, where one was not.
    pub broken_at: Option<i64>,
    /// The place of the last record of the chain.
    pub head_record: i64,
    /// Its hash.
    pub head_hash: String,
}

/// Passes the records of a period on, the first first, in bounded memory.
///
/// # Errors
/// When the database cannot be read, or `take` fails.
pub async fn export<E: From<DbErr>>(
    db: &DatabaseConnection,
    secrets: &Secrets,
    period: Period,
    mut take: impl FnMut(access_record::Model) -> Result<(), E>,
    mut progress: impl FnMut(u64, u64),
) -> Result<Proof, E> {
    let key = ChainKey::derive(secrets);
    let head = rows::head(db).await?;
    let (first, last) = period.places(db).await?;
    let mut proof = Proof { intact: true, ..Proof::default() };
    if let Some(head) = head {
        (proof.head_record, proof.head_hash) = (head.seq, head.hash);
    }
    let mut after = first - 1;
    while after < last {
        let page = rows::page(db, Some(after), last).await?;
        let Some(end) = page.last() else { break };
        after = end.seq;
        for row in page {
            match row.record {
                Some(record) if period.contains(record.at) => {
                    proof.follow(&key, &record);
                    take(record)?;
                }
                Some(_) => {}
                // What cannot be read is not exported, and the proof says so.
                None => proof.break_at(row.seq),
            }
        }
        progress((after - first + 1).unsigned_abs(), (last - first + 1).unsigned_abs());
    }
    Ok(proof)
}

impl Proof {
    fn follow(&mut self, key: &ChainKey, record: &access_record::Model) {
        let follows = match (self.last_record, &self.last_hash) {
            (Some(last), Some(hash)) => record.seq == last + 1 && record.previous_hash == *hash,
            _ => {
                self.first_record = Some(record.seq);
                self.first_previous_hash = Some(record.previous_hash.clone());
                true
            }
        };
        if !follows || !chain::is_as_written(key, record) {
            self.break_at(record.seq);
        }
        self.records += 1;
        self.last_record = Some(record.seq);
        self.last_hash = Some(record.hash.clone());
    }

    fn break_at(&mut self, seq: i64) {
        self.intact = false;
        self.broken_at.get_or_insert(seq);
    }
}
