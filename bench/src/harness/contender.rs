//! Who is measured, and how each is started.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::Context as _;
use clap::ValueEnum;
use serde::Serialize;
use tokio::process::{Child, Command};

use super::{callers::JWT_SECRET, client::Connection, process::Tree, world::World};

/// The least version of Node that PostGraphile 5 runs on; under an older one npm installs 4.
const NODE: u32 = 22;

/// The program of an earlier build.
pub const BEFORE: &str = "migrant-gateway-before";

/// How long a contender may take to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A contender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Contender {
    /// migrant-gateway, everything on: ES256 tokens, permits, row scopes, masks, durable audit.
    Gateway,
    /// The same without access records: the difference is their price.
    GatewayWithoutAudit,
    /// The same without verifying signatures: the difference is their price.
    GatewayWithoutVerification,
    /// The gateway over the province's 2,206,000 persons, beside the one over the others': what
    /// growth costs. Takes part only where it is named.
    GatewayProvince,
    /// An earlier build of the gateway over a database of its own with as many persons, beside the
    /// one of today: what a change costs. Takes part only where it is named, from the program
    /// `migrant-gateway-before`.
    GatewayBefore,
    /// Handlers by hand on axum and sqlx, bare: the stack's limit.
    Sqlx,
    /// Handlers by hand on tokio-postgres, pipelined, bare: the driver's limit.
    TokioPostgres,
    /// The same as sqlx, knowing the product's indexes: units by county.
    SqlxCounty,
    /// The same as tokio-postgres, knowing the product's indexes: units by county.
    TokioPostgresCounty,
    /// async-graphql, static resolvers, DataLoader, SeaORM, bare.
    AsyncGraphql,
    /// PostGraphile 5, a cluster of 2, bare.
    Postgraphile,
    /// PostGraphile 5, a cluster of 2, with JWT, role switch and row-level security.
    PostgraphileRls,
    /// migrant-gateway on SQLite, everything on.
    GatewaySqlite,
    /// Handlers by hand on axum and sqlx on SQLite, bare.
    SqlxSqlite,
}

/// What it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Store {
    /// The population, in PostgreSQL.
    Postgres,
    /// As many persons as the province has migrants, in another database of the same server.
    Province,
    /// As many persons, loaded by the earlier build into another database of the same server.
    Before,
    /// The population, in a SQLite file.
    Sqlite,
}

impl Store {
    /// The program that loads it.
    pub fn loader(self) -> &'static str {
        if self == Self::Before { BEFORE } else { "migrant-gateway" }
    }

    /// Whether it holds what the others hold, row for row, so that answers can be compared.
    pub fn is_common(self) -> bool {
        matches!(self, Self::Postgres | Self::Sqlite)
    }
}

/// How it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// The gateway's GraphQL.
    Gateway,
    /// The hand-written routes.
    Routes,
    /// The static resolvers' GraphQL.
    AsyncGraphql,
    /// PostGraphile's GraphQL, with conditions in the query.
    Postgraphile,
    /// PostGraphile's GraphQL, with conditions in policies.
    PostgraphileRls,
}

impl Contender {
    /// The name on the command line and in results.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// What it is, in a line.
    pub fn about(self) -> String {
        let value = self.to_possible_value();
        value.and_then(|value| Some(value.get_help()?.to_string())).unwrap_or_default()
    }

    /// How it is asked.
    pub fn interface(self) -> Interface {
        match self {
            Self::Gateway
            | Self::GatewayWithoutAudit
            | Self::GatewayWithoutVerification
            | Self::GatewayProvince
            | Self::GatewayBefore
            | Self::GatewaySqlite => Interface::Gateway,
            Self::Sqlx
            | Self::TokioPostgres
            | Self::SqlxCounty
            | Self::TokioPostgresCounty
            | Self::SqlxSqlite => Interface::Routes,
            Self::AsyncGraphql => Interface::AsyncGraphql,
            Self::Postgraphile => Interface::Postgraphile,
            Self::PostgraphileRls => Interface::PostgraphileRls,
        }
    }

    /// What it reads.
    pub fn store(self) -> Store {
        match self {
            Self::GatewaySqlite | Self::SqlxSqlite => Store::Sqlite,
            Self::GatewayProvince => Store::Province,
            Self::GatewayBefore => Store::Before,
            _ => Store::Postgres,
        }
    }

    /// Whom it is compared with: the handlers by hand on the same database; of the province and of
    /// an earlier build, the gateway itself.
    pub fn baseline(self) -> Contender {
        match self.store() {
            Store::Postgres => Self::Sqlx,
            Store::Province | Store::Before => Self::Gateway,
            Store::Sqlite => Self::SqlxSqlite,
        }
    }

    /// Why it cannot run here, if it cannot.
    pub fn obstacle(self) -> Option<String> {
        let missing = |path: PathBuf| {
            (!path.is_file()).then(|| format!("{} is not built; see bench/run", path.display()))
        };
        match self.interface() {
            Interface::Postgraphile | Interface::PostgraphileRls => check_node().err(),
            _ => missing(program(self.binary())),
        }
    }

    fn binary(self) -> &'static str {
        match self {
            Self::Gateway | Self::GatewayProvince | Self::GatewaySqlite => "migrant-gateway",
            Self::GatewayBefore => BEFORE,
            Self::GatewayWithoutAudit | Self::GatewayWithoutVerification => "gateway_without",
            Self::Sqlx | Self::SqlxCounty => "sqlx_handlers",
            Self::TokioPostgres | Self::TokioPostgresCounty => "tokio_postgres_handlers",
            Self::AsyncGraphql => "async_graphql_static",
            Self::SqlxSqlite => "sqlx_sqlite_handlers",
            Self::Postgraphile | Self::PostgraphileRls => "node",
        }
    }

    fn command(self, world: &World, port: u16) -> Command {
        let database = world.url(self.store());
        match self.interface() {
            Interface::Gateway => {
                let mut command = world.gateway(&program(self.binary()), database, port);
                command.arg(match self {
                    Self::GatewayWithoutAudit => "audit",
                    Self::GatewayWithoutVerification => "verification",
                    _ => "serve",
                });
                command
            }
            Interface::Postgraphile | Interface::PostgraphileRls => {
                let mut command = Command::new(node());
                command.arg("server.js").current_dir(postgraphile());
                command.env("NODE_ENV", "production").env("GRAPHILE_ENV", "production");
                command.env("DATABASE_URL", database).env("PORT", port.to_string());
                if self == Self::PostgraphileRls {
                    command.env("RLS", "1").env("JWT_SECRET", JWT_SECRET);
                }
                command
            }
            Interface::Routes | Interface::AsyncGraphql => {
                let mut command = Command::new(program(self.binary()));
                command.env("DATABASE_URL", database).env("PORT", port.to_string());
                if matches!(self, Self::SqlxCounty | Self::TokioPostgresCounty) {
                    command.env("BY_COUNTY", "1");
                }
                command
            }
        }
    }

    /// Starts it and waits until it listens.
    pub async fn start(self, world: &World) -> anyhow::Result<Running> {
        let port = free_port()?;
        let log = world.directory().join(format!("{}.log", self.name()));
        let file = File::create(&log)?;
        let mut command = self.command(world, port);
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("cannot start {}", self.name()))?;
        let tree = Tree::new(child.id().context("a running process has an id")?);
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while Connection::open(port).await.is_err() {
            let ended = child.try_wait()?;
            if ended.is_some() || tokio::time::Instant::now() > deadline {
                let said = std::fs::read_to_string(&log).unwrap_or_default();
                anyhow::bail!("{} does not listen:\n{said}", self.name());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(Running { contender: self, port, tree, _child: child })
    }
}

/// A contender that listens; it ends when this is dropped.
pub struct Running {
    pub contender: Contender,
    pub port: u16,
    pub tree: Tree,
    _child: Child,
}

/// A program that was built beside this one.
pub fn program(name: &str) -> PathBuf {
    let here = std::env::current_exe().unwrap_or_default();
    here.parent().unwrap_or(Path::new(".")).join(name)
}

/// Where PostGraphile is.
pub fn postgraphile() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("postgraphile")
}

fn node() -> PathBuf {
    postgraphile().join("node_modules/node/bin/node")
}

// npm does not refuse a PostGraphile that is too old or a Node that is.
fn check_node() -> Result<(), String> {
    let install = "run npm install in bench/postgraphile (bench/run does)";
    let output = std::process::Command::new(node())
        .arg("--version")
        .output()
        .map_err(|error| format!("{}: {error}; {install}", node().display()))?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|n| n.parse().ok());
    if major.is_none_or(|major: u32| major < NODE) {
        return Err(format!("PostGraphile 5 needs Node {NODE} or newer, this is {version}"));
    }
    let package = postgraphile().join("node_modules/postgraphile/package.json");
    let text = std::fs::read_to_string(&package)
        .map_err(|error| format!("{}: {error}; {install}", package.display()))?;
    let package: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| error.to_string())?;
    match package["version"].as_str() {
        Some(version) if version.starts_with("5.") => Ok(()),
        version => Err(format!("npm installed PostGraphile {version:?} instead of 5; {install}")),
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
