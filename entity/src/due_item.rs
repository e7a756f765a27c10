//! 到期事项: what is due to a person by a rule, stored so that lists of it are served by an index.
//!
//! Derived values: worked out of their sources by the functions of the crate `rules`, never edited.

use sea_orm::entity::prelude::*;

/// One row: one thing that is, or will be, due to one person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "due_item")]
pub struct Model {
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// The worklist: `RECORD_DUE`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub list: String,
    /// Which of the person's items on the list, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// Where the person lives, as the person's row has it.
    pub unit_id: i64,
    /// The key of the row that it rests on; null where it rests on there being none.
    pub rests_on: Option<i64>,
    /// The first day on the list.
    pub listed_from: Date,
    /// The day from which it is off the list by the calendar alone; null where only what closes it ends it.
    pub listed_until: Option<Date>,
    /// When it is due.
    pub due_on: Date,
    /// The first day of the month in which it is due: what those are ordered by who see the month alone.
    pub due_month: Date,
    /// The first day on which it is overdue.
    pub overdue_from: Date,
    /// The last contact with the person in this matter.
    pub last_contact: Option<Date>,
    /// Whether a contraindication keeps it from the list of those who would give the dose.
    pub withheld: bool,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
