//! Clients who go on asking, whatever they are told, and keep what they were answered.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use sea_orm::DatabaseConnection;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    records::{
        crash::{clinician, place},
        process::{Installation, Running},
        sql,
    },
    support::World,
};

pub const QUERY: &str = "{ persons(first: 5) { nodes { name birthDate } totalCount } }";

/// Clients under way.
pub struct Load {
    stop: Arc<AtomicBool>,
    clients: JoinSet<(String, Vec<i64>, usize)>,
}

/// What the clients were told.
#[derive(Default)]
pub struct Told {
    /// The records of all answers, with the client that got each.
    pub answers: BTreeMap<i64, String>,
    /// How many requests were refused or came to nothing.
    pub refused: usize,
}

impl Load {
    /// Begins to ask.
    pub fn start(installation: &Installation, server: &Running, clients: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut load = JoinSet::new();
        for number in 0..clients {
            let subject = format!("client.{number}");
            let (token, url) = (clinician(installation, &subject), server.graphql());
            load.spawn(ask(url, token, subject, stop.clone()));
        }
        Self { stop, clients: load }
    }

    /// Stops asking.
    pub async fn stop(self) -> Told {
        self.stop.store(true, Ordering::Relaxed);
        let mut told = Told::default();
        for (subject, places, refused) in self.clients.join_all().await {
            told.refused += refused;
            for place in places {
                let other = told.answers.insert(place, subject.clone());
                assert_eq!(other, None, "two answers name the record {place}");
            }
        }
        told
    }
}

async fn ask(
    url: String,
    token: String,
    subject: String,
    stop: Arc<AtomicBool>,
) -> (String, Vec<i64>, usize) {
    let client = reqwest::Client::new();
    let (mut places, mut refused) = (Vec::new(), 0);
    while !stop.load(Ordering::Relaxed) {
        let request = client.post(&url).bearer_auth(&token).json(&json!({ "query": QUERY }));
        match request.send().await {
            Ok(response) if response.status() == 200 => {
                places.push(place(&response).expect("an answer names its record"));
            }
            Ok(response) => {
                let (status, answer) = (response.status(), response.text().await);
                let Ok(answer) = answer else { continue };
                assert!([503, 504].contains(&status.as_u16()), "{status} {answer}");
                let answer: Value = serde_json::from_str(&answer).expect("JSON");
                assert_eq!(answer.get("data"), None, "{answer}");
                refused += 1;
            }
            Err(_) => {
                refused += 1;
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        }
    }
    (subject, places, refused)
}

/// Asserts that every answer has its record, as another process finds it.
pub async fn assert_recorded(db: &DatabaseConnection, told: &Told) {
    let rows = "FROM access_record WHERE decision = 'allowed' ORDER BY seq";
    let places: Vec<i64> = sql::column(db, &format!("SELECT seq {rows}")).await;
    let callers: Vec<String> = sql::column(db, &format!("SELECT caller {rows}")).await;
    let recorded: BTreeMap<i64, String> = places.into_iter().zip(callers).collect();
    for (place, subject) in &told.answers {
        assert_eq!(recorded.get(place), Some(subject), "the record {place}");
    }
}

/// The status of a request, and the code of its refusal.
pub async fn status(server: &Running, token: &str, query: &str) -> (u16, Option<String>) {
    let request = reqwest::Client::new().post(server.graphql()).bearer_auth(token);
    let response = request.json(&json!({ "query": query })).send().await.expect("an answer");
    let status = response.status().as_u16();
    let answer: Value = response.json().await.expect("JSON");
    (status, answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned))
}

/// Whether the server says that it is ready.
pub async fn ready(server: &Running) -> u16 {
    let url = format!("http://{}/readyz", server.address);
    reqwest::get(url).await.expect("it lives").status().as_u16()
}

/// Waits until the server says so.
pub async fn until_ready(server: &Running, status: u16) {
    let begun = std::time::Instant::now();
    while ready(server).await != status {
        let waited = begun.elapsed();
        assert!(waited.as_secs() < 15, "not {status} after {waited:?}: {}", server.log());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// Asserts that the chain holds.
pub async fn assert_intact(world: &World, installation: &Installation) {
    let verdict = installation.succeed(&["audit", "verify"]);
    let records = sql::last(&world.db).await;
    assert!(verdict.starts_with(&format!("intact: {records} records")), "{verdict}");
}
