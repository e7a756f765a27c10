//! Some columns of a table's rows, and no others: what changes look at under the lock of their
//! record.
//!
//! A partial model names the columns; nothing else of a row is read, so that an act that asks when
//! somebody was born does not hold a telephone number.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, PartialModelTrait, QuerySelect as _,
    Select,
};

/// The rows of a table.
#[expect(clippy::disallowed_methods, reason = "the columns are named before anything is read")]
fn rows<E: EntityTrait>() -> Select<E> {
    E::find()
}

/// The one row, or the first, that a SELECT is narrowed to.
///
/// # Errors
/// When the database cannot be read.
pub async fn one<E: EntityTrait, P: PartialModelTrait>(
    db: &impl ConnectionTrait,
    narrow: impl FnOnce(Select<E>) -> Select<E>,
) -> Result<Option<P>, DbErr> {
    narrow(rows()).into_partial_model::<P>().one(db).await
}

/// The rows that a SELECT is narrowed to.
///
/// # Errors
/// When the database cannot be read.
pub async fn all<E: EntityTrait, P: PartialModelTrait>(
    db: &impl ConnectionTrait,
    narrow: impl FnOnce(Select<E>) -> Select<E>,
) -> Result<Vec<P>, DbErr> {
    narrow(rows()).into_partial_model::<P>().all(db).await
}

/// How many rows a SELECT is narrowed to.
///
/// # Errors
/// When the database cannot be read.
pub async fn count<E: EntityTrait>(
    db: &impl ConnectionTrait,
    key: E::Column,
    narrow: impl FnOnce(Select<E>) -> Select<E>,
) -> Result<u64, DbErr> {
    let counted = narrow(rows()).select_only().column_as(key.count(), "counted");
    let counted = counted.into_tuple::<i64>().one(db).await?;
    Ok(counted.and_then(|counted| u64::try_from(counted).ok()).unwrap_or_default())
}
