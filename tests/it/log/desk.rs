//! A gateway that somebody asks, and somebody who can write its database.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use sea_orm::DbBackend;
use serde_json::{Value, json};

use crate::{
    records::{
        crash::clinician,
        process::{Installation, Outcome, Running, run},
        sql,
    },
    support::{Backend, World},
};

const QUERY: &str = "{ persons(first: 2) { nodes { name } } }";

/// A database and the program over it.
pub struct Desk {
    pub world: World,
    pub installation: Installation,
}

/// What an answer said.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub receipt: Option<String>,
    pub body: Value,
}

impl Desk {
    pub async fn new(backend: Backend) -> Self {
        let world = World::new(backend).await;
        let installation = Installation::over(&world).with("CHECKPOINTS__INTERVAL_SECONDS", "1");
        Self { world, installation }
    }

    /// The same with one key of the configuration set.
    pub fn with(self, key: &'static str, value: &str) -> Self {
        Self { installation: self.installation.with(key, value), ..self }
    }

    /// Asks so often, one request after the other; each must be answered.
    pub async fn ask(&self, server: &Running, times: usize) -> Vec<String> {
        let token = clinician(&self.installation, "somebody");
        let mut receipts = Vec::new();
        for _ in 0..times {
            let answer = ask(server, &token).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            receipts.push(answer.receipt.expect("a receipt"));
        }
        receipts
    }

    /// Asks once, whatever comes of it.
    pub async fn try_once(&self, server: &Running) -> Answer {
        ask(server, &clinician(&self.installation, "somebody")).await
    }

    /// Starts the gateway, asks, and stops it as an init system does.
    pub async fn serve_and_ask(&self, times: usize) -> Vec<String> {
        let mut server = self.installation.serve();
        let receipts = self.ask(&server, times).await;
        server.terminate();
        assert!(server.wait().expect("it ends").success(), "{}", server.log());
        receipts
    }

    /// Keeps a copy of the head, as somebody does who means to put it back.
    pub async fn copy_head(&self) {
        self.execute("DROP TABLE IF EXISTS head_copy").await;
        self.execute("CREATE TABLE head_copy AS SELECT * FROM access_head").await;
    }

    /// Cuts the log off where the head was copied: nothing in the database tells of it.
    pub async fn cut(&self) {
        let beyond = "seq > (SELECT seq FROM head_copy)";
        if self.world.db.get_database_backend() == DbBackend::Sqlite {
            self.execute(&format!("DELETE FROM access_subject WHERE {beyond}")).await;
        }
        self.execute(&format!("DELETE FROM access_record WHERE {beyond}")).await;
        self.execute("DELETE FROM access_node").await;
        self.execute("DELETE FROM access_head").await;
        self.execute("INSERT INTO access_head SELECT * FROM head_copy").await;
    }

    /// Empties the log, and its head with it.
    pub async fn empty(&self) {
        self.copy_head().await;
        let none = "0".repeat(64);
        let head = "UPDATE head_copy SET seq = 0, tree_size = 0, tree = ''";
        self.execute(&format!("{head}, hash = '{none}'")).await;
        self.cut().await;
    }

    pub async fn execute(&self, statement: &str) {
        sql::execute(&self.world.db, statement).await;
    }

    /// The directory of the log's checkpoints.
    pub fn checkpoints(&self) -> PathBuf {
        let all = self.installation.path("checkpoints");
        let log = fs::read_dir(all).expect("checkpoints").next().expect("of one log");
        log.expect("a directory").path()
    }

    /// The latest checkpoint.
    pub fn latest(&self) -> String {
        fs::read_to_string(self.checkpoints().join("latest.checkpoint")).unwrap_or_default()
    }

    /// A copy of the latest checkpoint, kept elsewhere.
    pub fn keep_checkpoint(&self, name: &str) -> String {
        let kept = self.installation.path(name);
        fs::copy(self.checkpoints().join("latest.checkpoint"), &kept).expect("a checkpoint");
        kept.to_str().expect("UTF-8").to_owned()
    }

    /// Begins without the checkpoints that were kept beside the gateway.
    pub fn lose_checkpoints(&self) {
        fs::remove_dir_all(self.installation.path("checkpoints")).expect("checkpoints");
    }

    /// `serve`, which must not start.
    pub fn refused(&self) -> String {
        let outcome = self.installation.run(&["serve"]);
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        outcome.err
    }

    pub fn verify(&self, arguments: &[&str]) -> Outcome {
        self.installation.run(&[&["audit", "verify"], arguments].concat())
    }

    /// What `doctor` says, whatever it finds.
    pub fn doctor(&self) -> String {
        self.installation.run(&["doctor"]).out
    }

    /// Writes what a command prints to a file, and names it.
    pub fn print_to(&self, name: &str, arguments: &[&str]) -> String {
        let path = self.installation.path(name);
        fs::write(&path, self.installation.succeed(arguments)).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    }

    pub fn key(&self) -> String {
        self.installation.succeed(&["audit", "checkpoint", "--key"]).trim_end().to_owned()
    }
}

async fn ask(server: &Running, token: &str) -> Answer {
    let request = reqwest::Client::new()
        .post(server.graphql())
        .bearer_auth(token)
        .json(&json!({ "query": QUERY }));
    let response = request.send().await.expect("an answer");
    let receipt = response.headers().get("x-access-record");
    Answer {
        status: response.status().as_u16(),
        receipt: receipt.map(|receipt| receipt.to_str().expect("ASCII").to_owned()),
        body: response.json().await.expect("JSON"),
    }
}

/// The status of `/readyz`.
pub async fn readiness(server: &Running) -> u16 {
    let url = format!("http://{}/readyz", server.address);
    reqwest::get(url).await.expect("an answer").status().as_u16()
}

/// Waits until something holds, within bounds.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    for _ in 0..200 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not in time: {what}");
}

/// The implementation that is not the gateway's; none where there is no Python.
#[expect(clippy::disallowed_methods, reason = "CI says what has to be there")]
pub fn tlog(arguments: &[&str]) -> Option<Command> {
    let python = Command::new("python3").arg("--version").output();
    if !python.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("REQUIRE_CLIENTS").is_none(), "python3 is required");
        eprintln!("skipped: there is no python3");
        return None;
    }
    let mut command = Command::new("python3");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/tlog.py")).args(arguments);
    Some(command)
}

/// What it prints; it must succeed.
pub fn tlog_says(arguments: &[&str]) -> Option<String> {
    let outcome = run(&mut tlog(arguments)?);
    assert_eq!(outcome.code, Some(0), "{arguments:?}: {outcome:?}");
    Some(outcome.out)
}
