//! 机构: clinic, police station, office; what a token acts for.

use sea_orm::entity::prelude::*;

/// One row: one organization.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organization")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The code tokens name.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    /// The Chinese name.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// What sort of organization it is.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// The department it belongs to.
    #[sea_orm(column_type = "Text")]
    pub department: String,
    /// Where it works.
    pub unit_id: i64,
    /// The number of the contract by which it handles data for others (PIPL 21).
    #[sea_orm(column_type = "Text", nullable)]
    pub contract: Option<String>,
    /// The day on which the contract does not hold any more; without it there is no contract.
    pub contract_ends_on: Option<Date>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
