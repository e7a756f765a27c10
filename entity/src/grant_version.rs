//! 授权版本: what each version of the grants was; append-only.

use sea_orm::entity::prelude::*;

/// One row: one version.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grant_version")]
pub struct Model {
    /// The version, as grants carry it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    /// When it was made.
    pub at: DateTimeUtc,
    /// The proposal that was approved; none for the first grants and for revocations.
    pub proposal_id: Option<i64>,
    /// What it changed, in a line.
    #[sea_orm(column_type = "Text")]
    pub summary: String,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
