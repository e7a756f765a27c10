//! PostgreSQL: one statement and one round trip, while no other gateway moves the head.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::{self, Connection as _, PgConnection, PgPool, Postgres};
use sea_orm::{DatabaseConnection, DbErr, RuntimeErr};

use super::{Head, chain_up};
use crate::audit::chain::ChainKey;
use crate::audit::record::Entry;

/// How often a batch is tried: a restarted server leaves every connection of the pool dead, and
/// each attempt finds out about one.
const ATTEMPTS: u32 = 5;

/// How often the persons of new records are merged into their index, off the way of any commit.
const MERGE_EVERY: Duration = Duration::from_secs(10);

const MERGE: &str = "SELECT gin_clean_pending_list('ix_access_record_subjects')";

/// Moves the head and inserts the records behind it, or does nothing at all where the head is not
/// the expected one or somebody holds it. The transaction is the statement itself; its commit is
/// durable whatever the server's or the connection's defaults.
const APPEND: &str = "\
WITH expected AS MATERIALIZED (SELECT id FROM access_head \
WHERE id = 1 AND seq = $3 AND hash = $4 FOR UPDATE SKIP LOCKED), \
moved AS (UPDATE access_head h SET seq = $1, hash = $2 FROM expected WHERE h.id = expected.id \
RETURNING set_config('synchronous_commit', 'on', true)) \
INSERT INTO access_record (seq, at, caller, token_id, role, department, unit, organization, \
purpose, operation, document_hash, grants_version, decision, fields, protected, row_count, \
subject_count, subjects_digest, previous_hash, hash, subjects) \
SELECT r.seq, r.at, r.caller, r.token_id, r.role, r.department, r.unit, r.organization, \
r.purpose, r.operation, r.document_hash, r.grants_version, r.decision, r.fields, r.protected, \
r.row_count, r.subject_count, r.subjects_digest, r.previous_hash, r.hash, \
($25::bigint[])[r.subjects_from:r.subjects_to] \
FROM moved, unnest($5::bigint[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], \
$10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[], \
$17::text[], $18::text[], $19::bool[], $20::bigint[], $21::bigint[], $22::text[], $23::text[], \
$24::text[], $26::int[], $27::int[]) \
AS r (seq, at, caller, token_id, role, department, unit, organization, purpose, operation, \
document_hash, grants_version, decision, fields, protected, row_count, subject_count, \
subjects_digest, previous_hash, hash, subjects_from, subjects_to)";

/// Commits batches over the write path's pool.
#[derive(Debug)]
pub(in crate::audit) struct Committer {
    pool: PgPool,
    /// One and the same, which knows the statement; taken out while it is in use.
    connection: Option<PoolConnection<Postgres>>,
    /// The head that this gateway left behind, if nobody was seen to move it.
    head: Option<Head>,
    merged: Instant,
}

impl Committer {
    pub(super) fn new(db: &DatabaseConnection) -> Self {
        let pool = db.get_postgres_connection_pool().clone();
        Self { pool, connection: None, head: None, merged: Instant::now() }
    }

    /// Commits a batch, all or nothing, and returns the place of its first record. Tries again
    /// where the failure was one of the connection or of serialization.
    pub(super) async fn commit(
        &mut self,
        key: &ChainKey,
        entries: &mut [Entry],
        within: Duration,
    ) -> Result<i64, DbErr> {
        // Taken, so that a batch that fails or is given up leaves no head to go by.
        let mut known = self.head.take();
        let mut in_doubt = false;
        let mut attempts = 1;
        loop {
            match self.attempt(key, entries, within, known.take(), &mut in_doubt).await {
                Ok(first) => {
                    self.merge_now_and_then();
                    return Ok(first);
                }
                Err(error) if attempts < ATTEMPTS && is_passing(&error) => attempts += 1,
                Err(error) => return Err(DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))),
            }
        }
    }

    /// `in_doubt` is set while a commit is under way: a connection lost then leaves its outcome
    /// open.
    async fn attempt(
        &mut self,
        key: &ChainKey,
        entries: &mut [Entry],
        within: Duration,
        known: Option<Head>,
        in_doubt: &mut bool,
    ) -> Result<i64, sqlx::Error> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.pool.acquire().await?,
        };
        if let Some(head) = &known {
            let moved = chain_up(key, head, entries);
            *in_doubt = true;
            if append(&mut connection, head, &moved, entries).await? {
                self.head = Some(moved);
                self.connection = Some(connection);
                return Ok(head.seq + 1);
            }
            *in_doubt = false;
        }

        // Writers of all gateways take turns on the head.
        let mut transaction = connection.begin().await?;
        // The timeouts free the head for other gateways when this one hangs.
        let ms = within.as_millis().max(1);
        let settings = format!(
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = {ms}; \
             SET LOCAL idle_in_transaction_session_timeout = {ms}"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(settings)).execute(&mut *transaction).await?;
        let head = locked_head(&mut transaction).await?;
        if *in_doubt && is_kept(&mut transaction, entries).await? {
            return Ok(entries[0].record.seq);
        }
        let moved = chain_up(key, &head, entries);
        if !append(&mut transaction, &head, &moved, entries).await? {
            return Err(sqlx::Error::Protocol(
                "the head of the access records did not move".into(),
            ));
        }
        *in_doubt = true;
        transaction.commit().await?;
        self.head = Some(moved);
        self.connection = Some(connection);
        Ok(head.seq + 1)
    }

    /// Whoever closes the pool waits for its connections: this one is given back although there is
    /// nothing to commit.
    pub(super) async fn idle(&mut self) -> Infallible {
        if self.connection.is_some() {
            self.pool.close_event().await;
            self.connection = None;
        }
        std::future::pending().await
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

async fn locked_head(connection: &mut PgConnection) -> Result<Head, sqlx::Error> {
    let (seq, hash) = sqlx::query_as("SELECT seq, hash FROM access_head WHERE id = 1 FOR UPDATE")
        .fetch_one(connection)
        .await?;
    Ok(Head { seq, hash })
}

/// Whether an attempt before was committed although its outcome was not heard.
async fn is_kept(connection: &mut PgConnection, entries: &[Entry]) -> Result<bool, sqlx::Error> {
    let first = &entries[0].record;
    let kept: Option<String> = sqlx::query_scalar("SELECT hash FROM access_record WHERE seq = $1")
        .bind(first.seq)
        .fetch_optional(connection)
        .await?;
    Ok(kept.is_some_and(|hash| hash == first.hash))
}

/// Appends the records if the head is the expected one and free.
async fn append(
    connection: &mut PgConnection,
    head: &Head,
    moved: &Head,
    entries: &[Entry],
) -> Result<bool, sqlx::Error> {
    let mut ends = Vec::with_capacity(entries.len());
    let mut persons: Vec<i64> = Vec::new();
    for entry in entries {
        persons.extend(&entry.subjects);
        ends.push(i32::try_from(persons.len()).unwrap_or(i32::MAX));
    }
    let starts: Vec<i32> =
        std::iter::once(1).chain(ends.iter().map(|end| end + 1)).take(entries.len()).collect();
    /// One column of the batch.
    macro_rules! column {
        ($name:ident) => {
            entries.iter().map(|entry| entry.record.$name).collect::<Vec<_>>()
        };
        (&$name:ident) => {
            entries.iter().map(|entry| entry.record.$name.as_str()).collect::<Vec<_>>()
        };
        (?$name:ident) => {
            entries.iter().map(|entry| entry.record.$name.as_deref()).collect::<Vec<_>>()
        };
    }
    let result = sqlx::query(APPEND)
        .bind(moved.seq)
        .bind(&moved.hash)
        .bind(head.seq)
        .bind(&head.hash)
        .bind(column!(seq))
        .bind(column!(at))
        .bind(column!(&caller))
        .bind(column!(&token_id))
        .bind(column!(&role))
        .bind(column!(&department))
        .bind(column!(&unit))
        .bind(column!(?organization))
        .bind(column!(?purpose))
        .bind(column!(?operation))
        .bind(column!(&document_hash))
        .bind(column!(grants_version))
        .bind(column!(&decision))
        .bind(column!(&fields))
        .bind(column!(protected))
        .bind(column!(row_count))
        .bind(column!(subject_count))
        .bind(column!(&subjects_digest))
        .bind(column!(&previous_hash))
        .bind(column!(&hash))
        .bind(persons)
        .bind(starts)
        .bind(ends)
        .execute(connection)
        .await?;
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
