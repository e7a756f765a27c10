//! 已撤销令牌: a token that is refused before it expires.

use sea_orm::entity::prelude::*;

/// One row: one token; of no use any more once the token has expired.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revoked_token")]
pub struct Model {
    /// The token's `iss`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub issuer: String,
    /// The token's `jti`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub jti: String,
    /// The token's `exp`.
    pub expires_at: DateTimeUtc,
    /// When it was taken back.
    pub revoked_at: DateTimeUtc,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
