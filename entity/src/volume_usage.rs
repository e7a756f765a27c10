//! 读取量: how many persons' data a principal read in an hour.

use sea_orm::entity::prelude::*;

/// One row: one principal in one role in one hour.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "volume_usage")]
pub struct Model {
    /// The issuer that knows the principal by its name.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub issuer: String,
    /// The acting officer, or the subject of the token.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub subject: String,
    /// Role code.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub role: String,
    /// Hours since 1970.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hour: i64,
    /// Grows with every change, in the order of commits.
    pub revision: i64,
    /// Rows of address histories that nothing explains.
    pub unexplained_movement: i64,
    /// Rows of health that nothing explains.
    pub unexplained_health: i64,
    /// Rows of identity and residence that nothing explains.
    pub unexplained_identity: i64,
    /// Rows of address histories that something on file explains.
    pub explained_movement: i64,
    /// Rows of health that something on file explains.
    pub explained_health: i64,
    /// Rows of identity and residence that something on file explains.
    pub explained_identity: i64,
    /// Rows of address histories within a contract.
    pub contracted_movement: i64,
    /// Rows of health within a contract.
    pub contracted_health: i64,
    /// Rows of identity and residence within a contract.
    pub contracted_identity: i64,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
