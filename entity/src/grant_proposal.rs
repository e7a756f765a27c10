//! 授权提案: cells of the grant matrix that a steward wants set; append-only.

use sea_orm::entity::prelude::*;

/// One row: one proposal. Its status follows from its decisions, its version and the time.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grant_proposal")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The version of the grants that it was made against.
    pub base_version: i64,
    /// When.
    pub proposed_at: DateTimeUtc,
    /// The subject of the proposer's token.
    #[sea_orm(column_type = "Text")]
    pub proposer: String,
    /// The proposer's role code.
    #[sea_orm(column_type = "Text")]
    pub proposer_role: String,
    /// The proposer's department code.
    #[sea_orm(column_type = "Text")]
    pub department: String,
    /// Why it is needed (PIPL 6, 28).
    #[sea_orm(column_type = "Text")]
    pub necessity: String,
    /// The cells it sets, as a JSON list.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// Dead from this instant unless approved before.
    pub expires_at: DateTimeUtc,
    /// The version that it would bring back.
    pub restores_version: Option<i64>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
