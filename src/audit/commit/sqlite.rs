//! SQLite: a transaction alone from its beginning.

use entity::{access_head, access_record};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    IntoActiveModel, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::{Head, chain_up, change::move_head};
use crate::audit::chain::ChainKey;
use crate::audit::record::Entry;

/// The persons of a batch: `[[seq, person], …]`. Flat: what is nested would be written out and
/// parsed again for every person of an answer.
const INSERT_SUBJECTS: &str = "INSERT INTO access_subject (seq, person_id) \
    SELECT value ->> 0, value ->> 1 FROM json_each(?)";

/// Commits a batch, all or nothing, and returns the place of its first record.
pub(super) async fn commit(
    db: &DatabaseConnection,
    key: &ChainKey,
    entries: &mut [Entry],
) -> Result<i64, DbErr> {
    // A deferred transaction would read the head before it is alone.
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = db.begin_with_options(options).await?;
    require_synchronous(&transaction).await?;
    let head = head(&transaction).await?;
    let moved = chain_up(key, &head, entries);

    let records = entries.iter().map(|entry| entry.record.clone().into_active_model());
    access_record::Entity::insert_many(records).exec_without_returning(&transaction).await?;
    insert_subjects(&transaction, entries).await?;
    move_head(&transaction, moved).await?;
    transaction.commit().await?;
    Ok(head.seq + 1)
}

/// Inserts the persons of a batch.
pub(super) async fn insert_subjects(
    transaction: &DatabaseTransaction,
    entries: &[Entry],
) -> Result<(), DbErr> {
    let subjects: Vec<_> = entries
        .iter()
        .flat_map(|entry| entry.subjects.iter().map(|person| (entry.record.seq, person)))
        .collect();
    let subjects = serde_json::to_string(&subjects).expect("numbers are JSON");
    let insert =
        Statement::from_sql_and_values(DbBackend::Sqlite, INSERT_SUBJECTS, [subjects.into()]);
    transaction.execute_raw(insert).await?;
    Ok(())
}

/// SQLite cannot change `synchronous` inside a transaction, so a lax connection is refused: with
/// NORMAL in WAL mode a power cut takes back records whose answers have left.
pub(super) async fn require_synchronous(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    const FULL: i32 = 2;
    let pragma = Statement::from_string(DbBackend::Sqlite, "PRAGMA synchronous");
    let row = transaction.query_one_raw(pragma).await?;
    let level: i32 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    if level < FULL {
        return Err(DbErr::Custom("access records need PRAGMA synchronous = FULL".into()));
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
async fn head(transaction: &DatabaseTransaction) -> Result<Head, DbErr> {
    let head = access_head::Entity::find_by_id(1).one(transaction).await?;
    head.map(|head| Head { seq: head.seq, hash: head.hash })
        .ok_or_else(|| DbErr::RecordNotFound("the head of the access records".into()))
}
