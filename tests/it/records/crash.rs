//! `kill -9` under load loses no record of an answer that a client received.

use std::{collections::BTreeMap, time::Duration};

use serde_json::json;
use tokio::task::JoinSet;

use super::{
    process::{Installation, Running},
    sql,
};
use crate::faults::rounds;
pub use crate::support::receipts::of as place;
use crate::support::{Backend, World, backends};

const CLIENTS: usize = 16;

/// How long the server is under load before it is killed, round by round.
const ROUNDS: [Duration; 3] =
    [Duration::from_millis(1000), Duration::from_millis(400), Duration::from_millis(703)];

const QUERIES: [&str; 2] = [
    "{ persons(first: 5) { nodes { name healthRecords { recordNumber } } totalCount } }",
    "{ persons(first: 50) { nodes { name birthDate phone } } }",
];

pub fn clinician(installation: &Installation, subject: &str) -> String {
    installation.token(&[
        "--role=HC",
        "--unit=220102",
        "--organization=220102-CHC",
        "--purpose=P-HR",
        "--subject",
        subject,
    ])
}

/// Asks until there is no server any more; returns the records of all answers.
async fn ask_until_it_dies(url: String, token: String, first: usize) -> Vec<i64> {
    let client = reqwest::Client::new();
    let mut places = Vec::new();
    for query in QUERIES.iter().cycle().skip(first) {
        let request = client.post(&url).bearer_auth(&token).json(&json!({ "query": query }));
        // The head of the answer is enough: who sees it may have seen data.
        let Ok(response) = request.send().await else { break };
        places.push(place(&response).expect("an answer names its record"));
        let Ok(body) = response.text().await else { break };
        assert!(body.starts_with("{\"data\":"), "{body}");
    }
    places
}

async fn kill_under_load(installation: &Installation, after: Duration) -> BTreeMap<i64, String> {
    let mut server = installation.serve();
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let subject = format!("client.{number}");
        let token = clinician(installation, &subject);
        let url = server.graphql();
        clients.spawn(async move { (ask_until_it_dies(url, token, number).await, subject) });
    }
    tokio::time::sleep(after).await;
    server.kill();
    let mut received = BTreeMap::new();
    for (places, subject) in clients.join_all().await {
        for place in places {
            let other = received.insert(place, subject.clone());
            assert_eq!(other, None, "two answers name the record {place}");
        }
    }
    received
}

async fn assert_recorded(world: &World, received: &BTreeMap<i64, String>) {
    let allowed = "FROM access_record WHERE decision = 'allowed' ORDER BY seq";
    let places: Vec<i64> = sql::column(&world.db, &format!("SELECT seq {allowed}")).await;
    let callers: Vec<String> = sql::column(&world.db, &format!("SELECT caller {allowed}")).await;
    let recorded: BTreeMap<i64, String> = places.into_iter().zip(callers).collect();
    for (place, subject) in received {
        assert_eq!(recorded.get(place), Some(subject), "the record {place}");
    }
}

async fn assert_continues(world: &World, installation: &Installation, server: &Running) {
    let last = sql::last(&world.db).await;
    let request = reqwest::Client::new()
        .post(server.graphql())
        .bearer_auth(clinician(installation, "afterwards"))
        .json(&json!({ "query": QUERIES[0] }));
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    assert_eq!(place(&response), Some(last + 1));
}

async fn no_record_is_lost(backend: Backend) {
    let world = World::new(backend).await;
    let installation = Installation::over(&world);
    for round in 0..rounds(ROUNDS.len()) {
        let after = ROUNDS[round % ROUNDS.len()];
        let received = kill_under_load(&installation, after).await;
        assert!(received.len() > 2 * CLIENTS, "only {} answers: no load", received.len());
        assert_recorded(&world, &received).await;
        let verdict = installation.succeed(&["audit", "verify"]);
        let records = sql::last(&world.db).await;
        assert!(verdict.starts_with(&format!("intact: {records} records")), "{verdict}");

        let server = installation.serve();
        assert_continues(&world, &installation, &server).await;
        drop(server);
        installation.succeed(&["audit", "verify"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_has_a_record_of_every_answer_a_client_received_sqlite() {
    no_record_is_lost(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_has_a_record_of_every_answer_a_client_received_postgres() {
    let test = "a_killed_server_has_a_record_of_every_answer_a_client_received_postgres";
    if backends(test).contains(&Backend::Postgres) {
        no_record_is_lost(Backend::Postgres).await;
    }
}
