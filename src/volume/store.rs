//! Agreements and alarms as they are kept.

use entity::{limit_agreement, volume_alarm};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryOrder, QuerySelect};

/// All agreements, the newest first; those that were rejected or are over, too.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "agreements are no personal data")]
pub async fn agreements(db: &impl ConnectionTrait) -> Result<Vec<limit_agreement::Model>, DbErr> {
    limit_agreement::Entity::find().order_by_desc(limit_agreement::Column::Id).all(db).await
}

/// One agreement.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "agreements are no personal data")]
pub async fn agreement(
    db: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<limit_agreement::Model>, DbErr> {
    limit_agreement::Entity::find_by_id(id).one(db).await
}

/// The last alarms, the newest first.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "alarms tell of callers, not of persons")]
pub async fn alarms(
    db: &impl ConnectionTrait,
    most: u64,
) -> Result<Vec<volume_alarm::Model>, DbErr> {
    let select = volume_alarm::Entity::find().order_by_desc(volume_alarm::Column::At);
    select.limit(most).all(db).await
}
