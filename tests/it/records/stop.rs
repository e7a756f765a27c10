//! A server that is told to stop answers what it has begun.

use std::time::Duration;

use sea_orm::{DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    crash::{clinician, place},
    process::Installation,
    sql,
};
use crate::support::{Backend, World, backends};

const QUERY: &str = "{ persons(first: 5) { nodes { name } } }";

/// Nobody can write a record until this ends.
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
pub async fn hold_back_records(world: &World) -> DatabaseTransaction {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = world.db.begin_with_options(options).await.expect("a transaction");
    let lock = match world.backend {
        Backend::Sqlite => "SELECT * FROM access_head",
        Backend::Postgres => "SELECT * FROM access_head FOR UPDATE",
    };
    sea_orm::ConnectionTrait::execute_unprepared(&transaction, lock).await.expect("the lock");
    transaction
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_answers_the_requests_under_way() {
    for backend in backends("a_stopped_server_answers_the_requests_under_way") {
        let world = World::new(backend).await;
        let installation =
            Installation::over(&world).with("SERVER__SHUTDOWN_ANNOUNCE_SECONDS", "0");
        let mut server = installation.serve();
        let token = clinician(&installation, "patient");

        let held = hold_back_records(&world).await;
        let mut under_way = JoinSet::new();
        for _ in 0..4 {
            let body = json!({ "query": QUERY });
            let request =
                reqwest::Client::new().post(server.graphql()).bearer_auth(&token).json(&body);
            under_way.spawn(async move { request.send().await.expect("an answer") });
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        server.terminate();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let late = reqwest::Client::new().post(server.graphql()).bearer_auth(&token);
        assert!(late.json(&json!({ "query": QUERY })).send().await.is_err(), "{backend:?}");
        assert!(under_way.try_join_next().is_none(), "no answer without a record");
        held.rollback().await.expect("the lock ends");

        let mut places = Vec::new();
        while let Some(response) = under_way.join_next().await {
            let response = response.expect("the request ends");
            assert_eq!(response.status(), 200, "{backend:?}");
            places.push(place(&response).expect("a record"));
            let answer: Value = response.json().await.expect("JSON");
            let nodes = answer["data"]["persons"]["nodes"].as_array().expect("data");
            assert_eq!(nodes.len(), 5);
        }
        let status = server.wait().expect("it ends");
        assert_eq!(status.code(), Some(0), "{backend:?}: {}", server.log());
        places.sort_unstable();
        assert_eq!(places, [1, 2, 3, 4]);
        assert_eq!(sql::last(&world.db).await, 4);
        assert!(installation.succeed(&["audit", "verify"]).starts_with("intact: 4 records"));
    }
}

#[test]
fn a_server_without_requests_stops_at_once() {
    let installation = Installation::empty();
    installation.install();
    let mut server = installation.serve();
    let begin = std::time::Instant::now();
    server.terminate();
    assert_eq!(server.wait().expect("it ends").code(), Some(0), "{}", server.log());
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
}
