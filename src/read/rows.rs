//! Rows as a driver delivers them, read by column index.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::types::Value as Cell;

/// The rows of one SELECT.
#[derive(Debug)]
pub enum Rows {
    /// From SQLite: cells row by row.
    Sqlite {
        /// Columns a row.
        width: usize,
        /// All cells.
        cells: Vec<Cell>,
    },
    /// From PostgreSQL.
    Postgres(Vec<tokio_postgres::Row>),
}

impl Rows {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Rows::Sqlite { width, cells } => cells.len() / width,
            Rows::Postgres(rows) => rows.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A whole number, null as `None`.
    pub fn int(&self, row: usize, column: usize) -> Option<i64> {
        match self {
            Rows::Sqlite { width, cells } => match &cells[row * width + column] {
                Cell::Integer(value) => Some(*value),
                _ => None,
            },
            Rows::Postgres(rows) => {
                let row = &rows[row];
                match *row.columns()[column].type_() {
                    tokio_postgres::types::Type::INT4 => {
                        row.get::<_, Option<i32>>(column).map(i64::from)
                    }
                    _ => row.get(column),
                }
            }
        }
    }

    /// A yes or no.
    pub fn bool(&self, row: usize, column: usize) -> Option<bool> {
        match self {
            Rows::Sqlite { .. } => self.int(row, column).map(|value| value != 0),
            Rows::Postgres(rows) => rows[row].get(column),
        }
    }

    /// A text.
    pub fn text(&self, row: usize, column: usize) -> Option<&str> {
        match self {
            Rows::Sqlite { width, cells } => match &cells[row * width + column] {
                Cell::Text(value) => Some(value),
                _ => None,
            },
            Rows::Postgres(rows) => rows[row].get(column),
        }
    }

    /// A day.
    pub fn date(&self, row: usize, column: usize) -> Option<NaiveDate> {
        match self {
            Rows::Sqlite { .. } => self.text(row, column)?.parse().ok(),
            Rows::Postgres(rows) => rows[row].get(column),
        }
    }

    /// A day as ISO 8601 text.
    pub fn date_text(&self, row: usize, column: usize) -> Option<Cow<'_, str>> {
        match self {
            Rows::Sqlite { .. } => self.text(row, column).map(Cow::Borrowed),
            Rows::Postgres(_) => self.date(row, column).map(|date| date.to_string().into()),
        }
    }

    /// An instant.
    pub fn instant(&self, row: usize, column: usize) -> Option<DateTime<Utc>> {
        match self {
            Rows::Sqlite { .. } => DateTime::parse_from_rfc3339(self.text(row, column)?)
                .ok()
                .map(|instant| instant.to_utc()),
            Rows::Postgres(rows) => rows[row].get(column),
        }
    }
}
