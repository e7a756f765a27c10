//! 紧急访问落空: an attempt to open an emergency for somebody who is not there.

use sea_orm::entity::prelude::*;

/// One row: one attempt. Holds nothing of what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "break_glass_miss")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The issuer that knows the clinician by their name.
    #[sea_orm(column_type = "Text")]
    pub issuer: String,
    /// The clinician: the acting officer, or the subject of the token.
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    /// When.
    pub at: DateTimeUtc,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
