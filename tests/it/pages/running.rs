//! Runs the commands of a page in a directory of their own, as somebody pastes them into one shell.
#![expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests says what there is to run them with"
)]

use std::{
    collections::HashMap,
    fs, iter,
    net::TcpListener,
    os::unix::fs::symlink,
    process::{Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
};

use super::{
    blocks::{Block, Language},
    root,
};
use crate::records::process::PROGRAM;

/// A page.
pub struct Page {
    pub file: &'static str,
    /// Whether it needs clients from package registries.
    pub clients: bool,
}

/// What one block printed, errors too, and how its last command ended.
#[derive(Debug)]
pub struct Printed {
    pub text: String,
    pub status: String,
}

/// Where the pages have the gateway and the witness listen.
const GATEWAY: &str = "127.0.0.1:8080";
const WITNESS: &str = "127.0.0.1:8090";

/// Until the gateway serves.
const WAIT: &str = "for _ in $(seq 300); do \
    curl -s -o /dev/null http://127.0.0.1:8080/healthz && break; sleep 0.1; done\n";

/// The next port to try.
static PORT: AtomicU16 = AtomicU16::new(8100);

/// A free address as long as those of the pages, whose commands cut what they print.
fn address() -> String {
    let mut tried = iter::repeat_with(|| ("127.0.0.1", PORT.fetch_add(1, Ordering::Relaxed)));
    let free = tried.find(|address| TcpListener::bind(address).is_ok());
    let (host, port) = free.expect("there is a free port");
    format!("{host}:{port}")
}

/// What stands between the outputs of blocks.
const MARK: &str = "@@@ block";

/// What no command of a document prints.
const PROBLEMS: [&str; 8] = [
    "panicked",
    "command not found",
    "No such file or directory",
    "error: unrecognized",
    "error: unexpected argument",
    "Usage: ",
    "syntax error",
    "Traceback",
];

/// What commands print that say so by their exit code, too, as the pages tell.
const TOLD: [&str; 2] = ["FAIL  keys: there is no master key", "no such person"];

/// What is wrong with what a block printed, whatever the page shows.
pub fn problem(block: &Block, printed: &Printed) -> Option<String> {
    let is_told = TOLD.iter().any(|told| printed.text.contains(told));
    if printed.status != "0" && !is_told {
        return Some(format!("ends with {}", printed.status));
    }
    let is_found = |problem: &&&str| {
        let is_asked_for = **problem == "Usage: " && block.text.contains("--help");
        printed.text.contains(**problem) && !is_asked_for
    };
    let found = PROBLEMS.iter().find(is_found);
    found.map(|problem| format!("prints {problem:?}"))
}

/// What each block of commands printed, by its place; none where what the page needs is not
/// installed.
pub fn run(page: &Page, blocks: &[Block]) -> Option<HashMap<usize, Printed>> {
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if page.clients && !["python3", "npm", "openssl"].into_iter().all(has)
        || !["bash", "curl"].into_iter().all(has)
        || page.clients && std::env::var_os("REQUIRE_CLIENTS").is_none()
    {
        assert!(
            std::env::var_os("REQUIRE_CLIENTS").is_none(),
            "a program of {} is missing",
            page.file
        );
        eprintln!("SKIPPED: {} needs clients (REQUIRE_CLIENTS=1)", page.file);
        return None;
    }
    let place = tempfile::tempdir().expect("a directory");
    for directory in ["bin", "target"] {
        fs::create_dir(place.path().join(directory)).expect("a directory");
    }
    symlink(PROGRAM, place.path().join("bin/migrant-gateway")).expect("a link");
    symlink(root().join("tests"), place.path().join("tests")).expect("a link");
    let (gateway, witness) = (address(), address());
    let script = script(blocks, &gateway, &witness);
    fs::write(place.path().join("page.sh"), script).expect("a script");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("bash")
        .arg("page.sh")
        .current_dir(place.path())
        .env("LANG", "C.UTF-8")
        .env("PATH", format!("{}:{path}", place.path().join("bin").display()))
        .stdin(Stdio::null())
        .output()
        .expect("bash runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    Some(outputs(&text.replace(&gateway, GATEWAY).replace(&witness, WITNESS)))
}

/// The blocks, each between marks. The program is there already, and the ports of the pages may be
/// somebody else's: others take their place.
fn script(blocks: &[Block], gateway: &str, witness: &str) -> String {
    let mut script = format!(
        "exec 2>&1\ntrap 'kill $(jobs -p) 2>/dev/null' EXIT\n\
         export MIGRANT_GATEWAY_SERVER__LISTEN={gateway}\n"
    );
    for (place, block) in blocks.iter().enumerate() {
        if block.language != Language::Shell {
            continue;
        }
        let builds = |line: &&str| !line.starts_with("cargo build");
        let run = |line: &str| {
            // Whoever pastes waits until it serves; a busy machine takes longer than the page does.
            let is_served = line.contains("migrant-gateway serve") && line.ends_with('&');
            let wait = if is_served { WAIT } else { "" };
            format!("{line}\n{wait}")
        };
        let text: String = block.text.lines().filter(builds).map(run).collect();
        let text = text.replace(GATEWAY, gateway).replace(WITNESS, witness);
        script += &format!("printf '{MARK} {place}\\n'\n{text}printf '\\n{MARK} ends %s\\n' $?\n");
    }
    script
}

fn outputs(text: &str) -> HashMap<usize, Printed> {
    let mut all = HashMap::new();
    let mut open: Option<(usize, String)> = None;
    for line in text.lines() {
        let Some(mark) = line.strip_prefix(MARK) else {
            if let Some((_, text)) = &mut open {
                text.push_str(line);
                text.push('\n');
            }
            continue;
        };
        match (mark.trim().strip_prefix("ends "), &mut open) {
            (Some(status), Some(_)) => {
                let (place, text) = open.take().expect("it is open");
                all.insert(place, Printed { text, status: status.to_owned() });
            }
            _ => open = mark.trim().parse().ok().map(|place| (place, String::new())),
        }
    }
    all
}
