//! Readiness tells whether an answer could be given now.

use std::time::{Duration, Instant};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use super::load::{ready, until_ready};
use crate::{
    records::{process::Installation, sql},
    support::{Backend, World, backends},
};

/// The longest that readiness may take to say no.
const LIMIT: Duration = Duration::from_secs(2);

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn lock(world: &World, statement: &str) -> DatabaseTransaction {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Exclusive),
        ..TransactionOptions::default()
    };
    let transaction = world.db.begin_with_options(options).await.expect("a transaction");
    transaction.execute_unprepared(statement).await.expect("the lock");
    transaction
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_whose_tables_are_locked_says_so_within_two_seconds() {
    for backend in backends("a_gateway_whose_tables_are_locked_says_so") {
        let world = World::new(backend).await;
        let installation = Installation::over(&world);
        let server = installation.serve();
        let locks: &[&str] = match backend {
            Backend::Sqlite => &["SELECT 1"],
            Backend::Postgres => &[
                "LOCK TABLE access_record",
                "LOCK TABLE access_head",
                "SELECT * FROM access_head FOR UPDATE",
                "LOCK TABLE person",
                "LOCK TABLE gateway_state",
                "LOCK TABLE volume_usage",
            ],
        };
        for statement in locks {
            until_ready(&server, 200).await;
            let held = lock(&world, statement).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            // What is locked for looks alone is noticed when the last one is too long ago.
            let deadline = Instant::now() + Duration::from_secs(5);
            loop {
                let begun = Instant::now();
                let status = ready(&server).await;
                assert!(begun.elapsed() < LIMIT, "{statement}: {:?}", begun.elapsed());
                if status == 503 {
                    break;
                }
                let looked_for = ["LOCK TABLE gateway_state", "LOCK TABLE volume_usage"];
                assert!(looked_for.contains(statement), "{backend:?}: ready: {statement}");
                assert!(Instant::now() < deadline, "{statement}: ready for too long");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            held.rollback().await.expect("the lock ends");
            until_ready(&server, 200).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_could_not_commit_is_ready_again_without_requests() {
    for backend in backends("a_gateway_that_could_not_commit_is_ready_again") {
        let world = World::new(backend).await;
        let installation = Installation::over(&world);
        let server = installation.serve();
        until_ready(&server, 200).await;
        sql::execute(&world.db, "ALTER TABLE access_head RENAME TO gone").await;
        until_ready(&server, 503).await;
        sql::execute(&world.db, "ALTER TABLE gone RENAME TO access_head").await;
        until_ready(&server, 200).await;
        assert_eq!(sql::last(&world.db).await, 0, "asking leaves no record");
    }
}
