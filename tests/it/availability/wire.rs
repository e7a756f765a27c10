//! Connections as they are, without a library that would send what it should.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    process::Command,
    time::{Duration, Instant},
};

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::records::process::{Installation, PROGRAM, Running, free_address};

/// Lets this process open as many files as it may.
pub fn raise_own_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("the soft limit may be raised to the hard one");
}

/// Starts the server with a limit of open files.
pub fn serve_within(installation: &Installation, files: &str) -> Running {
    let address = free_address();
    let mut command = Command::new("sh");
    installation.configure(&mut command);
    command.args(["-c", &format!("ulimit -n {files} && exec \"$0\" serve"), PROGRAM]);
    command.env("MIGRANT_GATEWAY_SERVER__LISTEN", address.to_string());
    installation.start(&mut command, address)
}

/// A connection on which this was sent.
pub fn send(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("it connects");
    // Refused, it may be closed already.
    let _ = stream.write_all(bytes);
    stream
}

/// What comes until the other end closes, within this time.
pub fn receive(stream: &mut TcpStream, patience: Duration) -> Option<String> {
    let deadline = Instant::now() + patience;
    let mut received = Vec::new();
    let mut buffer = [0; 65536];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        stream.set_read_timeout(Some(left)).expect("a timeout");
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => received.extend_from_slice(&buffer[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return None;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
    Some(String::from_utf8_lossy(&received).into_owned())
}

/// Whether the other end is still there, whatever it has sent.
pub fn is_open(mut stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).expect("it does not block");
    let mut buffer = [0; 4096];
    let open = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break false,
            Ok(_) => {}
            Err(error) => break error.kind() == ErrorKind::WouldBlock,
        }
    };
    stream.set_nonblocking(false).expect("it blocks");
    open
}

/// The status of a GET on a connection of its own, and what was answered.
pub fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n");
    let mut stream = send(address, request.as_bytes());
    let answer = receive(&mut stream, Duration::from_secs(5)).expect("an answer in time");
    let status = answer.get(9..12).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("no answer to {path}: {answer:?}")), answer)
}
