//! Cases as they are kept.
#![expect(clippy::disallowed_methods, reason = "cases name accesses, and nobody by a value")]

use entity::audit_case::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, QueryFilter as _, QueryOrder,
};

/// The cases of some units, the newest first; those that were rejected or are over, too.
///
/// # Errors
/// When the database cannot be read.
pub async fn cases(db: &impl ConnectionTrait, units: (i64, i64)) -> Result<Vec<Model>, DbErr> {
    let (first, last) = units;
    let of_units = Entity::find().filter(Column::UnitId.between(first, last));
    of_units.order_by_desc(Column::Id).all(db).await
}

/// One case.
///
/// # Errors
/// When the database cannot be read.
pub async fn case(db: &impl ConnectionTrait, id: i64) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The records that a case concerns. One that cannot be read concerns none.
pub fn records(row: &Model) -> Vec<i64> {
    serde_json::from_str(&row.records).unwrap_or_default()
}
