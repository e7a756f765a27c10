//! One change with its record, in a transaction of their own.

use chrono::{DateTime, Utc};
use entity::{access_head, gateway_state};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, EntityTrait, IntoActiveModel, IsolationLevel, QueryFilter, QuerySelect,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::{Head, chain_up, sqlite};
use crate::audit::chain::ChainKey;
use crate::audit::change::{Change, ChangeError};
use crate::audit::receipt::Recorded;
use crate::audit::record::{Draft, Entry};

/// The channel on which PostgreSQL tells all gateways that something changed.
pub const CHANNEL: &str = "migrant_gateway";

/// Locks the head of the chain, lets the change do its work, links its record, and commits.
pub(super) async fn commit(
    db: &DatabaseConnection,
    key: &ChainKey,
    draft: Draft,
    change: &dyn Change,
    now: DateTime<Utc>,
) -> Result<Recorded, ChangeError> {
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
        sqlite::require_synchronous(&transaction).await?;
    }
    let head = locked_head(&transaction).await?;
    // Whoever refuses drops the transaction, which rolls back.
    let applied = change.apply(&transaction, now).await?;
    let mut entries = [Entry::of_change(draft, applied)];
    let moved = chain_up(key, &head, &mut entries);
    let [entry] = entries;
    keep(&transaction, &entry).await?;
    let recorded = Recorded { place: moved.seq, hash: moved.hash.clone() };
    move_head(&transaction, moved).await?;
    let next = Expr::col(gateway_state::Column::Version).add(1);
    gateway_state::Entity::update_many()
        .col_expr(gateway_state::Column::Version, next)
        .exec(&transaction)
        .await?;
    if is_postgres {
        transaction.execute_unprepared(&format!("NOTIFY {CHANNEL}")).await?;
    }
    transaction.commit().await?;
    Ok(recorded)
}

#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
async fn locked_head(transaction: &DatabaseTransaction) -> Result<Head, DbErr> {
    // SQLite's transaction is alone from its beginning, and has no words for a lock.
    let head = access_head::Entity::find_by_id(1).lock_exclusive().one(transaction).await?;
    head.map(|head| Head { seq: head.seq, hash: head.hash })
        .ok_or_else(|| DbErr::RecordNotFound("the head of the access records".into()))
}

/// Sets the head of the chain.
pub(super) async fn move_head(transaction: &DatabaseTransaction, head: Head) -> Result<(), DbErr> {
    access_head::Entity::update_many()
        .col_expr(access_head::Column::Seq, Expr::value(head.seq))
        .col_expr(access_head::Column::Hash, Expr::value(head.hash))
        .filter(access_head::Column::Id.eq(1))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Inserts a record with its persons, where each database keeps them.
async fn keep(transaction: &DatabaseTransaction, entry: &Entry) -> Result<(), DbErr> {
    entry.record.clone().into_active_model().insert(transaction).await?;
    if entry.subjects.is_empty() {
        return Ok(());
    }
    if transaction.get_database_backend() != DbBackend::Postgres {
        return sqlite::insert_subjects(transaction, std::slice::from_ref(entry)).await;
    }
    let persons: Vec<String> = entry.subjects.iter().map(i64::to_string).collect();
    let persons = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "UPDATE access_record SET subjects = $2::text::bigint[] WHERE seq = $1",
        [entry.record.seq.into(), format!("{{{}}}", persons.join(",")).into()],
    );
    transaction.execute_raw(persons).await?;
    Ok(())
}
