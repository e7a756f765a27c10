//! One change with its record, in a transaction of their own.
#![expect(clippy::disallowed_types, reason = "this module keeps the records")]

use chrono::{DateTime, Utc};
use entity::{access_head, access_record, gateway_state};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, EntityTrait, IntoActiveModel, IsolationLevel, QueryFilter, QuerySelect,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::pen::{Kept, Pen};
use super::{Head, chain_up, instant_after, sqlite};
use crate::audit::chain::ChainKey;
use crate::audit::change::{Applied, Change};
use crate::audit::receipt::Recorded;
use crate::audit::record::{Draft, Entry};
use crate::clock::Clock;
use crate::error::{Code, GatewayError};

/// The channel on which PostgreSQL tells all gateways that something changed.
pub const CHANNEL: &str = "migrant_gateway";

/// Why a change was not made.
pub(super) enum Failure {
    /// It refused itself.
    Refused(GatewayError),
    /// The database did.
    Database(DbErr),
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

/// Locks the head of the chain, lets the change do its work and links its record; it is there when
/// the transaction is committed.
#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
pub(super) async fn begin(
    db: &DatabaseConnection,
    pen: &Pen,
    clock: &dyn Clock,
    draft: Draft,
    change: &dyn Change,
) -> Result<(DatabaseTransaction, Recorded), Failure> {
    let is_postgres = db.get_database_backend() == DbBackend::Postgres;
    let options = TransactionOptions {
        isolation_level: is_postgres.then_some(IsolationLevel::ReadCommitted),
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = db.begin_with_options(options).await?;
    if is_postgres {
        transaction.execute_unprepared("SET LOCAL synchronous_commit = on").await?;
    } else {
        require_synchronous(&transaction).await?;
    }
    let head = locked_head(&transaction, pen).await?;
    let now = instant_after(&head, clock);
    // Whoever refuses drops the transaction, which rolls back.
    let applied = match examined(change, &transaction, &pen.key, now).await {
        Ok(applied) => applied,
        Err(error) => return Err(failure_of(&transaction, error).await),
    };
    let mut entries = [Entry::of_change(Draft { at: now, ..draft }, applied)];
    let moved = chain_up(&pen.key, &head, &mut entries);
    let [entry] = entries;
    keep(&transaction, &entry).await?;
    let recorded = Recorded { place: moved.seq, hash: moved.hash.clone() };
    move_head(&transaction, &pen.key, moved).await?;
    let next = Expr::col(gateway_state::Column::Version).add(1);
    gateway_state::Entity::update_many()
        .col_expr(gateway_state::Column::Version, next)
        .exec(&transaction)
        .await?;
    if is_postgres {
        transaction.execute_unprepared(&format!("NOTIFY {CHANNEL}")).await?;
    }
    Ok((transaction, recorded))
}

/// What a change rests on is looked at first, under the same lock.
async fn examined(
    change: &dyn Change,
    transaction: &DatabaseTransaction,
    key: &ChainKey,
    now: DateTime<Utc>,
) -> Result<Applied, GatewayError> {
    change.examine(transaction, key).await?;
    change.apply(transaction, now).await
}

/// Changes say of every error of the database that it is unavailable: whether it is, its connection
/// tells.
#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
async fn failure_of(transaction: &DatabaseTransaction, error: GatewayError) -> Failure {
    if error.code == Code::DatabaseUnavailable
        && let Err(lost) = transaction.execute_unprepared("SELECT 1").await
    {
        return Failure::Database(lost);
    }
    Failure::Refused(error)
}

/// SQLite cannot change `synchronous` inside a transaction, so a lax connection is refused: with
/// NORMAL in WAL mode a power cut takes back what was acknowledged.
async fn require_synchronous(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let pragma = Statement::from_string(DbBackend::Sqlite, "PRAGMA synchronous");
    let row = transaction.query_one_raw(pragma).await?;
    let level: i64 = row.map_or(Ok(0), |row| row.try_get_by_index::<i32>(0).map(i64::from))?;
    if level < sqlite::FULL {
        return Err(DbErr::Custom("changes need PRAGMA synchronous = FULL".into()));
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
async fn locked_head(transaction: &DatabaseTransaction, pen: &Pen) -> Result<Head, DbErr> {
    // SQLite's transaction is alone from its beginning, and has no words for a lock.
    let head = access_head::Entity::find_by_id(1).lock_exclusive().one(transaction).await?;
    let head =
        head.ok_or_else(|| DbErr::RecordNotFound("the head of the access records".into()))?;
    // Statements of their own: one that waited for the lock still sees the records of before.
    let at = access_record::Entity::find_by_id(head.seq)
        .select_only()
        .column(access_record::Column::At)
        .into_tuple::<DateTime<Utc>>()
        .one(transaction)
        .await?;
    let last = pen.last();
    let own = access_record::Entity::find_by_id(last.place)
        .select_only()
        .column(access_record::Column::Hash)
        .into_tuple::<String>()
        .one(transaction)
        .await?;
    let access_head::Model { seq, hash, tree_size, tree, .. } = head;
    pen.head(Kept { seq, hash, tree_size, tree, at, own }, &last)
        .map_err(|why| DbErr::Custom(why.into()))
}

/// Sets the head of the chain.
async fn move_head(
    transaction: &DatabaseTransaction,
    key: &ChainKey,
    head: Head,
) -> Result<(), DbErr> {
    access_head::Entity::update_many()
        .col_expr(access_head::Column::Seq, Expr::value(head.seq))
        .col_expr(access_head::Column::Hash, Expr::value(head.hash))
        .col_expr(access_head::Column::TreeSize, Expr::value(head.seq))
        .col_expr(access_head::Column::Tree, Expr::value(key.seal_tree(&head.tree)))
        .filter(access_head::Column::Id.eq(1))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Inserts a record with its persons, where each database keeps them. Of each of them an act shows
/// everything that its record names.
#[expect(clippy::expect_used, reason = "numbers are JSON")]
async fn keep(transaction: &DatabaseTransaction, entry: &Entry) -> Result<(), DbErr> {
    entry.record.clone().into_active_model().insert(transaction).await?;
    if entry.subjects.is_empty() {
        return Ok(());
    }
    let backend = transaction.get_database_backend();
    let seq = entry.record.seq;
    let persons = if backend == DbBackend::Postgres {
        let persons: Vec<String> = entry.subjects.iter().map(i64::to_string).collect();
        Statement::from_sql_and_values(
            backend,
            "UPDATE access_record SET subjects = $2::text::bigint[] WHERE seq = $1",
            [seq.into(), format!("{{{}}}", persons.join(",")).into()],
        )
    } else {
        let persons = serde_json::to_string(&entry.subjects).expect("numbers are JSON");
        Statement::from_sql_and_values(
            backend,
            "INSERT INTO access_subject (seq, person_id) SELECT ?, value FROM json_each(?)",
            [seq.into(), persons.into()],
        )
    };
    transaction.execute_raw(persons).await?;
    Ok(())
}
