//! 读取量告警: somebody read three times what is usual for the role.

use sea_orm::entity::prelude::*;

/// One row: one alarm.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "volume_alarm")]
pub struct Model {
    /// When.
    #[sea_orm(primary_key, auto_increment = false)]
    pub at: DateTimeUtc,
    /// The issuer that knows the principal by its name.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub issuer: String,
    /// The acting officer, or the subject of the token.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub subject: String,
    /// Role code.
    #[sea_orm(column_type = "Text")]
    pub role: String,
    /// MOVEMENT, HEALTH or IDENTITY.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub category: String,
    /// Explained rows of the 24 hours before.
    pub rows: i64,
    /// What is usual for the role, rounded.
    pub usual: i64,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
