//! Witnesses, each side against an implementation that is not the gateway's.

use std::{
    net::TcpStream,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use super::desk::{Desk, eventually, tlog, tlog_says};
use crate::{
    availability::wire,
    records::process::{Installation, Running, free_address},
    support::{Backend, backends},
};

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A witness of the gateway's program for a log: what it is called, and the program.
fn witness(place: &Installation, log: &str) -> (String, Running) {
    if !place.path("witness").exists() {
        place.succeed(&["witness", "init", "--name", "oversight.example/witness"]);
    }
    let key = place.succeed(&["witness", "key"]).trim_end().to_owned();
    let address = free_address();
    let listen = address.to_string();
    let mut command = place.command(&["witness", "serve", "--listen", &listen, "--log", log]);
    (key, place.start(&mut command, address))
}

fn witnesses(address: std::net::SocketAddr, key: &str) -> String {
    format!("[{{url=\"http://{address}\", key=\"{key}\"}}]")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_witness_judges_another_log_as_the_standard_says() {
    let Some(log) = tlog_says(&["key", "-", "1"]) else { return };
    let place = Installation::empty();
    let (key, running) = witness(&place, log.trim_end());
    let url = format!("http://{}", running.address);
    let said = tlog_says(&["submit", &url, &key]).expect("Python is there");
    assert!(said.ends_with("answers are those of a witness\n"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_closes_half_sent_requests_and_silent_connections_after_ten_seconds() {
    let desk = Desk::new(Backend::Sqlite).await;
    desk.serve_and_ask(1).await;
    let place = Installation::empty();
    let (_, running) = witness(&place, &desk.key());
    let half = b"POST /add-checkpoint HTTP/1.1\r\nhost: witness\r\ncontent-le";
    let held: Vec<TcpStream> =
        [&half[..], b""].iter().map(|sent| wire::send(running.address, sent)).collect();
    let begun = Instant::now();
    eventually("they stay for a while", || async { begun.elapsed().as_secs() >= 5 }).await;
    assert!(held.iter().all(wire::is_open), "closed too early");
    eventually("they are closed", || async { !held.iter().any(wire::is_open) }).await;
    assert!(begun.elapsed() < Duration::from_secs(14), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_witness_cosigns_the_gateways_log() {
    let Some(key) = tlog_says(&["key", "-", "4"]) else { return };
    let key = key.trim_end();
    for backend in backends("another_witness_cosigns") {
        let address = free_address();
        let desk =
            Desk::new(backend).await.with("CHECKPOINTS__WITNESSES", &witnesses(address, key));
        // The log's key is made at the first start.
        desk.serve_and_ask(2).await;
        let log = desk.key();
        let port = address.port().to_string();
        let mut python = tlog(&["witness", &port, &log]).expect("Python is there");
        let _python = Killed(python.stdout(Stdio::null()).spawn().expect("it starts"));
        eventually("it listens", || async { TcpStream::connect(address).is_ok() }).await;
        let mut receipts = Vec::new();
        for _ in 0..3 {
            receipts.extend(desk.serve_and_ask(3).await);
        }
        let proof = desk.print_to("proof", &["audit", "prove", &receipts[1]]);
        tlog_says(&["verify", &proof, &log, &receipts[1], key]).expect("Python is there");
        let verify = ["audit", "receipt", "verify", &proof, "--key", &log, "--witness", key];
        let told = Installation::empty().succeed(&verify);
        assert!(told.contains("cosigned: witness.example/python at"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_does_not_cosign_a_log_that_was_cut_off_also_after_its_restart() {
    let desk = Desk::new(Backend::Sqlite).await;
    desk.serve_and_ask(3).await;
    desk.copy_head().await;
    let log = desk.key();
    let place = Installation::empty();
    let (key, first) = witness(&place, &log);
    let desk = desk.with("CHECKPOINTS__WITNESSES", &witnesses(first.address, &key));
    desk.serve_and_ask(5).await;
    let cosigned = desk.installation.succeed(&["audit", "checkpoint"]);
    assert!(cosigned.contains("— oversight.example/witness "), "{cosigned}");
    let told = desk.doctor();
    assert!(told.contains("ok    witnesses: all 1 cosign the log as it is"), "{told}");

    desk.cut().await;
    desk.lose_checkpoints();
    // Nothing beside the database tells any more, but for the witness.
    let told = desk.doctor();
    let said = "FAIL  witnesses: oversight.example/witness: it has cosigned a log of 8 records";
    assert!(told.contains(said), "{told}");
    let mut server = desk.installation.serve();
    desk.ask(&server, 1).await;
    server.wait_for("the witness refuses", |server| {
        server.log().contains("it has cosigned a log of 8 records, and this one is smaller")
    });
    drop(first);
    let (_, second) = witness(&place, &log);
    let desk = desk.with("CHECKPOINTS__WITNESSES", &witnesses(second.address, &key));
    drop(server);
    let mut server = desk.installation.serve();
    desk.ask(&server, 9).await;
    let told = desk.doctor();
    let said = "FAIL  witnesses: oversight.example/witness: it has cosigned another log";
    assert!(told.contains(said), "{told}");
    server.wait_for("the witness refuses", |server| {
        server.log().contains("it has cosigned another log under this name")
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_is_away_holds_nobody_up() {
    let desk = Desk::new(Backend::Sqlite).await;
    let place = Installation::empty();
    place.succeed(&["witness", "init", "--name", "away.example"]);
    let key = place.succeed(&["witness", "key"]);
    let desk = desk.with("CHECKPOINTS__WITNESSES", &witnesses(free_address(), key.trim_end()));
    desk.serve_and_ask(3).await;
    assert!(desk.installation.succeed(&["audit", "checkpoint"]).contains("\n3\n"));
    let told = desk.doctor();
    assert!(told.contains("FAIL  witnesses: away.example: it cannot be reached"), "{told}");
}
