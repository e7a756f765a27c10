//! 到期事项计算进度: how far due items were worked out, and by which rules.

use sea_orm::entity::prelude::*;

/// The one row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "due_refresh")]
pub struct Model {
    /// 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The version of the rules that a pass over everybody goes by.
    #[sea_orm(column_type = "Text")]
    pub rules: String,
    /// The key up to which that pass has come.
    pub through: i64,
    /// The day on which it came to its end; null while it is under way.
    pub completed_on: Option<Date>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
