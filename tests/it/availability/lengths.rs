//! A body that says that it is too long is refused before it comes.

use std::{
    io::{Read as _, Write as _},
    time::Duration,
};

use super::wire::{receive, send};
use crate::records::process::Installation;

#[test]
fn a_declared_length_beyond_the_limit_is_413_at_once() {
    let installation = Installation::empty().with("TOKENS__ISSUER_URL", "http://127.0.0.1:1");
    installation.install();
    let server = installation.serve();
    let token = installation.token(&["--role=FA", "--unit=220000"]);
    let authorization = format!("authorization: Bearer {token}\r\ncontent-type: application/json");
    let form = "content-type: application/x-www-form-urlencoded";
    for (path, headers) in [("/graphql", authorization.as_str()), ("/oauth/token", form)] {
        for expect in ["", "expect: 100-continue\r\n"] {
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: gateway\r\n{headers}\r\n{expect}\
                 content-length: 1000000000\r\n\r\n"
            );
            let mut stream = send(server.address, head.as_bytes());
            stream.set_read_timeout(Some(Duration::from_secs(3))).expect("a timeout");
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).expect("an answer before the body");
            let answer = String::from_utf8_lossy(&buffer[..read]);
            assert!(answer.starts_with("HTTP/1.1 413"), "{path} {expect}: {answer}");
        }
    }
}

#[test]
fn whoever_is_still_sending_gets_to_read_that_it_is_too_long() {
    let installation = Installation::empty();
    installation.install();
    let server = installation.serve();
    let token = installation.token(&["--role=FA", "--unit=220000"]);
    let length = 3_000_000;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    let mut stream = send(server.address, head.as_bytes());
    stream.write_all(&vec![b' '; length]).expect("all of it is taken");
    let answer = receive(&mut stream, Duration::from_secs(5)).expect("it closes");
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("REQUEST_TOO_LARGE"), "{answer}");
}
