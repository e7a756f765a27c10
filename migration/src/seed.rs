//! Seeds: rows of the project's own data files, embedded and inserted many at a time.
//!
//! A data file that a released migration reads is not edited: databases that have run the migration
//! would differ from new ones. A change is a new migration with a file of its own.

use sea_orm_migration::prelude::*;
use serde::de::DeserializeOwned;

// Both engines bound the number of parameters in a statement; SQLite's 32,766 is the lower.
const ROWS_PER_STATEMENT: usize = 1000;

/// The rows of an embedded CSV file.
pub fn rows<T: DeserializeOwned>(file: &str) -> Result<Vec<T>, DbErr> {
    csv::Reader::from_reader(file.as_bytes()).deserialize().collect::<Result<_, _>>().map_err(error)
}

/// The parts of a cell that holds several values.
pub fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').filter(|part| !part.is_empty())
}

/// What is wrong with a data file.
pub fn error(problem: impl ToString) -> DbErr {
    DbErr::Migration(problem.to_string())
}

/// Inserts rows, their values in the order of the columns.
pub async fn insert<const N: usize>(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: [&'static str; N],
    rows: &[[Value; N]],
) -> Result<(), DbErr> {
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        let mut statement = Query::insert().into_table(table).columns(columns).to_owned();
        for row in chunk {
            statement.values(row.iter().cloned().map(Expr::val)).map_err(error)?;
        }
        manager.execute(statement).await?;
    }
    Ok(())
}

/// Empties a table.
pub async fn clear(manager: &SchemaManager<'_>, table: &'static str) -> Result<(), DbErr> {
    manager.execute(Query::delete().from_table(table).to_owned()).await
}
