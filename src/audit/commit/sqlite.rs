//! SQLite: a connection for records alone, asked about its transactions and never believed.
//!
//! SQLite ends a transaction by itself where a COMMIT finds no space. A driver that counts
//! transactions does not see that, goes on in savepoints of a transaction that nobody commits, and
//! reports success. So records are written here without such a driver: SQLite is asked before and
//! after every batch whether it is in a transaction, and a connection on which anything failed is
//! closed, which takes back what it held.
#![expect(clippy::disallowed_types, reason = "this module keeps the records")]

use std::{path::PathBuf, sync::LazyLock, time::Duration};

use chrono::{DateTime, Utc};
use rusqlite::{
    Connection, OpenFlags, OptionalExtension as _, ToSql, params, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};
use sea_orm::sqlx::SqlitePool;
use sea_orm::{DatabaseConnection, DbErr};

use super::pen::{Kept, Pen};
use super::{Head, chain_up, closed};
use crate::audit::columns::{self, Cell, cells};
use crate::audit::receipt::Recorded;
use crate::audit::record::Entry;
use crate::db::{self, BUSY_TIMEOUT};

static INSERT_RECORD: LazyLock<String> = LazyLock::new(|| {
    let values: Vec<String> = (1..=columns::COUNT).map(|place| format!("?{place}")).collect();
    format!("INSERT INTO access_record ({}) VALUES ({})", columns::names(""), values.join(", "))
});

const INSERT_SUBJECT: &str =
    "INSERT INTO access_subject (seq, person_id, shown) VALUES (?1, ?2, ?3)";

const MOVE_HEAD: &str =
    "UPDATE access_head SET seq = ?1, hash = ?2, tree_size = ?1, tree = ?3 WHERE id = 1";

const HEAD: &str = "SELECT h.seq, h.hash, h.tree_size, h.tree, r.at, \
    (SELECT o.hash FROM access_record o WHERE o.seq = ?1) FROM access_head h \
    LEFT JOIN access_record r ON r.seq = h.seq WHERE h.id = 1";

/// Another payload than the one that is there: SQLite writes no page that stays the same.
const PROBE: &str = "UPDATE record_probe \
    SET payload = CASE substr(payload, 1, 1) WHEN 'a' THEN ?2 ELSE ?1 END WHERE id = 1";

/// What `PRAGMA synchronous` answers for FULL: a commit is on the disk before it is reported. With
/// less, a power cut takes back records whose answers have left.
pub(super) const FULL: i64 = 2;

/// Commits batches over a connection of its own.
pub(super) struct Store {
    /// The write path's pool, for its file and for whether it was closed.
    pool: SqlitePool,
    file: PathBuf,
    /// In the state in which a committed batch leaves it; taken out while it is in use.
    connection: Option<Connection>,
}

impl Store {
    pub(super) fn new(db: &DatabaseConnection) -> Self {
        let pool = db.get_sqlite_connection_pool().clone();
        let file = pool.connect_options().get_filename().to_owned();
        Self { pool, file, connection: None }
    }

    /// Commits a batch, all or nothing, and returns it as it stands on the chain.
    pub(super) async fn commit(
        &mut self,
        pen: &Pen,
        mut entries: Vec<Entry>,
    ) -> Result<Vec<Entry>, DbErr> {
        let pen = pen.clone();
        self.run(move |connection| {
            in_transaction(connection, |connection| append(connection, &pen, &mut entries))?;
            Ok(entries)
        })
        .await
    }

    /// The hash of the record at a place, as everybody sees it.
    pub(super) async fn hash_at(&mut self, seq: i64) -> Result<Option<String>, DbErr> {
        self.run(move |connection| {
            require_none(connection)?;
            connection
                .prepare_cached("SELECT hash FROM access_record WHERE seq = ?1")?
                .query_row([seq], |row| row.get(0))
                .optional()
        })
        .await
    }

    /// Commits so many bytes that are no record.
    pub(super) async fn probe(&mut self, room: usize, within: Duration) -> Result<(), DbErr> {
        self.run(move |connection| {
            connection.busy_timeout(within)?;
            in_transaction(connection, |connection| {
                kept(connection, &Recorded { place: 0, hash: String::new() })?;
                connection.prepare_cached(PROBE)?.execute(["a".repeat(room), "b".repeat(room)])
            })?;
            connection.busy_timeout(BUSY_TIMEOUT)
        })
        .await
    }

    /// Lets a thread that may wait for the disk do the work. The connection comes back only where
    /// the work succeeded, and not where nobody waited for it any more.
    async fn run<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DbErr> {
        if self.pool.is_closed() {
            return Err(closed());
        }
        let (known, file) = (self.connection.take(), self.file.clone());
        let worked = tokio::task::spawn_blocking(move || {
            let connection = known.map_or_else(|| open(&file), Ok)?;
            let done = work(&connection)?;
            rusqlite::Result::Ok((connection, done))
        });
        let (connection, done) = worked
            .await
            .map_err(|error| DbErr::Custom(error.to_string()))?
            .map_err(|error: rusqlite::Error| DbErr::Custom(error.to_string()))?;
        self.connection = Some(connection);
        Ok(done)
    }
}

fn open(file: &std::path::Path) -> rusqlite::Result<Connection> {
    // A file that is not there any more is not made anew: its records are elsewhere.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let level: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if level < FULL || mode != "wal" {
        return Err(refused(
            "access records need PRAGMA synchronous = FULL and journal_mode = WAL",
        ));
    }
    Ok(connection)
}

/// Does the work alone, from the beginning on: a deferred transaction would read the head before.
fn in_transaction<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    require_none(connection)?;
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let done = work(connection)?;
    connection.prepare_cached("COMMIT")?.execute([])?;
    require_none(connection)?;
    Ok(done)
}

fn require_none(connection: &Connection) -> rusqlite::Result<()> {
    if connection.is_autocommit() {
        Ok(())
    } else {
        Err(refused("the connection for access records is in a transaction"))
    }
}

fn append(connection: &Connection, pen: &Pen, entries: &mut [Entry]) -> rusqlite::Result<()> {
    let head = head(connection, pen)?;
    let moved = chain_up(&pen.key, &head, entries);
    let mut insert_record = connection.prepare_cached(&INSERT_RECORD)?;
    let mut insert_subject = connection.prepare_cached(INSERT_SUBJECT)?;
    for Entry { record, subjects, sets } in entries.iter() {
        insert_record.execute(params_from_iter(cells(record).map(|(_, cell)| cell)))?;
        for (place, person) in subjects.iter().enumerate() {
            insert_subject.execute(params![record.seq, person, sets.get(place)])?;
        }
    }
    let rows = connection.prepare_cached(MOVE_HEAD)?.execute(params![
        moved.seq,
        moved.hash,
        pen.key.seal_tree(&moved.tree)
    ])?;
    match rows {
        1 => Ok(()),
        _ => Err(refused("the head of the access records did not move")),
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Cell::Number(number) => (*number).into(),
            Cell::Instant(at) => db::sqlite_instant(*at).into(),
            Cell::Flag(flag) => (*flag).into(),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::from(*text)),
            Cell::Optional(text) => {
                ToSqlOutput::Borrowed(text.map_or(ValueRef::Null, ValueRef::from))
            }
        })
    }
}

fn head(connection: &Connection, pen: &Pen) -> rusqlite::Result<Head> {
    let last = pen.last();
    let kept = kept(connection, &last)?;
    pen.head(kept, &last).map_err(refused)
}

fn kept(connection: &Connection, last: &Recorded) -> rusqlite::Result<Kept> {
    connection.prepare_cached(HEAD)?.query_row([last.place], |row| {
        Ok(Kept {
            seq: row.get(0)?,
            hash: row.get(1)?,
            tree_size: row.get(2)?,
            tree: row.get(3)?,
            at: instant(row, 4)?,
            own: row.get(5)?,
        })
    })
}

fn instant(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Option<DateTime<Utc>>> {
    let text: Option<String> = row.get(column)?;
    // One that cannot be read was altered: it is for `verify` to tell of, and holds nothing back.
    Ok(text.and_then(|text| text.parse().ok()))
}

fn refused(why: &str) -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_MISUSE);
    rusqlite::Error::SqliteFailure(code, Some(why.to_owned()))
}
