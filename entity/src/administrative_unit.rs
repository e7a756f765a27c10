//! 管理单元: a node of the tree of administrative units, with its validity.
//!
//! Not GB/T 2260: 长白山管委会 has no code there, and 公主岭 moved between prefectures. A unit's
//! descendants hold the identifiers from its own to `subtree_end`, so a row scope is one range.

use sea_orm::entity::prelude::*;

/// How many identifiers a county spans: a person's `residence_unit_id / COUNTY_SPAN` is the number
/// of its county.
pub const COUNTY_SPAN: i64 = 1_000_000;

/// One row: a unit under one parent for one span of time.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "administrative_unit")]
pub struct Model {
    /// The preorder number; room is left for units to come.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The code tokens name; a unit that moved has one row for each parent.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    /// The Chinese name.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// province, prefecture, county, street or community.
    #[sea_orm(column_type = "Text")]
    pub level: String,
    /// What sort of unit it is.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// The unit above.
    pub parent_id: Option<i64>,
    /// The largest identifier below.
    pub subtree_end: i64,
    /// In force from this day.
    pub valid_from: Option<Date>,
    /// In force until the day before.
    pub valid_until: Option<Date>,
}

impl Model {
    /// Whether it is in force on a day.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day)
            && self.valid_until.is_none_or(|until| day < until)
    }
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
