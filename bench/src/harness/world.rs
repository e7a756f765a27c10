//! The databases of a run, loaded with one population, and where everything lies.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use migrant_gateway::{config::Config, db};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use tempfile::TempDir;
use testkit::Postgres;
use tokio::process::Command;

use super::{
    args::PROVINCE,
    contender::{Store, postgraphile, program},
    process::Tree,
};

/// Everything that outlives a contender; removed at the end.
pub struct World {
    directory: TempDir,
    loaded: Vec<Loaded>,
}

/// A database with a population.
struct Loaded {
    store: Store,
    url: String,
    db: DatabaseConnection,
    processes: Option<Tree>,
}

impl World {
    /// Starts a cluster and loads the databases that are needed.
    pub async fn make(persons: u64, stores: &HashSet<Store>) -> anyhow::Result<Self> {
        let directory = tempfile::Builder::new().prefix("bench-").tempdir()?;
        let mut world = Self { directory, loaded: Vec::new() };
        for store in [Store::Postgres, Store::Province, Store::Before, Store::Sqlite] {
            if stores.contains(&store) {
                let persons = if store == Store::Province { PROVINCE } else { persons };
                let loaded = world.load(store, persons).await?;
                world.loaded.push(loaded);
            }
        }
        Ok(world)
    }

    fn fresh(&self, store: Store) -> anyhow::Result<String> {
        if store == Store::Sqlite {
            let file = self.directory().join("population.db");
            return Ok(format!("sqlite://{}?mode=rwc", file.display()));
        }
        let cluster = Postgres::start_with(&[shared_buffers()?]).map_err(anyhow::Error::msg)?;
        Ok(cluster.context("PostgreSQL's programs are not installed")?.fresh_database())
    }

    async fn load(&self, store: Store, persons: u64) -> anyhow::Result<Loaded> {
        let url = self.fresh(store)?;
        eprintln!("loading {persons} persons into {url}");
        let status = Command::new(program(store.loader()))
            .args(["demo", "--load-only", "--listen", "127.0.0.1:0"])
            .args(["--persons", &persons.to_string(), "--database", &url])
            .current_dir(self.directory())
            .status()
            .await
            .with_context(|| format!("cannot run {} demo", store.loader()))?;
        anyhow::ensure!(status.success(), "the population was not loaded");
        let db = db::connect(&url).await?;
        if store != Store::Before || counts_volumes(&db).await? {
            contract(&db).await.context("the callers' volumes")?;
        }
        let mut processes = None;
        if store == Store::Sqlite {
            db.execute_unprepared("ANALYZE").await?;
        } else {
            for file in ["masks.sql", "rls.sql"] {
                let sql = std::fs::read_to_string(postgraphile().join(file))?;
                db.execute_unprepared(&sql).await.context(file)?;
            }
            // What loading left to do is done now, and checkpoints come by time alone: no contender
            // pays more of them than another.
            let settle = [
                "ALTER SYSTEM SET max_wal_size = '8GB'",
                "SELECT pg_reload_conf()",
                "VACUUM ANALYZE",
                "CHECKPOINT",
            ];
            for statement in settle {
                db.execute_unprepared(statement).await.context(statement)?;
            }
            processes = Some(Tree::new(postmaster(&db).await?));
        }
        Ok(Loaded { store, url, db, processes })
    }

    /// The directory of logs, keys and the SQLite file.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The file of the key that signs the gateway's tokens.
    pub fn signing_key(&self) -> PathBuf {
        let mut config = Config::default();
        config.keys.directory = self.keys();
        config.signing_key()
    }

    fn keys(&self) -> PathBuf {
        self.directory().join("keys")
    }

    /// The URL of a database; empty where it was not needed.
    pub fn url(&self, store: Store) -> &str {
        self.loaded(store).map_or("", |loaded| &loaded.url)
    }

    /// A connection to a database that was needed.
    pub fn db(&self, store: Store) -> anyhow::Result<&DatabaseConnection> {
        Ok(&self.loaded(store).context("the database was not loaded")?.db)
    }

    /// PostgreSQL's processes.
    pub fn postgres_processes(&self) -> Option<Tree> {
        self.loaded.iter().find_map(|loaded| loaded.processes)
    }

    fn loaded(&self, store: Store) -> Option<&Loaded> {
        self.loaded.iter().find(|loaded| loaded.store == store)
    }

    /// The version of PostgreSQL.
    pub async fn postgres_version(&self) -> Option<String> {
        let loaded = self.loaded.iter().find(|loaded| loaded.store != Store::Sqlite)?;
        text(&loaded.db, "SHOW server_version").await.ok()
    }

    /// A gateway that will serve a database on a port, but for what it is told to do. Every gateway
    /// has the same keys, so identifiers and tokens hold for all of them.
    pub fn gateway(&self, binary: &Path, database: &str, port: u16) -> Command {
        let mut command = Command::new(binary);
        command.current_dir(self.directory());
        command
            .env("MIGRANT_GATEWAY_DATABASE__URL", database)
            .env("MIGRANT_GATEWAY_SERVER__LISTEN", format!("127.0.0.1:{port}"))
            .env("MIGRANT_GATEWAY_SERVER__MODE", "demonstration")
            .env("MIGRANT_GATEWAY_TOKENS__ACCEPT_LOCAL", "true")
            .env("MIGRANT_GATEWAY_KEYS__DIRECTORY", self.keys())
            .env("MIGRANT_GATEWAY_LOG__FILTER", "warn");
        command
    }
}

/// Gives every caller a contracted volume, as a client's operator agrees on it with two signatures: limits
/// are measured as they work, and are not in the way.
async fn contract(db: &DatabaseConnection) -> anyhow::Result<()> {
    // Those before are the demonstration's own.
    const FIRST: usize = 10_000;
    const AMOUNTS: &str =
        r#"{"movementDay":1000000000000,"healthDay":1000000000000,"identityDay":1000000000000}"#;
    let row = |caller: usize| {
        let subject = super::callers::subject(caller);
        format!(
            "({}, 'contract', '{subject}', '{AMOUNTS}', 'PIPL-54', 'the benchmark', \
             '2026-01-01T00:00:00+00:00', '2100-01-01T00:00:00+00:00', 'bench.steward', 'SH', \
             '2026-01-01T00:00:00+00:00', '2026-01-15T00:00:00+00:00', 'approved', \
             'bench.officer', 'DP', '2026-01-01T00:00:00+00:00')",
            FIRST + caller
        )
    };
    let rows: Vec<String> = (0..super::callers::CALLERS).map(row).collect();
    db.execute_unprepared(&format!(
        "INSERT INTO limit_agreement (id, kind, target, amounts, law, reason, valid_from, \
         valid_until, proposer, proposer_role, proposed_at, lapses_at, decision, decider, \
         decider_role, decided_at) VALUES {}",
        rows.join(", ")
    ))
    .await?;
    Ok(())
}

/// A quarter of the machine's memory, as PostgreSQL's documentation advises: its default of 128 MB
/// holds no population.
fn shared_buffers() -> anyhow::Result<String> {
    let text = std::fs::read_to_string("/proc/meminfo").context("/proc/meminfo")?;
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes = total.and_then(|total| total.split_whitespace().next()?.parse::<u64>().ok());
    Ok(format!("shared_buffers={}kB", kibibytes.context("the size of memory")? / 4))
}

/// Whether a build limits how much a caller reads: earlier ones do not.
async fn counts_volumes(db: &DatabaseConnection) -> anyhow::Result<bool> {
    let table = "SELECT coalesce(to_regclass('limit_agreement')::text, '')";
    Ok(!text(db, table).await?.is_empty())
}

async fn postmaster(db: &DatabaseConnection) -> anyhow::Result<u32> {
    let file = text(db, "SELECT pg_read_file('postmaster.pid')").await?;
    Ok(file.lines().next().context("postmaster.pid is empty")?.trim().parse()?)
}

async fn text(db: &DatabaseConnection, sql: &str) -> anyhow::Result<String> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await?.context("no row")?;
    Ok(row.try_get_by_index(0)?)
}
