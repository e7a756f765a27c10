//! `audit`: examine the chain of access records, a subcommand a file.

mod acts;
mod show;
mod verify;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use sea_orm::DatabaseConnection;

use crate::{config::Config, db};

#[derive(Subcommand)]
pub enum Command {
    /// Recompute the chain; name the first record altered, missing, inserted or out of order.
    ///
    /// Exits with 0 when the chain is intact and with 2 when it is not.
    Verify,
    /// Show who saw a person's data, when, for what purpose, which fields; newest first.
    Show(show::Arguments),
    /// Show what administrators changed: who, when, what, before and after; newest first.
    Acts(acts::Arguments),
}

/// The form of a list.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let db = db::connect(&config.database.url).await.context("cannot connect to the database")?;
    require_current(&db).await?;
    match command {
        Command::Verify => verify::run(config, &db).await,
        Command::Show(arguments) => show::run(&db, arguments).await,
        Command::Acts(arguments) => acts::run(&db, arguments).await,
    }
}

async fn require_current(db: &DatabaseConnection) -> anyhow::Result<()> {
    anyhow::ensure!(
        db::pending_migrations(db).await?.is_empty(),
        "the database is not up to date; run: migrant-gateway migrate"
    );
    Ok(())
}
