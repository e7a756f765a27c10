//! `audit`: examine the chain of access records, a subcommand a file.

mod acts;
mod case;
mod checkpoint;
pub mod export;
mod line;
mod paging;
mod prove;
pub mod receipt;
mod search;
mod show;
mod span;
mod trusted;
mod verify;
mod whose;

use std::{io::IsTerminal as _, process::ExitCode};

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sea_orm::DatabaseConnection;

use super::{administer::Administrator, print};
use crate::{config::Config, db};

#[derive(Subcommand)]
pub enum Command {
    /// Recompute the chain; name the first record altered, missing, inserted or out of order.
    ///
    /// Compares also the definitions of the views that persons and auditors read, and names triggers,
    /// rules and row policies on tables. Exits with 0 when all holds and with 2 when it does not.
    Verify(verify::Arguments),
    /// Sign what the log is now, keep that with the other checkpoints, and print it.
    Checkpoint(checkpoint::Arguments),
    /// Prove that the record of a receipt is in the log, or that the log only grew.
    Prove(prove::Arguments),
    /// Verify what a receipt proves.
    #[command(subcommand)]
    Receipt(receipt::Command),
    /// Show who saw a person's data, when, for what purpose, which fields; newest first.
    ///
    /// The look is itself on record, and the person sees it. Exits with 1 when there is no such
    /// person.
    Show(show::Arguments),
    /// Find accesses by period, department, role, purpose, unit, caller, decision and person; newest
    /// first.
    ///
    /// The look is itself on record.
    Search(search::Arguments),
    /// Write the records of a period with what ties them to the chain and to the log's newest
    /// checkpoint; the first first.
    ///
    /// The export is itself on record, before its first line. It names no persons: how many there
    /// were, and the digest of their keys. Exits with 2 when the chain does not hold within it.
    /// Whoever gets it verifies it with `audit export verify`.
    Export(export::Arguments),
    /// Show what administrators changed: who, when, what, before and after; newest first.
    Acts(acts::Arguments),
    /// Audit cases: whom accesses that tell of C4 were about, opened for one data protection officer.
    #[command(subcommand)]
    Case(case::Command),
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
    match command {
        Command::Verify(arguments) => verify::run(config, &current(config).await?, arguments).await,
        Command::Acts(arguments) => acts::run(&current(config).await?, arguments).await,
        Command::Checkpoint(arguments) => checkpoint::run(config, arguments).await,
        Command::Prove(arguments) => prove::run(config, &current(config).await?, arguments).await,
        Command::Receipt(command) => receipt::run(command, None),
        Command::Case(command) => print(&case::run(config, command).await?),
        Command::Show(_) | Command::Search(_) | Command::Export(_) => look(config, command).await,
    }
}

/// Commands that leave a record of what they showed.
async fn look(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let administrator = Administrator::open(config).await?;
    let looked = match command {
        Command::Show(arguments) => show::run(&administrator, arguments).await,
        Command::Search(arguments) => search::run(&administrator, arguments).await,
        Command::Export(arguments) => export::run(config, &administrator, arguments).await,
        _ => Ok(ExitCode::SUCCESS),
    };
    administrator.close().await;
    looked
}

async fn current(config: &Config) -> anyhow::Result<DatabaseConnection> {
    let db = db::connect(&config.database.url).await.context("cannot connect to the database")?;
    anyhow::ensure!(
        db::pending_migrations(&db).await?.is_empty(),
        "the database is not up to date; run: migrant-gateway migrate"
    );
    Ok(db)
}

/// The progress of a long command, for whoever sits before it.
#[expect(clippy::expect_used, reason = "the template is a constant")]
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = "{bar:40} {pos}/{len} records, {per_sec}, {eta} left";
    bar.with_style(ProgressStyle::with_template(style).expect("the template is a constant"))
}
