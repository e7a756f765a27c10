//! Plain inserts: a prepared statement for each table, in a loop, in one transaction.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::{Connection, params_from_iter, types::Value};

/// Tables in the order in which they were made: a table after those it refers to.
const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table'
    AND name NOT LIKE 'sqlite%' ORDER BY rowid";

/// Inserts the rows of all tables that a migrated file has empty. Reading them takes no time: rows
/// are in memory before the clock of their table starts.
pub fn insert(from: &Path, to: &Path) -> anyhow::Result<(u64, Duration)> {
    let (from, to) = (Connection::open(from)?, Connection::open(to)?);
    // As much as the product has.
    to.execute_batch("PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; BEGIN")?;
    let (mut time, mut rows) = (Duration::ZERO, 0);
    for table in tables(&from)? {
        let seeded = format!("SELECT EXISTS (SELECT 1 FROM {table})");
        if to.query_row(&seeded, [], |row| row.get(0))? {
            continue;
        }
        let (width, cells) = read(&from, &table)?;
        let start = Instant::now();
        let places = vec!["?"; width].join(", ");
        let mut insert = to.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
        for row in cells.chunks_exact(width) {
            rows += insert.execute(params_from_iter(row))? as u64;
        }
        time += start.elapsed();
    }
    let start = Instant::now();
    to.execute_batch("COMMIT")?;
    Ok((rows, time + start.elapsed()))
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection.prepare(TABLES)?.query_map([], |row| row.get(0))?.collect()
}

fn read(connection: &Connection, table: &str) -> rusqlite::Result<(usize, Vec<Value>)> {
    let mut select = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1"))?;
    let width = select.column_count();
    let (mut rows, mut cells) = (select.query([])?, Vec::new());
    while let Some(row) = rows.next()? {
        for column in 0..width {
            cells.push(row.get(column)?);
        }
    }
    Ok((width, cells))
}
