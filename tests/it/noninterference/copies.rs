//! Copies of one filled database.

use std::sync::atomic::{AtomicU32, Ordering};

use migrant_gateway::{clock::ManualClock, db, secrets::Secrets};
use sea_orm::ConnectionTrait;
use tokio::sync::{Mutex, OnceCell};

use crate::support::{Backend, World, world::noon};

static FILLED: OnceCell<String> = OnceCell::const_new();
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
static COPIES: AtomicU32 = AtomicU32::new(0);

/// A world with the shared population.
pub async fn copy(backend: Backend) -> World {
    match backend {
        Backend::Sqlite => World::new(backend).await,
        Backend::Postgres => copy_postgres().await,
    }
}

/// Filling a PostgreSQL database takes seconds; copying it inside the server does not.
async fn copy_postgres() -> World {
    let filled = FILLED.get_or_init(fill).await;
    let (server, template) = filled.rsplit_once('/').expect("the URL names a database");
    let number = COPIES.fetch_add(1, Ordering::Relaxed);
    let url = format!("{server}/copy_{number}");
    let guard = ONE_AT_A_TIME.lock().await;
    execute(
        &format!("{server}/postgres"),
        &format!("CREATE DATABASE copy_{number} TEMPLATE {template}"),
    )
    .await;
    drop(guard);
    World {
        backend: Backend::Postgres,
        db: db::connect(&url).await.expect("the database connects"),
        url,
        clock: ManualClock::at(noon()),
        secrets: Secrets::new([7; 32]),
        directory: tempfile::tempdir().expect("a temporary directory"),
    }
}

async fn fill() -> String {
    let world = World::new(Backend::Postgres).await;
    // A database that somebody is connected to cannot be copied.
    world.db.close().await.expect("the database closes");
    world.url
}

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn execute(url: &str, sql: &str) {
    let db = db::connect(url).await.expect("the database connects");
    db.execute_unprepared(sql).await.expect("the statement runs");
    db.close().await.expect("the database closes");
}
