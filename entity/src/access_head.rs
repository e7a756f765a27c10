//! 访问记录链头: the last link of the chain; writers take turns on it.

use sea_orm::entity::prelude::*;

/// One row, with the key 1.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_head")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The last place given out.
    pub seq: i64,
    /// The hash of the last record, in hex.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
    /// The place from which on the instants of records never run backwards: what is before was
    /// written by a version that did not see to it.
    pub ordered_from: i64,
    /// How many records the tree below has: all, but where an older version wrote the last ones.
    pub tree_size: i64,
    /// The frontier of the Merkle tree over the records' hashes, in hex behind its HMAC.
    #[sea_orm(column_type = "Text")]
    pub tree: String,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
