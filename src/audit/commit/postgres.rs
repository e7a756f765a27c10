//! PostgreSQL: one statement and one round trip, while no other gateway moves the head.
#![expect(clippy::disallowed_types, reason = "this module keeps the records")]

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sea_orm::sqlx::{self, Connection as _, PgConnection, PgPool};
use sea_orm::{DatabaseConnection, DbErr, RuntimeErr};

use super::pen::{Kept, Pen};
use super::{Head, chain_up};
use crate::audit::chain::ChainKey;
use crate::audit::columns::{self, Cell, cells};
use crate::audit::record::Entry;
use crate::db::connect_apart;

/// How often a batch is tried.
const ATTEMPTS: u32 = 5;

/// How often the persons of new records are merged into their index, off the way of any commit.
const MERGE_EVERY: Duration = Duration::from_secs(10);

const MERGE: &str = "SELECT gin_clean_pending_list('ix_access_record_subjects')";

/// Moves the head and inserts the records behind it, or does nothing at all where the head is not
/// the expected one, or its record is gone that this gateway wrote, or somebody holds it. The transaction is the statement itself; its commit is
/// durable whatever the server's or the connection's defaults.
static APPEND: LazyLock<String> = LazyLock::new(|| {
    let (names, listed) = (columns::names(""), columns::names("r."));
    let arrays: Vec<String> = columns::postgres_types()
        .zip(FIRST_COLUMN..)
        .map(|(ty, place): (_, usize)| format!("${place}::{ty}[]"))
        .collect();
    let arrays = arrays.join(", ");
    format!(
        "WITH expected AS MATERIALIZED (SELECT id FROM access_head \
         WHERE id = 1 AND seq = $3 AND hash = $4 AND (NOT $6 OR EXISTS (SELECT 1 \
         FROM access_record WHERE seq = $3 AND hash = $4)) FOR UPDATE SKIP LOCKED), \
         moved AS (UPDATE access_head h SET seq = $1, hash = $2, tree_size = $1, tree = $5 \
         FROM expected WHERE h.id = expected.id \
         RETURNING set_config('synchronous_commit', 'on', true)) \
         INSERT INTO access_record ({names}, subjects, subjects_shown) \
         SELECT {listed}, ($7::bigint[])[r.subjects_from:r.subjects_to], \
         ($8::smallint[])[r.sets_from:r.sets_from + r.subjects_to - r.subjects_from] \
         FROM moved, unnest({arrays}, $9::int[], $10::int[], $11::int[]) \
         AS r ({names}, subjects_from, subjects_to, sets_from)"
    )
});

/// The number of the parameter that holds the first column of the records.
const FIRST_COLUMN: usize = 12;

/// Commits batches over a connection of its own.
pub(in crate::audit) struct Store {
    /// The write path's pool, for its options and for whether it was closed.
    pool: PgPool,
    /// Which knows the statement; taken out while it is in use, and closed where that fails.
    connection: Option<PgConnection>,
    /// The head that this gateway left behind, if nobody was seen to move it.
    head: Option<Head>,
    merged: Instant,
}

impl Store {
    pub(super) fn new(db: &DatabaseConnection) -> Self {
        let pool = db.get_postgres_connection_pool().clone();
        Self { pool, connection: None, head: None, merged: Instant::now() }
    }

    /// Commits a batch, all or nothing, and returns it as it stands on the chain. Tries again where
    /// the failure was one of the connection or of serialization.
    pub(super) async fn commit(
        &mut self,
        pen: &Pen,
        mut entries: Vec<Entry>,
        within: Duration,
    ) -> Result<Vec<Entry>, DbErr> {
        // Taken, so that a batch that fails or is given up leaves no head to go by.
        let mut known = self.head.take();
        let mut in_doubt = false;
        let mut attempts = 1;
        loop {
            match self.attempt(pen, &mut entries, within, known.take(), &mut in_doubt).await {
                Ok(()) => {
                    self.merge_now_and_then();
                    return Ok(entries);
                }
                Err(error) if attempts < ATTEMPTS && is_passing(&error) => attempts += 1,
                Err(error) => return Err(db_error(error)),
            }
        }
    }

    /// `in_doubt` is set while a commit is under way: a connection lost then leaves its outcome
    /// open.
    async fn attempt(
        &mut self,
        pen: &Pen,
        entries: &mut [Entry],
        within: Duration,
        known: Option<Head>,
        in_doubt: &mut bool,
    ) -> Result<(), sqlx::Error> {
        let mut connection = self.connection().await?;
        if let Some(head) = &known {
            let moved = chain_up(&pen.key, head, entries);
            *in_doubt = true;
            if append(&mut connection, &pen.key, (head, &moved), true, entries).await? {
                self.head = Some(moved);
                self.connection = Some(connection);
                return Ok(());
            }
            *in_doubt = false;
        }

        let mut transaction = connection.begin_with(alone(within)).await?;
        let head = locked_head(&mut transaction, pen).await?;
        if *in_doubt && is_kept(&mut transaction, entries).await? {
            // Whether this succeeds or not, it changes nothing any more.
            let _ = transaction.rollback().await;
            return Ok(());
        }
        let moved = chain_up(&pen.key, &head, entries);
        if !append(&mut transaction, &pen.key, (&head, &moved), false, entries).await? {
            return Err(sqlx::Error::Protocol(
                "the head of the access records did not move".into(),
            ));
        }
        *in_doubt = true;
        transaction.commit().await?;
        self.head = Some(moved);
        self.connection = Some(connection);
        Ok(())
    }

    /// The connection, taken out, or a new one: it comes back by whoever used it to the end.
    async fn connection(&mut self) -> Result<PgConnection, sqlx::Error> {
        if self.pool.is_closed() {
            return Err(sqlx::Error::PoolClosed);
        }
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => connect_apart(&self.pool).await,
        }
    }

    /// Sees that the server is there, by a connection that lives.
    pub(super) async fn reach(&mut self) -> Result<(), DbErr> {
        let mut connection = self.connection().await.map_err(db_error)?;
        if connection.ping().await.is_err() {
            connection = connect_apart(&self.pool).await.map_err(db_error)?;
        }
        self.connection = Some(connection);
        Ok(())
    }

    /// The hash of the record at a place, as everybody sees it.
    pub(super) async fn hash_at(&mut self, seq: i64) -> Result<Option<String>, DbErr> {
        self.reach().await?;
        let mut connection = self.connection().await.map_err(db_error)?;
        let hash = read_hash(&mut connection, seq).await.map_err(db_error)?;
        self.connection = Some(connection);
        Ok(hash)
    }

    /// Commits so many bytes that are no record, after waiting for the locks of one.
    pub(super) async fn probe(&mut self, room: usize, within: Duration) -> Result<(), DbErr> {
        self.reach().await?;
        let mut connection = self.connection().await.map_err(db_error)?;
        probe(&mut connection, room, within).await.map_err(db_error)?;
        self.connection = Some(connection);
        Ok(())
    }

    /// Otherwise PostgreSQL would merge within some commit, or not before the next vacuum.
    fn merge_now_and_then(&mut self) {
        if self.merged.elapsed() < MERGE_EVERY {
            return;
        }
        self.merged = Instant::now();
        let pool = self.pool.clone();
        tokio::spawn(async move {
            if let Err(error) = sqlx::query(MERGE).execute(&pool).await {
                tracing::warn!(%error, "the index of access records is merged by vacuum alone");
            }
        });
    }
}

/// Begins a transaction in which writers of all gateways take turns on the head. The timeouts free
/// the head for other gateways when this one hangs.
fn alone(within: Duration) -> sqlx::AssertSqlSafe<String> {
    let ms = within.as_millis().max(1);
    sqlx::AssertSqlSafe(format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = {ms}; \
         SET LOCAL idle_in_transaction_session_timeout = {ms}; SET LOCAL synchronous_commit = on"
    ))
}

async fn probe(
    connection: &mut PgConnection,
    room: usize,
    within: Duration,
) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with(alone(within)).await?;
    sqlx::query("LOCK TABLE access_record IN ROW EXCLUSIVE MODE")
        .execute(&mut *transaction)
        .await?;
    sqlx::query("SELECT seq FROM access_head WHERE id = 1 FOR UPDATE")
        .execute(&mut *transaction)
        .await?;
    sqlx::query("UPDATE record_probe SET payload = repeat(' ', $1) WHERE id = 1")
        .bind(i32::try_from(room).unwrap_or(i32::MAX))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

async fn locked_head(connection: &mut PgConnection, pen: &Pen) -> Result<Head, sqlx::Error> {
    let last = pen.last();
    let (seq, hash, tree_size, tree): (i64, String, i64, String) = sqlx::query_as(
        "SELECT seq, hash, tree_size, tree FROM access_head WHERE id = 1 FOR UPDATE",
    )
    .fetch_one(&mut *connection)
    .await?;
    // Its own statement: one that waited for the lock still sees the records of before.
    let (at, own): (Option<DateTime<Utc>>, Option<String>) = sqlx::query_as(
        "SELECT (SELECT at FROM access_record WHERE seq = $1), \
         (SELECT hash FROM access_record WHERE seq = $2)",
    )
    .bind(seq)
    .bind(last.place)
    .fetch_one(connection)
    .await?;
    pen.head(Kept { seq, hash, tree_size, tree, at, own }, &last)
        .map_err(|why| sqlx::Error::Protocol(why.into()))
}

async fn read_hash(connection: &mut PgConnection, seq: i64) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT hash FROM access_record WHERE seq = $1")
        .bind(seq)
        .fetch_optional(connection)
        .await
}

/// Whether an attempt before was committed although its outcome was not heard.
async fn is_kept(connection: &mut PgConnection, entries: &[Entry]) -> Result<bool, sqlx::Error> {
    let first = &entries[0].record;
    let kept = read_hash(connection, first.seq).await?;
    Ok(kept.is_some_and(|hash| hash == first.hash))
}

/// Appends the records if the head is the expected one and free, and where this gateway wrote its
/// record, that is still there.
async fn append(
    connection: &mut PgConnection,
    key: &ChainKey,
    (head, moved): (&Head, &Head),
    is_own: bool,
    entries: &[Entry],
) -> Result<bool, sqlx::Error> {
    let place = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
    let (mut persons, mut starts, mut ends) = (Vec::<i64>::new(), Vec::new(), Vec::new());
    // Only those of records that have several are kept, and of the others null.
    let (mut sets, mut set_starts) = (Vec::<i16>::new(), Vec::new());
    for entry in entries {
        starts.push(place(persons.len() + 1));
        persons.extend(&entry.subjects);
        ends.push(place(persons.len()));
        set_starts.push((!entry.sets.is_empty()).then(|| place(sets.len() + 1)));
        sets.extend(&entry.sets);
    }
    let mut query = sqlx::query(APPEND.as_str())
        .bind(moved.seq)
        .bind(&moved.hash)
        .bind(head.seq)
        .bind(&head.hash)
        .bind(key.seal_tree(&moved.tree))
        .bind(is_own)
        .bind(persons)
        .bind(sets)
        .bind(starts)
        .bind(ends)
        .bind(set_starts);
    let rows: Vec<_> = entries.iter().map(|entry| cells(&entry.record)).collect();
    /// One column of the batch.
    macro_rules! column {
        ($place:expr, $what:ident) => {{
            let mut column = Vec::with_capacity(rows.len());
            for row in &rows {
                if let Cell::$what(value) = row[$place].1 {
                    column.push(value);
                }
            }
            column
        }};
    }
    let first = rows.first().map_or(&[][..], |row| row.as_slice());
    for (place, (_, cell)) in first.iter().enumerate() {
        query = match cell {
            Cell::Number(_) => query.bind(column!(place, Number)),
            Cell::Instant(_) => query.bind(column!(place, Instant)),
            Cell::Flag(_) => query.bind(column!(place, Flag)),
            Cell::Text(_) => query.bind(column!(place, Text)),
            Cell::Optional(_) => query.bind(column!(place, Optional)),
        };
    }
    let result = query.execute(connection).await?;
    Ok(result.rows_affected() > 0)
}

/// Whether another attempt may succeed at once: serialization failures, deadlocks, and
/// connections lost or shut down (PostgreSQL error codes, appendix A; class 08 is the connection).
fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            matches!(code.as_ref(), "40001" | "40P01" | "57P01" | "57P02") || code.starts_with("08")
        }),
        _ => false,
    }
}

/// The same of an error that SeaORM passes on.
pub(super) fn may_pass(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => is_passing(error),
        _ => false,
    }
}

fn db_error(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
}
