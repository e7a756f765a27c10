//! Looks for changes in the background, and whenever PostgreSQL tells of one.
#![expect(clippy::disallowed_types, reason = "listens, and reads nothing")]

use std::{sync::Arc, time::Duration};

use sea_orm::{
    DatabaseConnection, DbBackend,
    sqlx::{self, PgPool, postgres::PgListener},
};
use tokio::{sync::Notify, time};

use super::Gateway;
use crate::audit::CHANNEL;

/// How often a gateway looks for itself.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long a look may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a gateway waits before it listens again where it could not.
const PAUSE: Duration = Duration::from_millis(250);

/// Every how many looks units and organizations are read again.
const DIRECTORY_EVERY: u64 = 120;

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
