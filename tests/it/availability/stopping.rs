//! A gateway that is told to stop says so, and loses no request that was sent to it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Client, Version};
use serde_json::json;
use tokio::task::JoinSet;

use super::wire::{get, receive, send};
use crate::records::process::{Installation, Running};

/// How clients connect.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// One connection for all requests.
    KeepAlive,
    /// A connection for each request.
    Fresh,
    /// HTTP/2, several requests at once.
    Http2,
}

const KINDS: [Kind; 3] = [Kind::KeepAlive, Kind::Fresh, Kind::Http2];

impl Kind {
    fn client(self) -> Client {
        let builder = Client::builder().timeout(Duration::from_secs(20));
        match self {
            Kind::KeepAlive => builder,
            Kind::Fresh => builder.pool_max_idle_per_host(0),
            Kind::Http2 => builder.http2_prior_knowledge(),
        }
        .build()
        .expect("a client")
    }
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says how many")]
fn rounds() -> usize {
    std::env::var("FAULT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(2)
}

/// Asks until nobody listens any more; every other failure is a request that was lost.
async fn ask(kind: Kind, url: String, token: String, answered: Arc<AtomicUsize>) -> Option<String> {
    let client = kind.client();
    loop {
        let request = client.post(&url).bearer_auth(&token);
        let sent = request.json(&json!({ "query": "{ __typename }" })).send().await;
        let response = match sent {
            Ok(response) => response,
            Err(error) if error.is_connect() => return None,
            Err(error) => return Some(format!("{kind:?}: {error:?}")),
        };
        let (status, version) = (response.status(), response.version());
        match response.text().await {
            Ok(text) if status == 200 && text.starts_with("{\"data\"") => {}
            other => return Some(format!("{kind:?}: {status} {version:?} {other:?}")),
        }
        assert_eq!(version == Version::HTTP_2, matches!(kind, Kind::Http2));
        answered.fetch_add(1, Ordering::Relaxed);
    }
}

async fn stop_under_load(installation: &Installation, token: &str) -> (usize, Vec<String>) {
    let mut server = installation.serve();
    let answered = Arc::new(AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    for number in 0..12 {
        let kind = KINDS[number % KINDS.len()];
        clients.spawn(ask(kind, server.graphql(), token.to_owned(), answered.clone()));
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    server.terminate();
    let lost = clients.join_all().await.into_iter().flatten().collect();
    let status = tokio::task::spawn_blocking(move || server.wait().map(|status| (status, server)));
    let (status, server) = status.await.expect("it is waited for").expect("it ends");
    assert_eq!(status.code(), Some(0), "{}", server.log());
    (answered.load(Ordering::Relaxed), lost)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_under_load_loses_no_request() {
    let installation = Installation::empty().with("SERVER__SHUTDOWN_ANNOUNCE_SECONDS", "1");
    installation.install();
    let token = installation.token(&["--role=FA", "--unit=220000"]);
    for round in 0..rounds() {
        let (answered, lost) = stop_under_load(&installation, &token).await;
        assert!(answered > 50, "only {answered} answers: no load");
        assert!(lost.is_empty(), "round {round}: of {answered} lost {}: {lost:#?}", lost.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_without_announcement_loses_no_new_connection() {
    let installation = Installation::empty().with("SERVER__SHUTDOWN_ANNOUNCE_SECONDS", "0");
    installation.install();
    let token = installation.token(&["--role=FA", "--unit=220000"]);
    for round in 0..rounds() {
        let mut server = installation.serve();
        let answered = Arc::new(AtomicUsize::new(0));
        let mut clients = JoinSet::new();
        for _ in 0..8 {
            let url = server.graphql();
            clients.spawn(ask(Kind::Fresh, url, token.clone(), answered.clone()));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        server.terminate();
        let lost: Vec<String> = clients.join_all().await.into_iter().flatten().collect();
        assert!(lost.is_empty(), "round {round}: {lost:#?}");
        assert_eq!(server.wait().expect("it ends").code(), Some(0), "{}", server.log());
    }
}

fn stopping(announce: &str) -> Running {
    let installation = Installation::empty().with("SERVER__SHUTDOWN_ANNOUNCE_SECONDS", announce);
    installation.install();
    let server = installation.serve();
    assert_eq!(get(server.address, "/readyz").0, 200);
    server.terminate();
    std::thread::sleep(Duration::from_millis(300));
    server
}

#[test]
fn a_stop_is_announced_while_everybody_is_still_answered() {
    let mut server = stopping("2");
    let (status, answer) = get(server.address, "/readyz");
    assert_eq!(status, 503, "balancers go elsewhere");
    assert!(answer.contains("stopping"), "{answer}");
    let request = b"GET /healthz HTTP/1.1\r\nhost: gateway\r\n\r\n";
    let answer = receive(&mut send(server.address, request), Duration::from_secs(1));
    let answer = answer.expect("it closes after its answer").to_ascii_lowercase();
    assert!(answer.starts_with("http/1.1 200") && answer.contains("connection: close"), "{answer}");
    let begin = Instant::now();
    assert_eq!(server.wait().expect("it ends").code(), Some(0));
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
}

#[test]
fn a_connection_that_says_nothing_does_not_hold_up_a_stop() {
    let mut server = stopping("1");
    let silent = send(server.address, b"");
    let half = send(server.address, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    let begin = Instant::now();
    assert_eq!(server.wait().expect("it ends").code(), Some(0));
    assert!(begin.elapsed() < Duration::from_secs(9), "{:?}", begin.elapsed());
    drop((silent, half));
}
