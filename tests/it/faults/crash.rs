//! A PostgreSQL server that crashes under load, and one whose disk fills.

use std::time::Duration;

use super::{
    cluster::Cluster,
    disk::Disk,
    load::{Load, assert_recorded, until_ready},
    rounds,
};
use crate::{
    records::{process::Installation, sql},
    support::{Backend, World, world},
};

const CLIENTS: usize = 8;

/// Makes the fault in every round and ends it; no answer is without its record at any time.
async fn survive(
    name: &str,
    directory: &std::path::Path,
    fault: impl Fn(&Cluster),
    mend: impl Fn(),
) {
    let Some(programs) = testkit::programs_for_test(name) else { return };
    let mut cluster = Cluster::start(programs, directory);
    let url = cluster.url();
    world::fill(&url, 300).await;
    let keys = World::new(Backend::Sqlite).await;
    let installation = Installation::over(&keys).with("DATABASE__URL", &url);
    let server = installation.serve();
    for round in 0..rounds(2) {
        until_ready(&server, 200).await;
        let load = Load::start(&installation, &server, CLIENTS);
        tokio::time::sleep(Duration::from_millis(150 + 73 * (round as u64 % 9))).await;
        fault(&cluster);
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let told = load.stop().await;
        assert!(!told.answers.is_empty() && told.refused > 0, "no load, or no fault");
        mend();
        cluster.restart();
        until_ready(&server, 200).await;
        let load = Load::start(&installation, &server, CLIENTS);
        tokio::time::sleep(Duration::from_millis(200)).await;
        let after = load.stop().await;
        assert!(!after.answers.is_empty(), "answers come again: {}", server.log());
        let db = migrant_gateway::db::connect(&url).await.expect("the database");
        for told in [&told, &after] {
            assert_recorded(&db, told).await;
        }
        let records = sql::last(&db).await;
        db.close().await.expect("it closes");
        let verdict = installation.succeed(&["audit", "verify"]);
        assert!(verdict.starts_with(&format!("intact: {records} records")), "{verdict}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crashed_server_has_a_record_of_every_answer() {
    let directory = tempfile::tempdir().expect("a directory");
    let name = "a_crashed_server_has_a_record_of_every_answer";
    survive(name, directory.path(), Cluster::crash, || {}).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_disk_fills_has_a_record_of_every_answer() {
    let Some(disk) = Disk::mount(160) else { return };
    let name = "a_server_whose_disk_fills_has_a_record_of_every_answer";
    survive(name, disk.path(), |_| disk.fill(), || disk.clear()).await;
}
