//! A connection to look for the current version with, and for nothing else: a look waits neither
//! for reads nor for changes, and learns at once that a server is away.
#![expect(clippy::disallowed_types, reason = "reads numbers of versions")]

use std::path::PathBuf;

use rusqlite::{Connection, OpenFlags};
use sea_orm::{
    DatabaseConnection, DbBackend, DbErr,
    sqlx::{self, PgConnection, PgPool},
};

use super::Version;
use crate::db;

/// The same on both databases; the columns in their order.
pub(super) const VERSION: &str = "SELECT (SELECT version FROM gateway_state WHERE id = 1) AS changes, \
    (SELECT MAX(version) FROM sharing_grant) AS grants";

/// Where a gateway looks from. A connection on which a look failed, or was given up, is closed.
pub enum Lookout {
    /// A file, read.
    Sqlite(PathBuf, Option<Connection>),
    /// A server.
    Postgres(PgPool, Option<PgConnection>),
}

impl Lookout {
    /// Looks at the database of this connection.
    pub fn over(db: &DatabaseConnection) -> Self {
        match db.get_database_backend() {
            DbBackend::Postgres => Self::Postgres(db.get_postgres_connection_pool().clone(), None),
            _ => {
                let options = db.get_sqlite_connection_pool().connect_options();
                Self::Sqlite(options.get_filename().to_owned(), None)
            }
        }
    }

    /// The version in the database.
    ///
    /// # Errors
    /// When the database cannot be read, by a new connection either.
    pub async fn version(&mut self) -> Result<Version, DbErr> {
        match self {
            Self::Sqlite(file, known) => {
                let (connection, version) = of_file(file.clone(), known.take()).await?;
                *known = Some(connection);
                Ok(version)
            }
            Self::Postgres(pool, known) => {
                let (connection, version) = of_server(pool, known.take())
                    .await
                    .map_err(|error| DbErr::Custom(error.to_string()))?;
                *known = Some(connection);
                Ok(version)
            }
        }
    }
}

async fn of_file(file: PathBuf, known: Option<Connection>) -> Result<(Connection, Version), DbErr> {
    let look = move || {
        let connection = known.map_or_else(|| open(&file), Ok)?;
        let (changes, grants): (Option<i64>, Option<i64>) = connection
            .prepare_cached(VERSION)?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rusqlite::Result::Ok((connection, Version::of(changes, grants)))
    };
    tokio::task::spawn_blocking(look)
        .await
        .map_err(|error| DbErr::Custom(error.to_string()))?
        .map_err(|error: rusqlite::Error| DbErr::Custom(error.to_string()))
}

fn open(file: &std::path::Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

async fn of_server(
    pool: &PgPool,
    known: Option<PgConnection>,
) -> Result<(PgConnection, Version), sqlx::Error> {
    if let Some(mut connection) = known
        && let Ok(version) = read(&mut connection).await
    {
        return Ok((connection, version));
    }
    let mut connection = db::connect_apart(pool).await?;
    let version = read(&mut connection).await?;
    Ok((connection, version))
}

async fn read(connection: &mut PgConnection) -> Result<Version, sqlx::Error> {
    let (changes, grants) = sqlx::query_as(VERSION).fetch_one(connection).await?;
    Ok(Version::of(changes, grants))
}
