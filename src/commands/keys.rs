//! `keys init` and `keys show`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use crate::{config::Config, custody, db, secrets::Secrets};

#[derive(Subcommand)]
pub enum Command {
    /// Create the master key of a database that has no access records yet.
    ///
    /// The key is 32 random bytes in keys.directory (master.key, mode 0600). From it come the keys of
    /// identifiers, cursors, pseudonyms and of the chain of access records. The database keeps its
    /// fingerprint and takes no other key from then on. Copy the file to every instance, and keep a
    /// copy apart from the database and its backups: a lost key cannot be replaced.
    Init(Init),
    /// Show the fingerprints of the master key and of the one the database belongs to, no secrets.
    ///
    /// Exits with 1 when there is no key or the database belongs to another.
    Show,
}

#[derive(Args)]
pub struct Init {
    /// Replace a key that is lost, of a database that has no access records yet. Stop every gateway
    /// first: one that goes on with the old key would begin the chain with it.
    #[arg(long)]
    replace: bool,
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Init(Init { replace }) => init(config, replace).await,
        Command::Show => show(config).await,
    }
}

async fn init(config: &Config, replace: bool) -> anyhow::Result<ExitCode> {
    let file = config.master_key();
    let secrets = match fresh(config).await? {
        // Nothing is kept of the fingerprint before there are tables; the first start does that.
        None => Secrets::create(&file)
            .with_context(|| format!("cannot create the master key {}", file.display()))?,
        Some(db) => custody::create(&file, &db, replace).await?,
    };
    super::print(&format!("created {}, fingerprint {}\n", file.display(), secrets.fingerprint()))
}

/// The database; none where no migration was applied yet, which is no place for records.
async fn fresh(config: &Config) -> anyhow::Result<Option<sea_orm::DatabaseConnection>> {
    let url = &config.database.url;
    if db::sqlite_file(url).is_some_and(|file| !file.exists()) {
        return Ok(None);
    }
    let db = db::connect(url).await.context("cannot connect to the database")?;
    let pending = db::pending_migrations(&db).await.context("cannot read the migrations")?;
    if pending.is_empty() {
        return Ok(Some(db));
    }
    anyhow::ensure!(
        pending.len() == db::migrations(),
        "the database is not up to date; run first: migrant-gateway migrate"
    );
    Ok(None)
}

async fn show(config: &Config) -> anyhow::Result<ExitCode> {
    let file = config.master_key();
    let path = file.display();
    let held = match Secrets::open(&file) {
        Ok(secrets) => Some(secrets.fingerprint()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => anyhow::bail!("the master key {path}: {error}"),
    };
    let expected = match fresh(config).await? {
        Some(db) => custody::expected(&db).await.context("cannot read the fingerprint")?,
        None => None,
    };
    let told = |fingerprint: &Option<String>| fingerprint.clone().unwrap_or("-".to_owned());
    super::print(&format!(
        "master.key  {}  {path}\ndatabase    {}\n",
        told(&held),
        told(&expected)
    ))?;
    let fits = held.is_some() && (expected.is_none() || expected == held);
    Ok(if fits { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
