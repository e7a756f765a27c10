//! 访问记录的数据主体: one entry for each person whose data was in an answer.

use sea_orm::entity::prelude::*;

/// One row: one person of one access record.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_subject")]
pub struct Model {
    /// The access record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// Which of the record's sets of fields was shown or tested of the person, from 1, where it has
    /// several.
    #[sea_orm(column_type = "SmallInteger", nullable)]
    pub shown: Option<i16>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
