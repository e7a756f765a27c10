//! What holds for every command, `migrate`, and the configuration.

use std::fs;

use super::process::Installation;
use crate::support::{Backend, backends};

/// Every command with its options.
const COMMANDS: &[(&[&str], &[&str])] = &[
    (&[], &["--config", "--help", "--version"]),
    (&["serve"], &["--config"]),
    (&["demo"], &["--persons", "--seed", "--database", "--listen", "--load-only"]),
    (&["migrate"], &["--config"]),
    (&["schema"], &["--role", "--purpose"]),
    (&["catalogue"], &["--format", "json", "csv", "markdown"]),
    (&["rules"], &["--format", "--json", "eval"]),
    (&["rules", "eval"], &["--rule", "--on", "--edition", "--input", "--example", "R-13"]),
    (
        &["client"],
        &["register", "list", "show", "suspend", "resume", "secret", "key", "credential"],
    ),
    (
        &["client", "register"],
        &["<CLIENT>", "--name", "--role", "--purpose", "--unit", "--organization"],
    ),
    (&["client", "show"], &["<CLIENT>"]),
    (&["client", "suspend"], &["<CLIENT>"]),
    (&["client", "secret", "add"], &["<CLIENT>", "--valid-for"]),
    (&["client", "key", "add"], &["<CLIENT>", "--jwk", "--valid-for"]),
    (&["client", "credential", "end"], &["<CLIENT>", "<CREDENTIAL>", "--in"]),
    (&["token"], &["issue", "key"]),
    (&["token", "key", "list"], &["--config"]),
    (&["token", "key", "rotate"], &["--publish-for"]),
    (
        &["token", "issue"],
        &["--role", "--unit", "--organization", "--purpose", "--person", "--ttl", "--subject"],
    ),
    (
        &["grant"],
        &[
            "export", "plan", "propose", "list", "show", "approve", "reject", "withdraw", "revoke",
            "restore",
        ],
    ),
    (&["grant"], &["impact", "explain", "matrix", "who", "nobody", "history", "diff"]),
    (&["grant", "export"], &["--version"]),
    (&["grant", "propose"], &["--necessity", "--token", "--as", "--role"]),
    (&["grant", "approve"], &["--note", "--token"]),
    (&["grant", "restore"], &["--necessity", "--token"]),
    (&["grant", "explain"], &["--position", "--at"]),
    (&["grant", "matrix"], &["--format", "--at"]),
    (&["keys"], &["init", "show"]),
    (&["keys", "init"], &["--replace", "master.key", "0600"]),
    (&["keys", "show"], &["fingerprints"]),
    (&["audit"], &["verify", "show", "search", "export", "acts"]),
    (&["audit", "acts"], &["--limit", "--before", "--format", "text", "json"]),
    (&["audit", "verify"], &["Exits with 0", "2", "--grants"]),
    (
        &["audit", "show"],
        &["--person", "--id-number", "--limit", "--before", "--format", "text", "json"],
    ),
    (
        &["audit", "search"],
        &[
            "--from",
            "--to",
            "--department",
            "--role",
            "--purpose",
            "--unit",
            "--person",
            "--id-number",
            "--decision",
            "--caller",
            "--limit",
            "--before",
        ],
    ),
    (&["audit", "export"], &["--from", "--to", "--format", "ndjson", "csv", "proof"]),
    (&["audit"], &["checkpoint", "prove", "receipt"]),
    (&["audit", "verify"], &["--against"]),
    (&["audit", "prove"], &["--from", "--to"]),
    (&["witness"], &["init", "key", "serve"]),
    (&["limit"], &["list", "alarms", "propose-role", "propose-emergency", "approve", "end"]),
    (&["client", "volume"], &["propose", "list", "approve"]),
    (&["roles"], &["角色", "--format", "text", "json", "csv"]),
    (&["purposes"], &["用途", "--format"]),
    (&["groups"], &["字段组", "--format"]),
    (&["reasons"], &["理由", "--format"]),
    (&["organizations"], &["机构", "--format", "--config"]),
    (&["units"], &["管理单元", "--format", "--config"]),
    (&["laws"], &["法律依据", "--format", "--config"]),
    (&["code-lists"], &["代码表", "[NAME]", "GB/T 2261.1", "--format"]),
    (&["schema"], &["--role", "--purpose", "--change-log"]),
    (&["identity"], &["link", "unlink", "list"]),
    (&["doctor"], &["--config"]),
];

#[test]
fn the_help_of_every_command_mentions_its_options() {
    let installation = Installation::empty();
    for (command, mentioned) in COMMANDS.iter().copied() {
        let help = installation.succeed(&[command, &["--help"]].concat());
        for word in mentioned {
            assert!(help.contains(word), "{command:?} does not mention {word}:\n{help}");
        }
    }
    let commands = installation.succeed(&["--help"]);
    let commands = commands.split("Commands:").nth(1).and_then(|rest| rest.split("\n\n").next());
    for line in commands.expect("a list").lines().filter(|line| !line.trim().is_empty()) {
        let name = line.split_whitespace().next().expect("a name");
        let known = COMMANDS.iter().any(|(command, _)| command.first() == Some(&name));
        assert!(known || name == "help", "{name} is a command that this test does not know");
    }
    assert!(fs::read_dir(installation.directory.path()).expect("a directory").next().is_none());
}

#[test]
fn the_version_is_the_packages() {
    let version = Installation::empty().succeed(&["--version"]);
    assert_eq!(version, format!("migrant-gateway {}\n", env!("CARGO_PKG_VERSION")));
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_twice_changes_nothing() {
    for backend in backends("migrating_twice_changes_nothing") {
        let installation = match backend {
            Backend::Sqlite => Installation::empty(),
            Backend::Postgres => {
                let url = testkit::Postgres::for_test("migrating").expect("it").fresh_database();
                Installation::empty().with("DATABASE__URL", &url)
            }
        };
        let first = installation.run(&["migrate"]);
        assert_eq!((first.code, first.out.as_str()), (Some(0), ""), "{first:?}");
        assert!(first.err.lines().filter(|line| line.starts_with("applied m")).count() > 3);
        for _ in 0..2 {
            let again = installation.run(&["migrate"]);
            assert_eq!(again.code, Some(0), "{backend:?} {again:?}");
            assert_eq!(again.err, "the database is up to date\n");
        }
        installation.succeed(&["keys", "init"]);
        installation.succeed(&["doctor"]);
    }
}

#[test]
fn an_unknown_or_wrong_key_of_the_configuration_is_named() {
    for (key, value, named) in [
        ("SERVER__LISTENN", "127.0.0.1:1", "listenn"),
        ("SERVR__LISTEN", "127.0.0.1:1", "servr"),
        ("SERVER__LISTEN", "everywhere", "SERVER"),
        ("SERVER__MODE", "test", "production"),
        ("TOKENS__ACCEPT_LOCAL", "perhaps", "ACCEPT_LOCAL"),
        ("LIMITS__ROWS", "-1", "ROWS"),
    ] {
        let installation = Installation::empty().with(key, value);
        for command in ["serve", "doctor", "migrate"] {
            let message = installation.fail(&[command]);
            assert!(message.contains("the configuration is not valid"), "{message}");
            assert!(message.to_lowercase().contains(&named.to_lowercase()), "{message}");
        }
    }
}

#[test]
fn a_file_configures_and_the_environment_overrides_it() {
    let installation = Installation::empty().without("DATABASE__URL");
    let file = installation.path("other.toml");
    fs::write(&file, "[database]\nurl = \"sqlite://from-file.db?mode=rwc\"\n").expect("a file");
    installation.succeed(&["--config", "other.toml", "migrate"]);
    assert!(installation.path("from-file.db").exists());
    assert!(!installation.path("migrant-gateway.db").exists());

    let overridden = installation.with("DATABASE__URL", "sqlite://from-environment.db?mode=rwc");
    overridden.succeed(&["migrate", "--config", "other.toml"]);
    assert!(overridden.path("from-environment.db").exists());

    fs::write(&file, "[database]\nurll = \"x\"\n").expect("a file");
    let message = overridden.fail(&["--config", "other.toml", "migrate"]);
    assert!(message.contains("urll") && message.contains("other.toml"), "{message}");
    let message = overridden.fail(&["--config", "absent.toml", "migrate"]);
    assert!(message.contains("there is no file absent.toml"), "{message}");
}

#[test]
fn the_environment_names_the_file_as_help_says() {
    let installation = Installation::empty();
    let file = installation.path("other.toml");
    fs::write(&file, "[log]\nfilter = \"warn\"\n").expect("a file");
    let installation = installation.with("CONFIG", "other.toml");
    let outcome = installation.run(&["migrate"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
}
