//! The read path to the database, behind one small trait: text and parameters in, rows out.

mod lookups;
mod postgres;
mod rows;
mod sqlite;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

pub use rows::Rows;

use crate::{
    db,
    error::{Code, GatewayError},
};

/// Which SQL is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite 3.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// A bound parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// An instant.
    Instant(DateTime<Utc>),
    /// Keys of parent rows.
    Keys(Vec<i64>),
}

/// A SELECT with its parameters, in the order of their placeholders.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The text; equal texts share a prepared statement.
    pub sql: String,
    /// The parameters.
    pub params: Vec<Value>,
}

/// Why a read failed. Carries no SQL and no values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The statement ran longer than it may.
    #[error("a statement took too long")]
    Timeout,
    /// The database cannot be reached, or refused the statement.
    #[error("the database is unavailable")]
    Unavailable,
}

impl From<ReadError> for GatewayError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Timeout => Self::new(Code::Timeout, "a statement took longer than it may"),
            ReadError::Unavailable => {
                Self::new(Code::DatabaseUnavailable, "the database is unavailable")
            }
        }
    }
}

/// Runs SELECTs.
#[async_trait]
pub trait Reader: Send + Sync {
    /// The SQL it speaks.
    fn dialect(&self) -> Dialect;

    /// Opens what the current thread reads through, where that is not open yet.
    ///
    /// # Errors
    /// When the database cannot be reached; what is missing is opened when it is used.
    async fn open(&self) -> Result<(), ReadError> {
        Ok(())
    }

    /// Runs one SELECT.
    async fn read(&self, statement: &Statement) -> Result<Rows, ReadError>;

    /// Runs one SELECT of at most one row by its key, which is in its first column; the statement's
    /// last placeholder is the key's ([`crate::graphql::sql::Params::key`]).
    async fn look_up(&self, mut statement: Statement, key: i64) -> Result<Rows, ReadError> {
        statement.params.push(match self.dialect() {
            Dialect::Sqlite => Value::Int(key),
            Dialect::Postgres => Value::Keys(vec![key]),
        });
        self.read(&statement).await
    }
}

/// How reads are made.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions {
    /// Connections to the database.
    pub connections: usize,
    /// How long one statement may run.
    pub statement_timeout: Duration,
}

/// Connects the fastest driver for the database of this URL.
///
/// # Errors
/// When the URL names neither SQLite nor PostgreSQL, or the database cannot be opened.
pub async fn connect(url: &str, options: ReadOptions) -> anyhow::Result<Box<dyn Reader>> {
    if let Some(file) = db::sqlite_file(url) {
        Ok(Box::new(sqlite::SqliteReader::open(&file, options)?))
    } else if db::is_postgres(url) {
        Ok(Box::new(postgres::PostgresReader::connect(url, options).await?))
    } else {
        anyhow::bail!("the database URL must begin with sqlite:// or postgres://")
    }
}
