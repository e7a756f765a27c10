//! The write path's connection: migrations, grants, access records, imports.
#![expect(clippy::disallowed_types, reason = "opens the connections of the others")]

pub mod columns;
mod failure;
mod lock;
mod url;

pub use self::{
    failure::of_postgres as postgres_failure,
    lock::MigrationLock,
    url::{check as check_url, is_postgres, postgres as postgres_config, sqlite_file},
};

use std::{
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt as _,
    time::{Duration, Instant},
};

use chrono::{DateTime, SecondsFormat, Utc};
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ColumnTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr,
    EntityTrait, QuerySelect,
    sqlx::{
        self, Connection as _, PgConnection, PgPool, SqliteConnection,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};

/// How long another process may keep a SQLite file to itself.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a server may take to accept a connection on the way of a request.
pub const REACH_TIMEOUT: Duration = Duration::from_secs(2);
/// One listens for changes. Records have a connection of their own beside these.
const POSTGRES_CONNECTIONS: u32 = 5;

/// How long until a SQLite file that somebody else had is tried again.
const BUSY_PAUSE: Duration = Duration::from_millis(50);

/// Connects for writing: `sqlite://path?mode=rwc`, or `postgres://…`.
///
/// # Errors
/// When the URL is not valid or the database cannot be reached. The message quotes neither the URL
/// nor the server.
pub async fn connect(url: &str) -> anyhow::Result<DatabaseConnection> {
    url::check(url)?;
    create_private(url);
    let begin = Instant::now();
    loop {
        match Database::connect(options(url)).await {
            Ok(database) => return Ok(database),
            // SQLite does not wait where another process makes the same file.
            Err(error) if failure::is_busy(&error) && begin.elapsed() < BUSY_TIMEOUT => {
                tokio::time::sleep(BUSY_PAUSE).await;
            }
            Err(error) => anyhow::bail!(failure::of_orm(&error)),
        }
    }
}

/// Creates the file of a SQLite database that is not there yet, so that nobody else may read it.
/// Its log and the index of that get the same mode from SQLite.
fn create_private(url: &str) {
    if let Some(file) = url::sqlite_file(url).filter(|_| url::creates_file(url)) {
        // Where it cannot be created SQLite says why.
        let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    }
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .connect_timeout(CONNECT_TIMEOUT)
        .acquire_timeout(CONNECT_TIMEOUT)
        // What is frequent has connections of its own; here a ping before every use spares changes
        // and the administration an error on a connection that died.
        .test_before_acquire(true)
        // Statements carry people's data; it does not belong in a log.
        .sqlx_logging(false);
    if url.starts_with("sqlite:") {
        // SQLite has one writer at a time; more connections would only wait for each other.
        options
            .max_connections(1)
            .map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .journal_mode(SqliteJournalMode::Wal)
                    // An access record that was committed survives a power cut.
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(BUSY_TIMEOUT)
            })
            .map_sqlx_sqlite_pool_opts(|pool| {
                pool.after_release(|connection, _| Box::pin(is_between_transactions(connection)))
            });
    } else {
        options.max_connections(POSTGRES_CONNECTIONS);
    }
    options
}

/// Whether a connection that comes back may be used again. Where a BEGIN, COMMIT or ROLLBACK failed,
/// the driver counts a transaction that SQLite has ended, and would take what follows for a part of
/// it: nobody would ever commit that.
async fn is_between_transactions(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // Behind a rollback that is on its way.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// Closes the connections of a pool that nobody uses, so that those who come next get new ones.
pub async fn renew(database: &DatabaseConnection) {
    if database.get_database_backend() == DbBackend::Sqlite {
        let pool = database.get_sqlite_connection_pool();
        // One is all there are.
        if let Ok(connection) = pool.acquire().await {
            let _ = connection.close().await;
        }
    }
}

/// A connection to the server of a pool that is not one of the pool's, or at once the reason why
/// there is none: the pool would wait for a server that is not there.
///
/// # Errors
/// When the pool was closed, or there is no connection within two seconds.
pub async fn connect_apart(pool: &PgPool) -> Result<PgConnection, sqlx::Error> {
    if pool.is_closed() {
        return Err(sqlx::Error::PoolClosed);
    }
    let options = pool.connect_options();
    tokio::time::timeout(REACH_TIMEOUT, PgConnection::connect_with(&options))
        .await
        .unwrap_or_else(|_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())))
}

/// Sees that the server is there; a file always is.
///
/// # Errors
/// As [`connect_apart`].
pub async fn see(database: &DatabaseConnection) -> Result<(), DbErr> {
    if database.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let connecting = connect_apart(database.get_postgres_connection_pool()).await;
    let connection = connecting.map_err(|error| DbErr::Custom(error.to_string()))?;
    connection.close().await.map_err(|error| DbErr::Custom(error.to_string()))
}

/// The key after the greatest of a table. Changes run one after the other, so nobody takes it in
/// between.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "reads keys, no personal data")]
pub async fn next_key<E: EntityTrait>(
    db: &impl ConnectionTrait,
    key: E::Column,
) -> Result<i64, DbErr> {
    let greatest = E::find().select_only().column_as(key.max(), "greatest");
    let greatest = greatest.into_tuple::<Option<i64>>().one(db).await?;
    Ok(greatest.flatten().unwrap_or(0) + 1)
}

/// An instant as SeaORM stores it on SQLite, so that texts compare as the instants do.
pub fn sqlite_instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// Applies every migration that is pending.
pub async fn migrate(database: &DatabaseConnection) -> Result<(), DbErr> {
    Migrator::up(database, None).await
}

/// How many migrations there are.
pub fn migrations() -> usize {
    Migrator::migrations().len()
}

/// The names of the migrations that are pending, in order. Writes nothing.
pub async fn pending_migrations(database: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let pending = Migrator::get_pending_migrations_read_only(database).await?;
    Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
}
