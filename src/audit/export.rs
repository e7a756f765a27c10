//! Passes the records of a period on, each checked against the one before it.

use chrono::SecondsFormat;
use entity::access_record;
use sea_orm::{DatabaseConnection, DbErr};
use serde::{Deserialize, Serialize};

use super::{
    chain::{self, ChainKey},
    period::Period,
    rows,
};
use crate::secrets::Secrets;

/// A record as exports write it: all that its hash is over, and no person.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Its place in the chain.
    pub record: i64,
    /// When (RFC 3339, to the microsecond).
    pub at: String,
    /// The subject of the token.
    pub caller: String,
    /// The `jti` of the token.
    pub token_id: String,
    /// Role code.
    pub role: String,
    /// Department code.
    pub department: String,
    /// Unit code.
    pub unit: String,
    /// Organization code.
    pub organization: Option<String>,
    /// Purpose code.
    pub purpose: Option<String>,
    /// Operation name.
    pub operation: Option<String>,
    /// SHA-256 of the document, in hex.
    pub document_hash: String,
    /// The version of the grants that decided.
    pub grants_version: i64,
    /// `allowed`, or the code of the refusal.
    pub decision: String,
    /// `Kind.field:level` of everything asked for.
    pub fields: String,
    /// Whether the access tells of specially protected data.
    pub protected: bool,
    /// How many rows were read.
    pub row_count: i64,
    /// How many persons the answer tells of.
    pub subject_count: i64,
    /// SHA-256 over their keys, in hex.
    pub subjects_digest: String,
    /// Of an act: what it did, as JSON.
    pub change: Option<String>,
    /// The hash of the record before.
    pub previous_hash: String,
    /// The record's hash.
    pub hash: String,
}

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
    mut take: impl FnMut(Line) -> Result<(), E>,
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
                    take(Line::from(record))?;
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

impl From<access_record::Model> for Line {
    fn from(record: access_record::Model) -> Self {
        Line {
            record: record.seq,
            at: record.at.to_rfc3339_opts(SecondsFormat::Micros, true),
            caller: record.caller,
            token_id: record.token_id,
            role: record.role,
            department: record.department,
            unit: record.unit,
            organization: record.organization,
            purpose: record.purpose,
            operation: record.operation,
            document_hash: record.document_hash,
            grants_version: record.grants_version,
            decision: record.decision,
            fields: record.fields,
            protected: record.protected,
            row_count: record.row_count,
            subject_count: record.subject_count,
            subjects_digest: record.subjects_digest,
            change: record.change,
            previous_hash: record.previous_hash,
            hash: record.hash,
        }
    }
}
