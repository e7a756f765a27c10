//! A disk that fills to the last byte, and has room again.

use std::{fs, path::Path, process::Command, time::Duration};

use serde_json::json;

use super::{
    load::{Load, assert_intact, assert_recorded, ready, status, until_ready},
    rounds,
};
use crate::{
    records::{
        crash::clinician,
        process::{Installation, Running},
        sql,
    },
    support::{Backend, World},
};

const CLIENTS: usize = 8;

fn wal(world: &World) -> std::path::PathBuf {
    format!("{}-wal", world.url.trim_start_matches("sqlite://").split('?').next().unwrap()).into()
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

/// Where the write-ahead log ends at the moment, so that the next commits do not fit, or some of
/// them, or some part of one.
fn moment(round: usize, world: &World) -> u64 {
    size(&wal(world)) + [0, 1, 100, 4096, 8192 + 17, 40_000][round % 6]
}

/// Checkpoints what there is and begins the log anew, so that it has no room to write into again.
async fn empty_log(world: &World) {
    sql::execute(&world.db, "PRAGMA wal_checkpoint(TRUNCATE)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_holds_back_every_answer_without_a_record() {
    let world = World::new(Backend::Sqlite).await;
    let installation = Installation::over(&world);
    let server = installation.serve();
    for round in 0..rounds(3) {
        let load = Load::start(&installation, &server, CLIENTS);
        tokio::time::sleep(Duration::from_millis(100 + 37 * (round as u64 % 11))).await;
        server.limit_files(Some(moment(round, &world)));
        let begun = std::time::Instant::now();
        while ready(&server).await != 503 {
            // As long as the log is written from its beginning again, there is room.
            server.limit_files(Some(size(&wal(&world)).min(4096 * (round as u64 % 5 + 1))));
            assert!(begun.elapsed().as_secs() < 20, "the disk never fills");
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let told = load.stop().await;
        assert!(told.refused > 0, "nothing was refused");
        assert_eq!(ready(&server).await, 503);
        let somebody = clinician(&installation, "somebody");
        let asked = status(&server, &somebody, super::load::QUERY).await;
        assert_eq!(asked, (503, Some("RECORD_UNAVAILABLE".to_owned())));

        server.limit_files(None);
        until_ready(&server, 200).await;
        let load = Load::start(&installation, &server, CLIENTS);
        tokio::time::sleep(Duration::from_millis(200)).await;
        let after = load.stop().await;
        assert!(!after.answers.is_empty(), "answers come again");
        assert_eq!(after.refused, 0);
        for told in [&told, &after] {
            assert_recorded(&world.db, told).await;
        }
        assert_intact(&world, &installation).await;
        empty_log(&world).await;
    }
}

async fn mutate(server: &Running, token: &str, query: &str) -> serde_json::Value {
    let request = reqwest::Client::new().post(server.graphql()).bearer_auth(token);
    let response = request.json(&json!({ "query": query })).send().await.expect("an answer");
    response.json().await.expect("JSON")
}

/// What the driver believed to be committed was gone with the process.
#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_was_acknowledged_after_the_disk_was_full_is_there_after_a_restart() {
    let world = World::new(Backend::Sqlite).await;
    let installation = Installation::over(&world);
    let mut server = installation.serve();
    let clinic = clinician(&installation, "clinic");
    let steward =
        installation.token(&["--role=SP", "--unit=220000", "--subject=wang", "--purpose=P-ADM"]);
    let revoke = |target: &str| {
        format!(
            "mutation {{ revokeGrant(role: \"HC\", purpose: \"P-HR\", target: \"{target}\", \
             note: \"no longer needed\") }}"
        )
    };
    server.limit_files(Some(size(&wal(&world))));
    for _ in 0..3 {
        let refused = mutate(&server, &steward, &revoke("G02")).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "RECORD_UNAVAILABLE", "{refused}");
        let asked = status(&server, &clinic, super::load::QUERY).await;
        assert_eq!(asked, (503, Some("RECORD_UNAVAILABLE".to_owned())));
    }
    assert_eq!(ready(&server).await, 503);
    server.limit_files(None);
    until_ready(&server, 200).await;
    assert_eq!(status(&server, &clinic, super::load::QUERY).await.0, 200, "nothing was revoked");
    let done = mutate(&server, &steward, &revoke("G02")).await;
    assert!(done["errors"].is_null(), "{done}");
    server.kill();

    let server = installation.serve();
    let asked = status(&server, &clinic, super::load::QUERY).await;
    assert_eq!(asked.1.as_deref(), Some("FIELD_NOT_SHARED"), "the grant is revoked still");
    assert_intact(&world, &installation).await;
}

/// A file system of so many megabytes; none where the test may not mount one.
pub struct Disk {
    directory: tempfile::TempDir,
}

impl Disk {
    pub fn mount(megabytes: u32) -> Option<Self> {
        let directory = tempfile::tempdir().expect("a directory");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(directory.path())
            .output()
            .is_ok_and(|output| output.status.success());
        if !mounted {
            eprintln!("SKIPPED (no file system may be mounted)");
        }
        mounted.then_some(Self { directory })
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Takes the room there is, to the last byte.
    pub fn fill(&self) {
        use std::io::Write as _;
        let file = fs::OpenOptions::new().append(true).create(true).open(self.path().join("full"));
        let mut file = file.expect("a file");
        for step in [1 << 16, 4096, 1] {
            while file.write_all(&vec![0; step]).is_ok() {}
        }
    }

    pub fn clear(&self) {
        fs::remove_file(self.path().join("full")).expect("it was full");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_system_filled_to_the_last_byte_holds_back_every_answer_without_a_record() {
    let Some(disk) = Disk::mount(40) else { return };
    let template = World::new(Backend::Sqlite).await;
    sql::execute(&template.db, "PRAGMA wal_checkpoint(TRUNCATE)").await;
    let file = disk.path().join("world.db");
    fs::copy(template.url.trim_start_matches("sqlite://").split('?').next().unwrap(), &file)
        .expect("room for the database");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let installation = Installation::over(&template).with("DATABASE__URL", &url);
    let server = installation.serve();
    for round in 0..rounds(2) {
        let load = Load::start(&installation, &server, CLIENTS);
        tokio::time::sleep(Duration::from_millis(100 + 61 * (round as u64 % 7))).await;
        disk.fill();
        until_ready(&server, 503).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let told = load.stop().await;
        assert!(told.refused > 0, "nothing was refused");
        let report = installation.run(&["doctor"]);
        assert_eq!(report.code, Some(1), "{report:?}");
        assert!(report.out.contains("FAIL  records: "), "{report:?}");

        disk.clear();
        until_ready(&server, 200).await;
        let load = Load::start(&installation, &server, CLIENTS);
        tokio::time::sleep(Duration::from_millis(200)).await;
        let after = load.stop().await;
        assert!(!after.answers.is_empty(), "answers come again");
        let db = migrant_gateway::db::connect(&url).await.expect("the database");
        for told in [&told, &after] {
            assert_recorded(&db, told).await;
        }
        let records = sql::last(&db).await;
        let verdict = installation.succeed(&["audit", "verify"]);
        assert!(verdict.starts_with(&format!("intact: {records} records")), "{verdict}");
        sql::execute(&db, "PRAGMA wal_checkpoint(TRUNCATE)").await;
        db.close().await.expect("it closes");
    }
}
