//! 幂等键: keys by which callers name an act, so that one that is sent twice is done once.

use sea_orm::entity::prelude::*;

/// One row: one act of one caller.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "act_key")]
pub struct Model {
    /// The issuer that knows the caller by its name.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub issuer: String,
    /// The acting officer, or the subject of the token.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub subject: String,
    /// The caller's key.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub client_key: String,
    /// The act.
    #[sea_orm(column_type = "Text")]
    pub act: String,
    /// HMAC-SHA-256 over what was asked for, in hex: it holds no personal value.
    #[sea_orm(column_type = "Text")]
    pub digest: String,
    /// The key of what it made.
    pub target: i64,
    /// When.
    pub at: DateTimeUtc,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
