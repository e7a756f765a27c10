//! Migrations run one after the other, however many are started at once.

use anyhow::Context as _;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseTransaction, TransactionTrait};

use super::{failure, url};

/// PostgreSQL's advisory lock of this program's migrations: `mgmigrat` in ASCII.
const KEY: i64 = 0x6d67_6d69_6772_6174;

/// Whose turn it is to migrate a database. The turn ends when this is dropped, or with the process.
pub struct MigrationLock {
    /// The directory of a SQLite file: the file itself is SQLite's to lock.
    _directory: Option<std::fs::File>,
    /// On PostgreSQL a session of its own.
    _session: Option<DatabaseTransaction>,
}

impl MigrationLock {
    /// Waits for the turn, as long as it takes.
    ///
    /// # Errors
    /// When the URL is not valid, or the database cannot be reached.
    pub async fn take(database: &str) -> anyhow::Result<Self> {
        url::check(database)?;
        let Some(file) = url::sqlite_file(database) else {
            return Ok(Self { _directory: None, _session: Some(session(database).await?) });
        };
        let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = directory.unwrap_or(".".as_ref()).to_owned();
        let locked = tokio::task::spawn_blocking(move || lock(&directory)).await?;
        Ok(Self { _directory: locked, _session: None })
    }
}

/// None where there is no such directory, or its file system has no locks: then there is nothing to
/// wait for.
fn lock(directory: &std::path::Path) -> Option<std::fs::File> {
    let directory = std::fs::File::open(directory).ok()?;
    directory.lock().ok().map(|()| directory)
}

#[expect(clippy::disallowed_methods, reason = "waits for the lock of migrations")]
async fn session(database: &str) -> anyhow::Result<DatabaseTransaction> {
    let mut options = ConnectOptions::new(database);
    options.max_connections(1).connect_timeout(super::CONNECT_TIMEOUT).sqlx_logging(false);
    let connected = Database::connect(options).await;
    let session = connected.map_err(|error| anyhow::anyhow!(failure::of_orm(&error)))?;
    let transaction = session.begin().await.context("cannot begin")?;
    // Another's migrations may take hours over a full database.
    transaction
        .execute_unprepared(&format!(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
             SET LOCAL idle_in_transaction_session_timeout = 0; \
             SELECT pg_advisory_xact_lock({KEY})"
        ))
        .await
        .context("cannot wait for the lock")?;
    Ok(transaction)
}
