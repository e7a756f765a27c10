//! Rows as a driver delivers them, read by column index.

use std::{borrow::Cow, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::types::Value as Cell;
use tokio_postgres::types::{FromSql, Type};

/// A value of any type, of which only matters that it is there.
struct Anything;

impl FromSql<'_> for Anything {
    fn from_sql(_: &Type, _: &[u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

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
    /// From PostgreSQL: at most one, found by its key.
    Found(Option<Arc<tokio_postgres::Row>>),
}

impl Rows {
    /// No rows.
    pub fn none() -> Self {
        Rows::Found(None)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Rows::Sqlite { width, cells } => cells.len() / width,
            Rows::Postgres(rows) => rows.len(),
            Rows::Found(row) => usize::from(row.is_some()),
        }
    }

    /// A cell as the driver of PostgreSQL delivers it.
    fn cell<'r, T: FromSql<'r>>(&'r self, row: usize, column: usize) -> T {
        match self {
            Rows::Postgres(rows) => rows[row].get(column),
            Rows::Found(Some(found)) => found.get(column),
            Rows::Found(None) | Rows::Sqlite { .. } => unreachable!("the row is one of these rows"),
        }
    }

    fn type_of(&self, column: usize) -> Option<&Type> {
        let row = match self {
            Rows::Postgres(rows) => rows.first()?,
            Rows::Found(found) => found.as_deref()?,
            Rows::Sqlite { .. } => return None,
        };
        Some(row.columns()[column].type_())
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
            _ if self.type_of(column) == Some(&Type::INT4) => {
                self.cell::<Option<i32>>(row, column).map(i64::from)
            }
            _ => self.cell(row, column),
        }
    }

    /// Whether a cell holds anything, whatever its type.
    pub fn is_present(&self, row: usize, column: usize) -> bool {
        match self {
            Rows::Sqlite { width, cells } => cells[row * width + column] != Cell::Null,
            _ => self.cell::<Option<Anything>>(row, column).is_some(),
        }
    }

    /// A yes or no.
    pub fn bool(&self, row: usize, column: usize) -> Option<bool> {
        match self {
            Rows::Sqlite { .. } => self.int(row, column).map(|value| value != 0),
            _ => self.cell(row, column),
        }
    }

    /// A text.
    pub fn text(&self, row: usize, column: usize) -> Option<&str> {
        match self {
            Rows::Sqlite { width, cells } => match &cells[row * width + column] {
                Cell::Text(value) => Some(value),
                _ => None,
            },
            _ => self.cell(row, column),
        }
    }

    /// A day.
    pub fn date(&self, row: usize, column: usize) -> Option<NaiveDate> {
        match self {
            Rows::Sqlite { .. } => self.text(row, column)?.parse().ok(),
            _ => self.cell(row, column),
        }
    }

    /// A day as ISO 8601 text.
    pub fn date_text(&self, row: usize, column: usize) -> Option<Cow<'_, str>> {
        match self {
            Rows::Sqlite { .. } => self.text(row, column).map(Cow::Borrowed),
            _ => self.date(row, column).map(|date| date.to_string().into()),
        }
    }

    /// An instant.
    pub fn instant(&self, row: usize, column: usize) -> Option<DateTime<Utc>> {
        match self {
            Rows::Sqlite { .. } => DateTime::parse_from_rfc3339(self.text(row, column)?)
                .ok()
                .map(|instant| instant.to_utc()),
            _ => self.cell(row, column),
        }
    }
}
