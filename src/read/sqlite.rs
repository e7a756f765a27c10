//! SQLite through rusqlite: a few read-only connections, each statement on a blocking thread.
#![expect(clippy::disallowed_types, reason = "this is the read path")]

use std::{path::Path, sync::Arc, time::Instant};

use anyhow::Context as _;
use async_trait::async_trait;
use parking_lot::Mutex;
use rusqlite::{
    Connection, ErrorCode, OpenFlags, ToSql,
    types::{ToSqlOutput, Value as Cell},
};
use tokio::sync::Semaphore;

use super::{Dialect, ReadError, ReadOptions, Reader, Rows, Statement, Value};
use crate::db;

/// How many virtual-machine steps pass between two looks at the deadline.
const STEPS_BETWEEN_CHECKS: i32 = 10_000;

pub(super) struct SqliteReader {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
    options: ReadOptions,
}

impl SqliteReader {
    pub(super) fn open(path: &Path, options: ReadOptions) -> anyhow::Result<Self> {
        let connections = (0..options.connections.max(1))
            .map(|_| open_one(path))
            .collect::<Result<Vec<_>, _>>()
            .with_context(|| format!("cannot open {}", path.display()))?;
        Ok(Self {
            permits: Arc::new(Semaphore::new(connections.len())),
            idle: Arc::new(Mutex::new(connections)),
            options,
        })
    }
}

fn open_one(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.pragma_update(None, "mmap_size", 268_435_456)?;
    // The first read opens the log and its index: now, and not when no descriptor is left.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

#[async_trait]
impl Reader for SqliteReader {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn read(&self, statement: &Statement) -> Result<Rows, ReadError> {
        let permit =
            self.permits.clone().acquire_owned().await.map_err(|_| ReadError::Unavailable)?;
        let idle = self.idle.clone();
        let statement = statement.clone();
        let deadline = Instant::now() + self.options.statement_timeout;
        tokio::task::spawn_blocking(move || {
            let connection = idle.lock().pop().ok_or(ReadError::Unavailable)?;
            let result = run(&connection, &statement, deadline);
            idle.lock().push(connection);
            drop(permit);
            result
        })
        .await
        .map_err(|_| ReadError::Unavailable)?
    }
}

fn run(
    connection: &Connection,
    statement: &Statement,
    deadline: Instant,
) -> Result<Rows, ReadError> {
    connection
        .progress_handler(STEPS_BETWEEN_CHECKS, Some(move || Instant::now() >= deadline))
        .map_err(|error| classify(&error))?;
    select(connection, statement).map_err(|error| classify(&error))
}

fn select(connection: &Connection, statement: &Statement) -> rusqlite::Result<Rows> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    let width = prepared.column_count();
    let mut rows = prepared.query(rusqlite::params_from_iter(&statement.params))?;
    let mut cells = Vec::new();
    while let Some(row) = rows.next()? {
        for column in 0..width {
            cells.push(row.get::<_, Cell>(column)?);
        }
    }
    Ok(Rows::Sqlite { width, cells })
}

fn classify(error: &rusqlite::Error) -> ReadError {
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => ReadError::Timeout,
        code => {
            tracing::error!(?code, "SQLite refused a statement");
            ReadError::Unavailable
        }
    }
}

impl ToSql for Value {
    #[expect(clippy::expect_used, reason = "numbers are JSON")]
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Value::Bool(value) => ToSqlOutput::from(*value),
            Value::Int(value) => ToSqlOutput::from(*value),
            Value::Text(value) => ToSqlOutput::from(value.as_str()),
            Value::Date(date) => ToSqlOutput::from(date.to_string()),
            Value::Instant(instant) => ToSqlOutput::from(db::sqlite_instant(*instant)),
            Value::Keys(keys) => {
                ToSqlOutput::from(serde_json::to_string(keys).expect("numbers are JSON"))
            }
        })
    }
}
