//! SQLite: a prepared INSERT for every table, all rows in one transaction.
#![expect(clippy::disallowed_types, reason = "loads many rows at once")]

use std::path::Path;

use anyhow::Context as _;
use rusqlite::{Connection, OpenFlags, types::Value as Cell};
use sea_orm::{EntityTrait, Iterable as _, ModelTrait as _, Value};
use tokio::task::spawn_blocking;

use super::{Encoded, HAS_PERSONS, Store, columns, refuse_persons};
use crate::db;

/// More than there are tables.
const STATEMENTS: usize = 32;

/// With a rollback journal new pages are written once, straight into the file; the write-ahead log
/// of one transaction would grow as large as the database. The cache, 64 MiB, keeps the indexes'
/// pages that are written again and again.
const BEGIN: &str = "PRAGMA journal_mode = DELETE;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -65536;
    BEGIN EXCLUSIVE";

const COMMIT: &str = "COMMIT; ANALYZE; PRAGMA journal_mode = WAL";

/// A connection in the transaction that fills the file.
pub(super) struct Sqlite(Connection);

impl Sqlite {
    pub fn begin(file: &Path) -> anyhow::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags)
            .with_context(|| format!("cannot open {}", file.display()))?;
        connection.busy_timeout(db::BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection
            .execute_batch(BEGIN)
            .with_context(|| format!("cannot have {} alone", file.display()))?;
        refuse_persons(connection.query_row(HAS_PERSONS, [], |row| row.get(0))?)?;
        Ok(Self(connection))
    }

    fn insert(&self, rows: &CellRows) -> rusqlite::Result<()> {
        let mut statement = self.0.prepare_cached(&rows.statement)?;
        for row in rows.cells.chunks_exact(rows.width) {
            statement.execute(rusqlite::params_from_iter(row))?;
        }
        Ok(())
    }
}

impl Store for Sqlite {
    type Rows = CellRows;

    async fn write(self, tables: Vec<CellRows>) -> anyhow::Result<Self> {
        let write = move || {
            for rows in &tables {
                self.insert(rows).with_context(|| format!("cannot fill {}", rows.table))?;
            }
            Ok(self)
        };
        spawn_blocking(write).await?
    }

    async fn commit(self) -> anyhow::Result<()> {
        spawn_blocking(move || Ok(self.0.execute_batch(COMMIT)?)).await?
    }
}

/// Rows of one table, cell after cell.
pub(super) struct CellRows {
    table: &'static str,
    statement: String,
    width: usize,
    cells: Vec<Cell>,
}

impl Encoded for CellRows {
    fn of<E: EntityTrait>(rows: &[E::Model]) -> anyhow::Result<Self> {
        let (table, columns) = (E::default().table_name(), columns::<E>());
        let width = columns.len();
        let places = vec!["?"; width].join(", ");
        let statement = format!("INSERT INTO {table} ({}) VALUES ({places})", columns.join(", "));
        let mut cells = Vec::with_capacity(rows.len() * width);
        for row in rows {
            for column in E::Column::iter() {
                cells.push(cell(row.get(column))?);
            }
        }
        Ok(Self { table, statement, width, cells })
    }
}

/// As SeaORM stores the value.
fn cell(value: Value) -> anyhow::Result<Cell> {
    Ok(match value {
        Value::Bool(value) => value.into(),
        Value::Int(value) => value.into(),
        Value::BigInt(value) => value.into(),
        Value::String(value) => value.into(),
        Value::ChronoDate(value) => value.map(|day| day.to_string()).into(),
        Value::ChronoDateTimeUtc(value) => value.map(db::sqlite_instant).into(),
        other => anyhow::bail!("no cell for the type of {other:?}"),
    })
}
