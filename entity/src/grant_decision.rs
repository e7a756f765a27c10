//! 授权审批: what a steward decided on a proposal; append-only.

use sea_orm::entity::prelude::*;

/// One row: one decision. Nobody decides twice on one proposal.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grant_decision")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The proposal.
    pub proposal_id: i64,
    /// When.
    pub at: DateTimeUtc,
    /// The subject of the token.
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    /// Role code.
    #[sea_orm(column_type = "Text")]
    pub role: String,
    /// Department code.
    #[sea_orm(column_type = "Text")]
    pub department: String,
    /// approve, reject or withdraw.
    #[sea_orm(column_type = "Text")]
    pub decision: String,
    /// What the steward had to say.
    #[sea_orm(column_type = "Text")]
    pub note: String,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
