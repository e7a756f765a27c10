//! `demo`: every request it prints can be pasted, and answers data.

use std::{
    collections::BTreeSet,
    fs,
    process::{Command, Stdio},
};

use migrant_gateway::policy::Role;
use serde_json::Value;

use super::process::{Installation, free_address, run};

#[test]
fn every_printed_request_answers_data() {
    let installation = Installation::empty().without("SERVER__MODE");
    let address = free_address();
    let mut command =
        installation.command(&["demo", "--persons=300", "--listen", &address.to_string()]);
    command.env("TMPDIR", installation.directory.path());
    let mut demo = installation.start(&mut command, address);
    demo.wait_for("it serves", |demo| demo.log().contains("\nserving http://"));
    let text = demo.log();
    assert!(text.contains(&format!("serving http://{address}/graphql")), "{text}");

    let blocks: Vec<&str> = text.split("\n# ").skip(1).collect();
    let roles: BTreeSet<&str> =
        blocks.iter().filter_map(|block| block.split_whitespace().next()).collect();
    assert_eq!(roles, Role::ALL.iter().map(|role| role.code()).collect());
    assert_eq!(blocks.len(), 24);
    for block in blocks {
        let (title, request) = block.split_once('\n').expect("a title and a request");
        let request = request.split("\n\n").next().expect("a request");
        assert!(request.starts_with("curl -s "), "{block}");
        let outcome = run(Command::new("sh").args(["-c", request]).stdin(Stdio::null()));
        assert_eq!(outcome.code, Some(0), "{title}: {outcome:?}");
        let answer: Value = serde_json::from_str(&outcome.out).expect("JSON");
        assert_eq!(answer.get("errors"), None, "{title}: {answer}");
        let root = answer["data"].as_object().and_then(|data| data.values().next());
        let rows = root.map(|root| root.get("nodes").unwrap_or(root));
        let rows = rows.and_then(Value::as_array).expect("rows");
        assert!(!rows.is_empty(), "{title}: {answer}");
    }

    demo.terminate();
    assert_eq!(demo.wait().expect("it ends").code(), Some(0), "{}", demo.log());
    let left: Vec<String> = fs::read_dir(installation.directory.path())
        .expect("a directory")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with(".log"))
        .collect();
    assert!(left.is_empty(), "the demo leaves {left:?} behind");
}

#[test]
fn a_database_with_persons_takes_no_demo() {
    let installation = Installation::empty();
    let load = ["demo", "--persons=200", "--load-only", "--database", "sqlite://own.db?mode=rwc"];
    installation.succeed(&load);
    let message = installation.fail(&load);
    assert!(message.contains("already holds persons"), "{message}");
}
