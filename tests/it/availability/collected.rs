//! A log that can be read while something is wrong.

use std::{thread, time::Duration};

use testkit::Postgres;

use super::wire::get;
use crate::records::process::Installation;

#[test]
fn a_database_that_is_away_is_a_few_lines_and_not_six_a_second() {
    let Some(postgres) = Postgres::for_test("a_database_that_is_away_is_a_few_lines") else {
        return;
    };
    let url = postgres.fresh_database();
    let installation = Installation::empty().with("DATABASE__URL", &url);
    installation.install();
    let server = installation.serve();
    thread::sleep(Duration::from_secs(1));
    let (rest, name) = url.rsplit_once('/').expect("a URL");
    let psql = |sql: &str| {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let url = format!("{rest}/postgres");
            let admin = sea_orm::Database::connect(url).await.expect("the server");
            crate::records::sql::execute(&admin, sql).await;
            admin.close().await.expect("it closes");
        });
    };
    psql(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
    psql(&format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}'"
    ));
    for _ in 0..13 {
        let _ = get(server.address, "/readyz");
        thread::sleep(Duration::from_secs(1));
    }
    let log = server.log();
    let lines: Vec<&str> = log.lines().filter(|line| !line.contains("INFO")).collect();
    assert!(!lines.is_empty(), "it says so");
    assert!(lines.len() <= 24, "{} lines in 13 s: {log}", lines.len());
    assert!(log.contains("repeated="), "what was not written is told of: {log}");
    psql(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
}
