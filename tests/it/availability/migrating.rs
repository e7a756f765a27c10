//! Several that migrate one database at once.

use std::process::Stdio;

use testkit::Postgres;

use crate::records::process::Installation;

const AT_ONCE: usize = 3;

fn migrate_at_once(installation: &Installation) {
    let start = || {
        let mut command = installation.command(&["migrate"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    };
    let started: Vec<_> = (0..AT_ONCE).map(|_| start()).collect();
    let mut applied = Vec::new();
    for process in started {
        let output = process.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        assert!(said.ends_with("the database is up to date\n"), "{said}");
        applied.push(said.matches("applied ").count());
    }
    applied.sort_unstable();
    assert_eq!(applied[..AT_ONCE - 1], [0; AT_ONCE - 1], "each migration is applied by one");
    assert!(applied[AT_ONCE - 1] > 0);
    assert!(installation.run(&["doctor"]).out.contains("migrations: all applied"));
}

#[test]
fn of_several_that_migrate_at_once_all_succeed_on_sqlite() {
    for _ in 0..3 {
        migrate_at_once(&Installation::empty());
    }
}

#[test]
fn of_several_that_migrate_at_once_all_succeed_on_postgres() {
    let Some(postgres) = Postgres::for_test("of_several_that_migrate_at_once_all_succeed") else {
        return;
    };
    for _ in 0..2 {
        migrate_at_once(&Installation::empty().with("DATABASE__URL", &postgres.fresh_database()));
    }
}
