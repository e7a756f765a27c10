//! 责任对象: persons in the care or on the books of an organization.

use sea_orm::entity::prelude::*;

/// One row: one person with one organization, for a time.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "caseload")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The person.
    pub person_id: i64,
    /// The organization.
    pub organization_id: i64,
    /// First day.
    pub started_on: Date,
    /// The day it ended; open while null.
    pub ended_on: Option<Date>,
    /// The number of the contract by which the organization was entrusted with the case (PIPL 21).
    #[sea_orm(column_type = "Text", nullable)]
    pub contract: Option<String>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
