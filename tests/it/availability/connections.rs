//! Connections that send nothing, half of something, or take nothing: they end, and while they last
//! everybody else is answered.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use super::wire::{get, is_open, raise_own_limit, receive, send, serve_within};
use crate::records::process::{Installation, Running};

/// What clients send that never finish a request, and what says hello in another protocol.
const HALVES: [&[u8]; 5] = [
    b"",
    b"POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-ty",
    b"G",
    b"PRI * HTTP/2.0\r\n\r\nSM",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
];

const HALF_SENT: usize = 1_200;

fn migrated() -> Installation {
    let installation = Installation::empty();
    installation.install();
    installation
}

fn assert_answers(server: &Running, token: &str) {
    assert_eq!(get(server.address, "/healthz").0, 200);
    assert_eq!(get(server.address, "/readyz").0, 200);
    let request = format!(
        "GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\
         authorization: Bearer {token}\r\n\r\n"
    );
    let mut stream = send(server.address, request.as_bytes());
    let answer = receive(&mut stream, Duration::from_secs(5)).expect("an answer in time");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// Opens them and asks meanwhile; then waits until all are closed, which must be at their time.
fn half_sent_requests_stop_nobody(files: &str) {
    raise_own_limit();
    let installation = migrated();
    let token = installation.token(&["--role=FA", "--unit=220000"]);
    let server = serve_within(&installation, files);
    assert_answers(&server, &token);
    let begin = Instant::now();
    let mut half_sent: Vec<(usize, TcpStream)> = (0..HALF_SENT)
        .map(|number| number % HALVES.len())
        .map(|half| (half, send(server.address, HALVES[half])))
        .collect();
    let opened = Instant::now();
    // Whoever came when all places were taken a moment ago is told to come back a second later.
    thread::sleep(Duration::from_millis(500));
    while begin.elapsed() < Duration::from_secs(8) {
        assert_answers(&server, &token);
        thread::sleep(Duration::from_millis(200));
    }
    let open = half_sent.iter().filter(|(_, stream)| is_open(stream)).count();
    if files == "1024" {
        assert!(open < 1024 - 64, "{open} are open, and descriptors are kept back");
    } else {
        assert_eq!(open, HALF_SENT, "before their time");
    }
    while opened.elapsed() < Duration::from_secs(14) && !half_sent.is_empty() {
        half_sent.retain(|(_, stream)| is_open(stream));
        thread::sleep(Duration::from_millis(100));
    }
    let open: Vec<usize> = half_sent.iter().map(|(half, _)| *half).collect();
    assert!(open.is_empty(), "{} still open, of {:?}", open.len(), &open[..open.len().min(20)]);
    assert!(begin.elapsed() > Duration::from_millis(9_500) || files == "1024");
    assert_answers(&server, &token);
}

#[test]
fn half_sent_requests_stop_nobody_within_1024_files() {
    half_sent_requests_stop_nobody("1024");
}

#[test]
fn half_sent_requests_are_closed_after_ten_seconds() {
    half_sent_requests_stop_nobody("4096");
}

#[test]
fn another_protocol_is_refused_at_once() {
    let server = migrated().serve();
    let hello = b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03 hello, is this TLS?";
    let mut stream = send(server.address, hello);
    let answer = receive(&mut stream, Duration::from_secs(2)).expect("it closes");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[test]
fn a_head_that_trickles_in_has_no_more_time_than_one_that_stops() {
    let server = migrated().serve();
    let mut stream = send(server.address, b"GET /healthz HTTP/1.1\r\nhost: gateway\r\nx: ");
    let begin = Instant::now();
    while is_open(&stream) && begin.elapsed() < Duration::from_secs(15) {
        let _ = stream.write_all(b"x");
        thread::sleep(Duration::from_millis(250));
    }
    let lasted = begin.elapsed();
    assert!(lasted > Duration::from_secs(9) && lasted < Duration::from_secs(13), "{lasted:?}");
}

/// Sends a request on a connection that stays open, and reads its answer.
fn ask(stream: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: gateway\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it is sent");
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
    let read = stream.read(&mut [0; 4096]).expect("an answer");
    assert!(read > 0, "an answer");
}

#[test]
fn an_idle_connection_is_closed_after_its_time_and_not_before() {
    let server = migrated().with("SERVER__IDLE_SECONDS", "2").serve();
    let mut stream = TcpStream::connect(server.address).expect("it connects");
    for _ in 0..3 {
        ask(&mut stream, "/healthz");
        thread::sleep(Duration::from_millis(1_200));
    }
    assert!(is_open(&stream), "it was used again each time");
    let begin = Instant::now();
    assert_eq!(receive(&mut stream, Duration::from_secs(6)).as_deref(), Some(""));
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
}

/// Asks for long answers again and again, and reads none.
fn take_nothing(address: SocketAddr, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("it connects");
    let request = format!(
        "GET /schema.graphql HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    stream.set_write_timeout(Some(Duration::from_millis(500))).expect("a timeout");
    // Until neither end takes any more.
    while stream.write_all(request.as_bytes()).is_ok() {}
    stream
}

#[test]
fn whoever_reads_no_answer_is_dropped() {
    let installation = migrated();
    let token = installation.token(&[
        "--role=HC",
        "--unit=220102",
        "--organization=220102-CHC",
        "--purpose=P-HR",
    ]);
    let server = installation.serve();
    let mut stream = take_nothing(server.address, &token);
    let begin = Instant::now();
    let mut failed = false;
    while !failed && begin.elapsed() < Duration::from_secs(20) {
        // Nobody reads at the other end either: only its end shows.
        failed = matches!(stream.write(b"x"), Err(error) if !matches!(
            error.kind(),
            std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
        ));
        assert_eq!(get(server.address, "/healthz").0, 200);
        thread::sleep(Duration::from_millis(200));
    }
    assert!(failed, "it is still open after {:?}", begin.elapsed());
}
