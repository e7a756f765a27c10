//! 已用断言: an assertion that a client proved itself with, which nobody can use again.

use sea_orm::entity::prelude::*;

/// One row: one assertion; of no use any more once the assertion has expired.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "used_assertion")]
pub struct Model {
    /// Whose it was.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub client_id: String,
    /// The assertion's `jti`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub jti: String,
    /// The assertion's `exp`, with the leeway it is accepted after it.
    pub expires_at: DateTimeUtc,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
