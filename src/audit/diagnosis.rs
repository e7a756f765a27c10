//! What happened to a chain at the first place where it does not hold.

use entity::access_record::Model;
use sea_orm::{DatabaseConnection, DbErr};

use super::chain::{self, ChainKey, GENESIS};
use super::rows::{self, Row};
use super::verify::Finding;

/// How far beyond the head a record's old place is looked for, after others were removed.
const BEYOND: i64 = 1000;

/// The last place that holds, and its hash.
pub(super) struct ChainPosition {
    pub seq: i64,
    pub hash: String,
}

impl ChainPosition {
    /// Before the first record.
    pub fn start() -> Self {
        Self { seq: 0, hash: GENESIS.into() }
    }

    /// The record, if it is the very one that was written next.
    pub fn followed_by<'r>(&self, key: &ChainKey, row: &'r Row) -> Option<&'r Model> {
        row.record
            .as_ref()
            .filter(|record| record.seq == self.seq + 1 && self.is_before(key, record))
    }

    /// Whether the record was written right after this place, wherever it stands now.
    fn is_before(&self, key: &ChainKey, record: &Model) -> bool {
        record.previous_hash == self.hash
            && record.hash == chain::link(key, &self.hash, self.seq + 1, record)
    }
}

/// Names what is wrong with `row`, which is found after `place` and does not follow it; `None` is
/// the end of the records, before the head's number.
///
/// Two questions decide. Is the record that belongs here somewhere else? And was the record that
/// stands here written for another place?
pub(super) async fn diagnose(
    db: &DatabaseConnection,
    key: &ChainKey,
    place: &ChainPosition,
    row: Option<&Row>,
    head: i64,
) -> Result<(i64, Finding), DbErr> {
    let expected = place.seq + 1;
    if let Some(row) = row
        && row.seq < expected
    {
        // Pages come in order, so this is a number below the first.
        return Ok((row.seq, Finding::Inserted));
    }
    let candidates = rows::naming(db, &place.hash).await?;
    let displaced = candidates
        .iter()
        .filter_map(|candidate| candidate.record.as_ref())
        .any(|record| place.is_before(key, record));
    let Some(row) = row else {
        let finding = if displaced { Finding::OutOfOrder } else { Finding::HeadMismatch };
        return Ok((expected, finding));
    };
    if row.seq > expected {
        let finding = if displaced { Finding::OutOfOrder } else { Finding::Missing };
        return Ok((expected, finding));
    }
    let written_for = match &row.record {
        Some(record) => written_for(key, record, expected, head.saturating_add(BEYOND)).await,
        None => None,
    };
    let finding = match (displaced, written_for) {
        (true, Some(_)) => Finding::OutOfOrder,
        (true, None) => Finding::Inserted,
        // Rightly numbered, but on another past: a chain that was set back and written on.
        (false, Some(seq)) if seq == expected => Finding::OutOfOrder,
        // Removed, and those after it renumbered to close the gap.
        (false, Some(_)) => Finding::Missing,
        (false, None) => Finding::Altered,
    };
    Ok((expected, finding))
}

/// The place a record was written for. Costs no more than verifying the rest would have.
async fn written_for(key: &ChainKey, record: &Model, from: i64, through: i64) -> Option<i64> {
    for seq in from..=through {
        if chain::link(key, &record.previous_hash, seq, record) == record.hash {
            return Some(seq);
        }
        if seq % 1024 == 0 {
            tokio::task::yield_now().await;
        }
    }
    None
}
