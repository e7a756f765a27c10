//! 管理单元的地域: the GB/T 2260 or statistical codes a unit covers.

use sea_orm::entity::prelude::*;

/// One row: one code of one unit.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "administrative_unit_area")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The unit.
    pub unit_id: i64,
    /// GB/T 2260 code, or the statistical code of a street.
    #[sea_orm(column_type = "Text")]
    pub region_code: String,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
