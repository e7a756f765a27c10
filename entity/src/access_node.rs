//! 访问记录树结点: roots of complete subtrees of the log, remembered so that proofs are quick.

use sea_orm::entity::prelude::*;

/// One root. What is not here is computed from the records, and what is here is verified by every
/// proof that uses it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_node")]
pub struct Model {
    /// The subtree has `2^height` leaves.
    #[sea_orm(primary_key, auto_increment = false)]
    pub height: i64,
    /// Its number among those of its height, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// Its root, in hex.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
