//! Beyond what the gateway can take it says so at once, and says to health checks how it is.

use std::{
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::wire::{get, receive, send, serve_within};
use crate::{
    records::{
        crash::clinician,
        process::{Installation, Running},
        stop::hold_back_records,
    },
    support::{World, backends},
};

const RAW: &str = "POST /graphql HTTP/1.1\r\nhost: gateway\r\n";

/// What a request without a token and with a body that never comes is answered, and how fast.
fn refused(server: &Running) -> (String, Duration) {
    let begin = Instant::now();
    let request = format!("{RAW}content-type: application/json\r\ncontent-length: 100000\r\n\r\n");
    let mut stream = send(server.address, request.as_bytes());
    let mut answer = String::new();
    // The connection is kept for the body that is not read, or closed: the head is enough.
    stream.set_read_timeout(Some(Duration::from_secs(3))).expect("a timeout");
    let mut buffer = [0; 4096];
    if let Ok(read) = std::io::Read::read(&mut stream, &mut buffer) {
        answer = String::from_utf8_lossy(&buffer[..read]).into_owned();
    }
    (answer, begin.elapsed())
}

fn assert_overloaded(answer: &str) {
    let lower = answer.to_ascii_lowercase();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(lower.contains("\r\nretry-after: 1\r\n"), "{answer}");
    let body = answer.split_once("\r\n\r\n").expect("a body").1;
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["errors"][0]["extensions"]["code"], "OVERLOADED", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_the_bound_are_refused_at_once_and_health_checks_are_not() {
    for backend in backends("requests_beyond_the_bound_are_refused_at_once") {
        let world = World::new(backend).await;
        let installation = Installation::over(&world).with("SERVER__MAX_REQUESTS", "2");
        let server = installation.serve();
        let token = clinician(&installation, "patient");
        let held = hold_back_records(&world).await;
        let query = json!({ "query": "{ persons(first: 1) { nodes { name } } }" });
        let ask = || {
            let client = reqwest::Client::new().post(server.graphql());
            client.bearer_auth(&token).json(&query).send()
        };
        let waiting = [tokio::spawn(ask()), tokio::spawn(ask())];
        tokio::time::sleep(Duration::from_millis(500)).await;

        let mut times = Vec::new();
        for _ in 0..20 {
            let (answer, time) = refused(&server);
            assert_overloaded(&answer);
            times.push(time);
        }
        times.sort_unstable();
        assert!(times[10] < Duration::from_millis(20), "without waiting: {times:?}");
        assert_eq!(get(server.address, "/healthz").0, 200, "{backend:?}");
        // Locked tables are no reason not to answer at all.
        let (status, _) = get(server.address, "/readyz");
        assert!(status == 200 || status == 503, "{status}");
        held.rollback().await.expect("the lock ends");
        for waiting in waiting {
            let answer = waiting.await.expect("it ends").expect("an answer");
            assert_eq!(answer.status(), 200, "{backend:?}: it had begun");
        }
        assert_eq!(ask().await.expect("an answer").status(), 200, "{backend:?}: room again");
    }
}

#[test]
fn connections_beyond_the_bound_are_refused_and_health_checks_are_not() {
    let installation = Installation::empty().with("SERVER__MAX_CONNECTIONS", "4");
    installation.install();
    let server = installation.serve();
    // Requests that are under way for as long as their bodies do not come.
    let token = installation.token(&["--role=FA", "--unit=220000"]);
    let busy: Vec<TcpStream> = (0..4)
        .map(|_| {
            let head = format!(
                "{RAW}authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
                 content-length: 100\r\n\r\n"
            );
            send(server.address, head.as_bytes())
        })
        .collect();
    thread::sleep(Duration::from_millis(300));
    for _ in 0..3 {
        let request = format!("{RAW}content-length: 0\r\n\r\n");
        let mut stream = send(server.address, request.as_bytes());
        let answer = receive(&mut stream, Duration::from_secs(2)).expect("it closes");
        assert_overloaded(&answer);
        assert_eq!(get(server.address, "/healthz").0, 200);
        assert_eq!(get(server.address, "/readyz").0, 200);
    }
    // However many come and say nothing.
    let silent: Vec<TcpStream> = (0..200).map(|_| send(server.address, b"")).collect();
    thread::sleep(Duration::from_millis(300));
    assert_eq!(get(server.address, "/healthz").0, 200);
    drop((busy, silent));
    thread::sleep(Duration::from_millis(300));
    let request = format!("{RAW}connection: close\r\ncontent-length: 0\r\n\r\n");
    let answer = receive(&mut send(server.address, request.as_bytes()), Duration::from_secs(2));
    assert!(answer.expect("it closes").starts_with("HTTP/1.1 401"), "room again");
}

#[test]
fn bounds_that_do_not_fit_are_refused_with_those_that_do() {
    let installation = Installation::empty();
    installation.install();
    let zero = installation.with("SERVER__MAX_REQUESTS", "0");
    let message = zero.fail(&["serve"]);
    assert!(
        message.contains("server.max_requests") || message.contains("MAX_REQUESTS"),
        "{message}"
    );
    let many = zero.without("SERVER__MAX_REQUESTS").with("SERVER__MAX_CONNECTIONS", "100000000");
    let message = many.fail(&["serve"]);
    assert!(message.contains("server.max_connections = 100000000 does not fit"), "{message}");
    assert!(message.contains("ulimit -n"), "{message}");
    let doctor = many.run(&["doctor"]);
    assert!(doctor.out.contains("FAIL  limits: server.max_connections"), "{doctor:?}");
    assert_eq!(doctor.code, Some(1));
    serve_within(&many.without("SERVER__MAX_CONNECTIONS"), "512");
}
