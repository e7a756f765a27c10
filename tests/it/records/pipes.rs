//! A reader that has seen enough (`| head`) is no failure.

use std::{
    fs::{self, File},
    io::pipe,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::process::{Installation, PROGRAM, free_address, run};

const COMMANDS: [&[&str]; 7] = [
    &["catalogue", "--format", "markdown"],
    &["schema"],
    &["schema", "--role", "HV"],
    &["token", "issue", "--role", "FA", "--unit", "220000"],
    &["audit", "verify"],
    &["doctor"],
    // Leaves a record that no checkpoint is signed for.
    &["audit", "search"],
];

/// An installation with a chain to verify and an access to show.
fn installation() -> Installation {
    let installation = Installation::empty();
    installation.install();
    drop(installation.serve());
    installation
}

#[test]
fn a_pipe_to_head_prints_the_first_lines() {
    let installation = installation();
    for (command, lines) in [("schema", 5), ("catalogue --format csv", 1)] {
        let mut shell = Command::new("sh");
        installation.configure(&mut shell);
        let outcome = run(shell.args(["-c", &format!("{PROGRAM} {command} | head -{lines}")]));
        assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""), "{command}");
        assert_eq!(outcome.out.lines().count(), lines, "{command}");
    }
}

#[test]
fn no_command_panics_when_nobody_reads() {
    let installation = installation();
    let mut panicked = Vec::new();
    for arguments in COMMANDS {
        let (reader, writer) = pipe().expect("a pipe");
        drop(reader);
        let mut command = installation.command(arguments);
        let child = command.stdout(writer).stderr(Stdio::piped()).spawn();
        let output = child.expect("it starts").wait_with_output().expect("it ends");
        let text = String::from_utf8_lossy(&output.stderr);
        if output.status.code() != Some(0) || text.contains("panicked") {
            panicked.push((arguments, output.status, text.into_owned()));
        }
    }
    assert!(panicked.is_empty(), "{panicked:#?}");
}

#[tokio::test]
async fn a_demo_that_nobody_reads_does_not_panic() {
    let installation = Installation::empty();
    let address = free_address();
    let log = installation.path("log");
    let (reader, writer) = pipe().expect("a pipe");
    drop(reader);
    let mut command =
        installation.command(&["demo", "--persons=200", "--listen", &address.to_string()]);
    command.stdout(writer).stderr(File::create(&log).expect("a log"));
    let mut demo = command.spawn().expect("it starts");
    let deadline = Instant::now() + Duration::from_secs(20);
    let alive = format!("http://{address}/healthz");
    let client = reqwest::Client::builder().timeout(Duration::from_millis(200)).build();
    let client = client.expect("a client");
    // It may end, because its purpose is gone, or serve: but in plain words.
    while demo.try_wait().expect("it is there").is_none()
        && client.get(&alive).send().await.is_err()
    {
        assert!(Instant::now() < deadline, "it neither serves nor ends");
    }
    let _ = demo.kill();
    demo.wait().expect("it ends");
    let text = fs::read_to_string(log).expect("a log");
    assert!(!text.contains("panicked"), "{text}");
}
