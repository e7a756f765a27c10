//! The write path's connection: migrations, grants, access records, imports.

use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const POSTGRES_CONNECTIONS: u32 = 4;

/// Connects for writing: `sqlite://path?mode=rwc`, or `postgres://…`.
pub async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .connect_timeout(CONNECT_TIMEOUT)
        .acquire_timeout(CONNECT_TIMEOUT)
        // A ping before every use costs more than an error on a connection that died.
        .test_before_acquire(false)
        // Statements carry people's data; it does not belong in a log.
        .sqlx_logging(false);
    if url.starts_with("sqlite:") {
        // SQLite has one writer at a time; more connections would only wait for each other.
        options.max_connections(1).map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .journal_mode(SqliteJournalMode::Wal)
                // An access record that was committed survives a power cut.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
        });
    } else {
        options.max_connections(POSTGRES_CONNECTIONS);
    }
    Database::connect(options).await
}

/// Applies every migration that is pending.
pub async fn migrate(database: &DatabaseConnection) -> Result<(), DbErr> {
    Migrator::up(database, None).await
}

/// The names of the migrations that are pending, in order. Writes nothing.
pub async fn pending_migrations(database: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let pending = Migrator::get_pending_migrations_read_only(database).await?;
    Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
}
