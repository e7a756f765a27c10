//! 待复算人员: persons whose due items a coming day changes otherwise than by its date alone.

use sea_orm::entity::prelude::*;

/// One row: one person, to be worked out anew.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "due_recheck")]
pub struct Model {
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// From which day on: an arrival or a departure that was registered ahead.
    pub from_day: Date,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
