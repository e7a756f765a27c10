//! Keeps a gateway at the current version of what is administered, on every instance at once.
//!
//! Every change moves a number in the database. PostgreSQL tells all gateways of it at once; each
//! also looks for itself, so that one whose connection dropped follows within the second. One that
//! cannot look for longer than a bound does not answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement,
    sqlx::{self, PgPool, postgres::PgListener},
};
use tokio::{sync::Notify, time};

use crate::{app::Gateway, audit::CHANNEL};

/// How often a gateway looks for itself.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long a look may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a gateway waits before it listens again where it could not.
const PAUSE: Duration = Duration::from_millis(250);

/// Every how many looks units and organizations are read again.
const DIRECTORY_EVERY: u64 = 120;

/// What of the database gateways keep in memory, as numbers that only grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// Of all changes.
    pub changes: i64,
    /// Of the grants; moves alone when somebody writes them by hand.
    pub grants: i64,
}

impl Version {
    /// The version in the database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn read(db: &DatabaseConnection) -> Result<Self, DbErr> {
        const SQL: &str = "SELECT (SELECT version FROM gateway_state WHERE id = 1) AS changes, \
            (SELECT MAX(version) FROM sharing_grant) AS grants";
        let statement = Statement::from_string(db.get_database_backend(), SQL);
        let row = db.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the state of the gateway".into()))?;
        let number = |column| row.try_get::<Option<i64>>("", column).map(Option::unwrap_or_default);
        Ok(Self { changes: number("changes")?, grants: number("grants")? })
    }
}

/// When a gateway last knew that it was current.
#[derive(Debug)]
pub struct Freshness {
    begin: Instant,
    /// Milliseconds from `begin` to the last look that succeeded; zero before the first.
    looked: AtomicU64,
    bound: Duration,
}

impl Freshness {
    /// Of a gateway that looks no longer ago than `bound`, once it has begun to look.
    pub fn new(bound: Duration) -> Self {
        Self { begin: Instant::now(), looked: AtomicU64::new(0), bound }
    }

    /// A look that began at this instant succeeded.
    pub fn confirm(&self, at: Instant) {
        let millis = u64::try_from((at - self.begin).as_millis()).unwrap_or(u64::MAX);
        self.looked.fetch_max(millis.max(1), Ordering::Relaxed);
    }

    /// Whether the last look is too long ago to answer by what it found.
    pub fn is_stale(&self) -> bool {
        match self.looked.load(Ordering::Relaxed) {
            0 => false,
            looked => self.begin.elapsed() > self.bound + Duration::from_millis(looked),
        }
    }
}

/// Follows changes for as long as it is polled.
pub async fn follow(gateway: Arc<Gateway>) {
    let told = Notify::new();
    tokio::join!(look(&gateway, &told), listen(&gateway.db, &told));
}

async fn look(gateway: &Gateway, told: &Notify) {
    let mut ticks = time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    for number in 1.. {
        tokio::select! {
            () = told.notified() => {}
            _ = ticks.tick() => {}
        }
        match time::timeout(PATIENCE, gateway.look()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the current version cannot be read"),
            Err(_) => tracing::warn!("the current version cannot be read in time"),
        }
        if number % DIRECTORY_EVERY == 0 && gateway.refresh_directory().await.is_err() {
            tracing::warn!("units and organizations cannot be read");
        }
    }
}

/// Passes on what PostgreSQL tells.
async fn listen(db: &DatabaseConnection, told: &Notify) {
    if db.get_database_backend() != DbBackend::Postgres {
        return;
    }
    let pool = db.get_postgres_connection_pool();
    loop {
        if let Err(error) = listen_once(pool, told).await {
            tracing::warn!(%error, "not listening for changes; looking for them instead");
        }
        time::sleep(PAUSE).await;
    }
}

/// Listens until the connection drops, which may have lost a word: what follows is a look.
async fn listen_once(pool: &PgPool, told: &Notify) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    told.notify_one();
    while listener.try_recv().await?.is_some() {
        told.notify_one();
    }
    told.notify_one();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_that_never_began_to_look_is_not_stale() {
        assert!(!Freshness::new(Duration::ZERO).is_stale());
    }

    #[test]
    fn a_gateway_is_stale_when_its_last_look_is_longer_ago_than_the_bound() {
        let freshness = Freshness::new(Duration::from_secs(3600));
        freshness.confirm(Instant::now());
        assert!(!freshness.is_stale());
        let strict = Freshness::new(Duration::ZERO);
        strict.confirm(Instant::now());
        std::thread::sleep(Duration::from_millis(5));
        assert!(strict.is_stale());
        strict.confirm(Instant::now() + Duration::from_secs(3600));
        assert!(!strict.is_stale());
    }
}
