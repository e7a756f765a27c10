//! A database belongs to one master key: nothing is written or derived with another, and none is made
//! silently.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Stdio};

use super::{
    process::{Installation, free_address},
    sql,
};
use crate::support::{Backend, backends};
use migrant_gateway::db;

/// An installation over a new database of each kind, with tables and no key.
fn migrated(test: &str) -> Vec<(String, Installation)> {
    let of = |backend| match backend {
        Backend::Sqlite => {
            let installation = Installation::empty();
            let file = installation.path("gateway.db");
            (format!("sqlite://{}?mode=rwc", file.display()), installation)
        }
        Backend::Postgres => {
            let url = testkit::Postgres::for_test(test).expect("PostgreSQL").fresh_database();
            (url, Installation::empty())
        }
    };
    let all = backends(test).into_iter().map(of);
    all.map(|(url, installation)| {
        let installation = installation.with("DATABASE__URL", &url);
        installation.succeed(&["migrate"]);
        (url, installation)
    })
    .collect()
}

fn key(installation: &Installation) -> String {
    fs::read_to_string(installation.path("keys/master.key")).expect("a key")
}

/// The fingerprint that `keys init` printed.
fn init(installation: &Installation) -> String {
    let printed = installation.succeed(&["keys", "init"]);
    printed.trim().rsplit(' ').next().expect("a fingerprint").to_owned()
}

fn suspend(installation: &Installation) -> super::process::Outcome {
    installation.run(&["client", "suspend", "nobody"])
}

const REGISTER: [&str; 6] =
    ["client", "register", "chc", "--name=社区卫生服务中心", "--unit=220102", "--role=HC"];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_keys_init_makes_a_key() {
    for (_, installation) in migrated("nothing_but_keys_init_makes_a_key") {
        for command in [&["serve"][..], &REGISTER, &["audit", "verify"]] {
            let message = installation.fail(command);
            assert!(message.contains("keys/master.key"), "{message}");
            assert!(message.contains("migrant-gateway keys init"), "{message}");
        }
        assert!(!installation.path("keys/master.key").exists());
        let fingerprint = init(&installation);
        let mode = fs::metadata(installation.path("keys/master.key")).expect("a key").permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
        let before = key(&installation);
        assert!(!fingerprint.is_empty() && !before.contains(&fingerprint));
        let message = installation.fail(&["keys", "init"]);
        assert!(message.contains("already"), "{message}");
        assert_eq!(key(&installation), before);
        let shown = installation.succeed(&["keys", "show"]);
        assert_eq!(shown.matches(&fingerprint).count(), 2, "{shown}");
        assert!(!shown.contains(&before), "{shown}");
        drop(installation.serve());
        installation.succeed(&["doctor"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_over_an_existing_chain_stops_everything_and_nothing_takes_its_place() {
    let test = "a_lost_key_over_an_existing_chain_stops_everything_and_nothing_takes_its_place";
    for (url, installation) in migrated(test) {
        let fingerprint = init(&installation);
        installation.succeed(&REGISTER);
        let kept = key(&installation);
        fs::remove_file(installation.path("keys/master.key")).expect("the key is lost");
        for command in [&["serve"][..], &["audit", "verify"], &["client", "suspend", "chc"]] {
            let message = installation.fail(command);
            assert!(message.contains(&fingerprint), "{command:?}: {message}");
            assert!(message.contains("keys/master.key"), "{command:?}: {message}");
        }
        for command in [&["keys", "init"][..], &["keys", "init", "--replace"]] {
            let message = installation.fail(command);
            assert!(message.contains("break their chain"), "{message}");
        }
        let doctor = installation.run(&["doctor"]);
        assert_eq!(doctor.code, Some(1), "{doctor:?}");
        assert!(doctor.out.contains("FAIL  keys: there is no master key at "), "{doctor:?}");
        assert!(!installation.path("keys/master.key").exists());

        let db = db::connect(&url).await.expect("the database connects");
        assert_eq!(sql::last(&db).await, 1, "nothing was recorded with another key");
        fs::write(installation.path("keys/master.key"), kept).expect("the key is found");
        let file = installation.path("keys/master.key");
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("private");
        drop(installation.serve());
        assert!(installation.succeed(&["audit", "verify"]).starts_with("intact: 1 records"));
        installation.succeed(&["doctor"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_with_another_key_does_not_start_and_says_which_keys_they_are() {
    let test = "an_instance_with_another_key_does_not_start_and_says_which_keys_they_are";
    for (url, first) in migrated(test) {
        let expected = init(&first);
        let _serving = first.serve();
        let second = Installation::empty().with("DATABASE__URL", &url);
        let message = second.fail(&["keys", "init"]);
        assert!(message.contains(&expected), "{message}");
        // A key made for another database.
        let apart = Installation::empty();
        apart.install();
        fs::create_dir(second.path("keys")).expect("a directory");
        fs::copy(apart.path("keys/master.key"), second.path("keys/master.key")).expect("a key");
        let shown = apart.succeed(&["keys", "show"]);
        let found = shown.split_whitespace().nth(1).expect("a fingerprint");
        assert_ne!(found, expected);
        for command in [&["serve"][..], &["audit", "verify"], &REGISTER] {
            let message = second.fail(command);
            assert!(message.contains(&expected) && message.contains(found), "{message}");
            assert!(message.contains("keys/master.key"), "{message}");
        }
        let doctor = second.run(&["doctor"]);
        assert_eq!(doctor.code, Some(1), "{doctor:?}");
        assert!(doctor.out.contains("FAIL  custody: "), "{doctor:?}");
        assert!(doctor.out.contains(&expected) && doctor.out.contains(found), "{doctor:?}");
        assert_eq!(second.run(&["keys", "show"]).code, Some(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_keys_made_at_once_one_is_the_databases() {
    for (url, _first) in migrated("of_two_keys_made_at_once_one_is_the_databases") {
        for round in 0..3 {
            let db = db::connect(&url).await.expect("the database connects");
            sql::execute(&db, "DELETE FROM key_fingerprint").await;
            let installations: Vec<Installation> =
                (0..4).map(|_| Installation::empty().with("DATABASE__URL", &url)).collect();
            let children = installations.iter().map(|installation| {
                let mut command = installation.command(&["keys", "init"]);
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
            });
            let children: Vec<_> = children.collect();
            let codes =
                children.into_iter().map(|child| child.wait_with_output().expect("it ends"));
            let succeeded = codes.filter(|output| output.status.success()).count();
            assert_eq!(succeeded, 1, "{url} {round}");
            let fit =
                |installation: &&Installation| installation.run(&["keys", "show"]).code == Some(0);
            assert_eq!(installations.iter().filter(fit).count(), 1, "{url} {round}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_before_takes_the_key_its_records_were_written_with_and_no_other() {
    let test = "a_database_of_before_takes_the_key_its_records_were_written_with_and_no_other";
    for (url, installation) in migrated(test) {
        let fingerprint = init(&installation);
        installation.succeed(&REGISTER);
        let db = db::connect(&url).await.expect("the database connects");
        sql::execute(&db, "DELETE FROM key_fingerprint").await;

        let other = Installation::empty().with("DATABASE__URL", &url);
        let apart = Installation::empty();
        apart.install();
        fs::create_dir(other.path("keys")).expect("a directory");
        fs::copy(apart.path("keys/master.key"), other.path("keys/master.key")).expect("a key");
        let message = other.fail(&["serve"]);
        assert!(message.contains("were not written with the master key"), "{message}");
        let verdict = other.run(&["audit", "verify"]);
        assert!(verdict.out.starts_with("broken at record 1"), "{verdict:?}");

        installation.succeed(&["doctor"]);
        let kept: Vec<String> = sql::column(&db, "SELECT fingerprint FROM key_fingerprint").await;
        assert!(kept.is_empty(), "looking keeps nothing");
        assert_eq!(suspend(&installation).code, Some(1));
        let kept: Vec<String> = sql::column(&db, "SELECT fingerprint FROM key_fingerprint").await;
        assert_eq!(kept, [fingerprint]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_lost_before_the_first_record_is_replaced_where_that_is_asked_for() {
    let test = "a_key_lost_before_the_first_record_is_replaced_where_that_is_asked_for";
    for (_, installation) in migrated(test) {
        let lost = init(&installation);
        fs::remove_file(installation.path("keys/master.key")).expect("the key is lost");
        let message = installation.fail(&["keys", "init"]);
        assert!(message.contains(&lost) && message.contains("--replace"), "{message}");
        let printed = installation.succeed(&["keys", "init", "--replace"]);
        assert!(!printed.contains(&lost), "{printed}");
        drop(installation.serve());
    }
}

#[test]
fn a_key_made_before_the_tables_is_the_databases_from_its_first_start() {
    let installation = Installation::empty();
    let fingerprint = init(&installation);
    assert!(!installation.path("gateway.db").exists(), "making a key makes no database");
    installation.succeed(&["migrate"]);
    let shown = installation.succeed(&["keys", "show"]);
    assert!(shown.contains("database    -"), "{shown}");
    drop(installation.serve());
    let shown = installation.succeed(&["keys", "show"]);
    assert_eq!(shown.matches(&fingerprint).count(), 2, "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_makes_a_key_over_an_empty_chain_and_over_no_other() {
    let test = "the_demonstration_makes_a_key_over_an_empty_chain_and_over_no_other";
    for (url, installation) in migrated(test) {
        let address = free_address().to_string();
        let load =
            ["demo", "--persons=200", "--load-only", "--listen", &address, "--database", &url];
        installation.succeed(&load);
        let made = key(&installation);
        installation.succeed(&REGISTER);
        drop(installation.serve());
        fs::remove_file(installation.path("keys/master.key")).expect("the key is lost");
        let again = installation.run(&load);
        assert_eq!(again.code, Some(1), "{again:?}");
        assert!(again.err.contains("access records"), "{again:?}");
        assert!(!installation.path("keys/master.key").exists());
        assert_eq!(made.len(), 64);
    }
}
