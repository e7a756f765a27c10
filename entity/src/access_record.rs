//! 访问记录: one entry of the hash chain for every request answered or refused.

use chrono::SecondsFormat;
use sea_orm::entity::prelude::*;
use serde::{Serialize, Serializer};

/// One row: who asked, for what purpose, which fields, with what outcome. No personal values.
///
/// It is serialized as exports write it: all that its hash is over, and no person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[serde(rename_all = "camelCase")]
#[sea_orm(table_name = "access_record")]
pub struct Model {
    /// Place in the chain, from 1.
    #[serde(rename = "record")]
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When.
    #[serde(serialize_with = "to_the_microsecond")]
    pub at: DateTimeUtc,
    /// The subject of the token.
    #[sea_orm(column_type = "Text")]
    pub caller: String,
    /// The `jti` of the token.
    #[sea_orm(column_type = "Text")]
    pub token_id: String,
    /// Role code.
    #[sea_orm(column_type = "Text")]
    pub role: String,
    /// Department code.
    #[sea_orm(column_type = "Text")]
    pub department: String,
    /// Unit code.
    #[sea_orm(column_type = "Text")]
    pub unit: String,
    /// Organization code.
    #[sea_orm(column_type = "Text", nullable)]
    pub organization: Option<String>,
    /// Purpose code.
    #[sea_orm(column_type = "Text", nullable)]
    pub purpose: Option<String>,
    /// Operation name.
    #[sea_orm(column_type = "Text", nullable)]
    pub operation: Option<String>,
    /// SHA-256 of the document, in hex.
    #[sea_orm(column_type = "Text")]
    pub document_hash: String,
    /// The version of the grants that decided.
    pub grants_version: i64,
    /// `allowed`, or the code of the refusal.
    #[sea_orm(column_type = "Text")]
    pub decision: String,
    /// `Kind.field:level` of everything asked for, sorted, separated by spaces.
    #[sea_orm(column_type = "Text")]
    pub fields: String,
    /// Whether the access itself tells of specially protected data (C4): who is asked for by an
    /// HIV desk needs no further field to be told of.
    pub protected: bool,
    /// How many rows were read for the answer.
    pub row_count: i64,
    /// How many persons the answer tells of.
    pub subject_count: i64,
    /// SHA-256 over the sorted person keys, in hex; where persons were shown different fields, over
    /// what of them was, too.
    #[sea_orm(column_type = "Text")]
    pub subjects_digest: String,
    /// Of an administrative act: what it did, to what, before and after, as JSON.
    #[sea_orm(column_type = "Text", nullable)]
    pub change: Option<String>,
    /// Where not all of the fields were shown or tested of every person: the sets that were, each
    /// with a digit for each of the fields in their order, 1 for those in the set. Which of several
    /// is whose stands with the persons.
    #[sea_orm(column_type = "Text", nullable)]
    pub shown: Option<String>,
    /// The hash of the record before, in hex.
    #[sea_orm(column_type = "Text")]
    pub previous_hash: String,
    /// HMAC-SHA-256 over the previous hash and this record, in hex.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// RFC 3339, in one spelling.
fn to_the_microsecond<S: Serializer>(at: &DateTimeUtc, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Micros, true))
}
