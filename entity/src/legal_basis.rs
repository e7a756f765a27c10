//! 法律依据: a law a grant rests on, with the dates it is in force.

use sea_orm::entity::prelude::*;

/// One row: one article of one law.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legal_basis")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The code grants name.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    /// Title and article.
    #[sea_orm(column_type = "Text")]
    pub law: String,
    /// statute, regulation, or policy: a policy paper is no basis (PIPL 34).
    #[sea_orm(column_type = "Text")]
    pub instrument: String,
    /// In force from this instant.
    pub in_force_from: DateTimeUtc,
    /// Dead from this instant.
    pub in_force_until: Option<DateTimeUtc>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
