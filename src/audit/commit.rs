//! One batch, one transaction: take the head of the chain, link, insert, move the head, commit.

use std::time::Duration;

use entity::{access_head, access_record, access_subject};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection,
    DatabaseTransaction, DbBackend, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    RuntimeErr, SqliteTransactionMode, SqlxError, Statement, TransactionOptions, TransactionTrait,
};

use super::chain::{self, ChainKey};
use super::record::Entry;

/// The largest number of rows in one statement: 256 records bind 4,864 variables.
const ROWS: usize = 256;

/// How often a batch is tried: a restarted server leaves every connection of the pool dead, and
/// each attempt finds out about one.
const ATTEMPTS: u32 = 5;

/// Commits a batch, all or nothing, and returns the place of its first record.
///
/// Tries again on PostgreSQL where the failure was one of the connection or of serialization.
pub(super) async fn commit(
    db: &DatabaseConnection,
    key: &ChainKey,
    entries: &mut [Entry],
    within: Duration,
) -> Result<i64, DbErr> {
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    let mut in_doubt = false;
    for _ in 1..ATTEMPTS {
        match attempt(db, key, entries, within, &mut in_doubt).await {
            Err(error) if postgres && is_passing(&error) => {}
            outcome => return outcome,
        }
    }
    attempt(db, key, entries, within, &mut in_doubt).await
}

/// `in_doubt` is set before COMMIT is sent: a connection lost after that leaves the outcome open.
async fn attempt(
    db: &DatabaseConnection,
    key: &ChainKey,
    entries: &mut [Entry],
    within: Duration,
    in_doubt: &mut bool,
) -> Result<i64, DbErr> {
    let transaction = begin(db, within).await?;
    let head = locked_head(&transaction).await?;
    if *in_doubt && is_kept(&transaction, entries).await? {
        return Ok(entries[0].record.seq);
    }
    let moved = chain_up(key, &head, entries);

    insert(&transaction, entries.iter().map(|entry| entry.record.clone()).collect()).await?;
    insert(&transaction, entries.iter().flat_map(subjects_of).collect()).await?;
    access_head::Entity::update_many()
        .col_expr(access_head::Column::Seq, Expr::value(moved.seq))
        .col_expr(access_head::Column::Hash, Expr::value(moved.hash))
        .filter(access_head::Column::Id.eq(moved.id))
        .exec(&transaction)
        .await?;

    *in_doubt = true;
    transaction.commit().await?;
    Ok(head.seq + 1)
}

/// Begins a transaction whose commit is durable, whatever the server's or connection's defaults.
async fn begin(db: &DatabaseConnection, within: Duration) -> Result<DatabaseTransaction, DbErr> {
    // On SQLite a deferred transaction would read the head before it is alone.
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = db.begin_with_options(options).await?;
    match db.get_database_backend() {
        DbBackend::Postgres => {
            // The timeouts free the head for other gateways when this one hangs.
            let ms = within.as_millis().max(1);
            let settings = format!(
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; \
                 SET LOCAL synchronous_commit = on; \
                 SET LOCAL statement_timeout = {ms}; \
                 SET LOCAL idle_in_transaction_session_timeout = {ms}"
            );
            transaction.execute_unprepared(&settings).await?;
        }
        DbBackend::Sqlite => require_synchronous(&transaction).await?,
        _ => {}
    }
    Ok(transaction)
}

/// SQLite cannot change `synchronous` inside a transaction, so a lax connection is refused: with
/// NORMAL in WAL mode a power cut takes back records whose answers have left.
async fn require_synchronous(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    const FULL: i32 = 2;
    let pragma = Statement::from_string(DbBackend::Sqlite, "PRAGMA synchronous");
    let row = transaction.query_one_raw(pragma).await?;
    let level: i32 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    if level < FULL {
        return Err(DbErr::Custom("access records need PRAGMA synchronous = FULL".into()));
    }
    Ok(())
}

/// Writers of all gateways take turns on this row.
#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
async fn locked_head(transaction: &DatabaseTransaction) -> Result<access_head::Model, DbErr> {
    access_head::Entity::find_by_id(1)
        .lock_exclusive()
        .one(transaction)
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("the head of the access records".into()))
}

/// Whether an attempt before was committed although its outcome was not heard.
#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
async fn is_kept(transaction: &DatabaseTransaction, entries: &[Entry]) -> Result<bool, DbErr> {
    let first = &entries[0].record;
    let kept = access_record::Entity::find_by_id(first.seq).one(transaction).await?;
    Ok(kept.is_some_and(|kept| kept.hash == first.hash))
}

/// Gives every entry its place and hash; returns the head after them.
fn chain_up(
    key: &ChainKey,
    head: &access_head::Model,
    entries: &mut [Entry],
) -> access_head::Model {
    let mut head = head.clone();
    for Entry { record, .. } in entries {
        head.seq += 1;
        let hash = chain::link(key, &head.hash, head.seq, record);
        record.seq = head.seq;
        record.previous_hash = std::mem::replace(&mut head.hash, hash.clone());
        record.hash = hash;
    }
    head
}

fn subjects_of(entry: &Entry) -> impl Iterator<Item = access_subject::Model> {
    let seq = entry.record.seq;
    entry.subjects.iter().map(move |&person_id| access_subject::Model { seq, person_id })
}

/// Inserts in statements of 256, 128, … 1 rows: nine texts that stay prepared, where any number of
/// rows would make hundreds, and evict one another from the connection's cache.
async fn insert<M, A>(transaction: &DatabaseTransaction, rows: Vec<M>) -> Result<(), DbErr>
where
    M: IntoActiveModel<A> + Send,
    A: ActiveModelTrait + ActiveModelBehavior + Send,
{
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let size = 1 << rows.len().min(ROWS).ilog2();
        let chunk: Vec<A> = rows.by_ref().take(size).map(M::into_active_model).collect();
        <A::Entity as EntityTrait>::insert_many(chunk).exec_without_returning(transaction).await?;
    }
    Ok(())
}

/// Whether another attempt may succeed at once: serialization failures, deadlocks, and
/// connections lost or shut down (PostgreSQL error codes, appendix A; class 08 is the connection).
fn is_passing(error: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(error))
    | DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return false;
    };
    match error.as_ref() {
        SqlxError::Io(_) => true,
        SqlxError::Database(error) => error.code().is_some_and(|code| {
            matches!(code.as_ref(), "40001" | "40P01" | "57P01" | "57P02") || code.starts_with("08")
        }),
        _ => false,
    }
}
