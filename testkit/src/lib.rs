//! What tests share: a throwaway PostgreSQL, one cluster for each test process and gone soon after
//! it, and key pairs that sign tokens.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "only tests call it, and they panic where something fails"
)]

mod cluster;
mod programs;
pub mod signer;

use std::io::Write as _;
use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering},
};

use cluster::Cluster;

static CLUSTER: OnceLock<Result<Option<Cluster>, String>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(1);

/// The cluster of this process.
#[derive(Clone, Copy)]
pub struct Postgres {
    cluster: &'static Cluster,
}

impl Postgres {
    /// Starts the cluster, or joins the one this process has.
    ///
    /// `None` if the PostgreSQL programs are not installed; an error if they are not and the
    /// environment has `REQUIRE_POSTGRES=1`.
    pub fn start() -> Result<Option<Postgres>, String> {
        Self::start_with(&[])
    }

    /// As [`Postgres::start`], with settings (`name=value`) for a cluster that is not there yet.
    pub fn start_with(settings: &[String]) -> Result<Option<Postgres>, String> {
        match CLUSTER.get_or_init(|| start(settings)) {
            Ok(cluster) => Ok(cluster.as_ref().map(|cluster| Postgres { cluster })),
            Err(problem) => Err(problem.clone()),
        }
    }

    /// As [`Postgres::start`], for a test that is passed over without PostgreSQL, saying so.
    ///
    /// # Panics
    ///
    /// If the cluster does not start, or is required and not installed.
    pub fn for_test(name: &str) -> Option<Postgres> {
        let postgres = Postgres::start().unwrap_or_else(|problem| panic!("{problem}"));
        if postgres.is_none() {
            // Written past the test runner's capture: it would hide what a passing test says.
            let note = format!("SKIPPED (PostgreSQL programs not found): {name}\n");
            let _ = std::io::stderr().write_all(note.as_bytes());
        }
        postgres
    }

    /// Creates an empty database and returns its URL.
    ///
    /// # Panics
    ///
    /// If the cluster refuses.
    pub fn fresh_database(&self) -> String {
        let name = fresh_name();
        if let Err(problem) = self.cluster.create_database(&name) {
            panic!("{problem}");
        }
        self.url(&name)
    }

    /// Creates a copy of a database of this cluster, named by its URL, and returns the copy's URL.
    /// Migrating and filling a database costs many times what copying it does.
    ///
    /// # Panics
    ///
    /// If somebody is connected to the original, or the cluster refuses.
    pub fn copy_of(&self, url: &str) -> String {
        let template = url.rsplit('/').next().unwrap_or_default();
        let name = fresh_name();
        if let Err(problem) = self.cluster.copy_database(&name, template) {
            panic!("{problem}");
        }
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.cluster.port())
    }
}

fn fresh_name() -> String {
    format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed))
}

/// The directory of the PostgreSQL programs, for a test that runs a server of its own; without them
/// it is passed over, saying so.
///
/// # Panics
///
/// If they are required and not installed.
pub fn programs_for_test(name: &str) -> Option<std::path::PathBuf> {
    Postgres::for_test(name).and_then(|_| programs::find())
}

#[expect(clippy::disallowed_methods, reason = "CI says what has to be there")]
fn start(settings: &[String]) -> Result<Option<Cluster>, String> {
    match programs::find() {
        Some(programs) => Cluster::start(programs, settings).map(Some),
        None if std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1") => {
            Err("REQUIRE_POSTGRES=1, and the PostgreSQL programs are not installed".to_owned())
        }
        None => Ok(None),
    }
}
