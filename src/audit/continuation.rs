//! Whether a secret is the one that the end of the chain was written with.

use entity::access_record;
use sea_orm::{DatabaseConnection, DbErr};

use super::{
    chain::{self, ChainKey, GENESIS},
    rows,
};
use crate::secrets::Secrets;

/// How many records are looked at: one tells, more tell of a chain that was written on with another
/// secret not long ago.
const LAST: i64 = 100;

/// Whether the chain has a record, or had one: then it must be continued with the secret it was begun
/// with.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_begun(db: &DatabaseConnection) -> Result<bool, DbErr> {
    let Some(head) = rows::head(db).await? else { return Ok(true) };
    let last = rows::last_seq::<access_record::Entity>(db, access_record::Column::Seq).await?;
    Ok(head.seq != 0 || head.hash != GENESIS || last.is_some())
}

/// Whether the last records, up to the head, were written with this secret; so they are where there
/// are none.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_continued_by(db: &DatabaseConnection, secrets: &Secrets) -> Result<bool, DbErr> {
    if !is_begun(db).await? {
        return Ok(true);
    }
    let key = ChainKey::derive(secrets);
    let Some(head) = rows::head(db).await? else { return Ok(false) };
    let page = rows::page(db, Some((head.seq - LAST).max(0)), head.seq).await?;
    let mut last = None;
    for row in &page {
        let Some(record) = &row.record else { return Ok(false) };
        if !chain::is_as_written(&key, record) {
            return Ok(false);
        }
        last = Some((record.seq, record.hash.clone()));
    }
    Ok(last == Some((head.seq, head.hash)))
}
