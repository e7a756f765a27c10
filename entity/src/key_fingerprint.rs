//! 密钥指纹: which keys a database belongs to.

use sea_orm::entity::prelude::*;

/// One row: the fingerprint of one key.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "key_fingerprint")]
pub struct Model {
    /// Which key: `master`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub name: String,
    /// Derived from the key, in hex; tells nothing of it.
    #[sea_orm(column_type = "Text")]
    pub fingerprint: String,
    /// Since when the database belongs to it.
    pub since: DateTimeUtc,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
