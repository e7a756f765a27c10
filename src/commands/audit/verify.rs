//! `audit verify`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use sea_orm::DatabaseConnection;

use super::bar;
use crate::{
    audit::{self, Finding, Verdict},
    commands::print,
    config::Config,
    custody::{self, CustodyError},
    log::{
        checkpoint::{Checkpoint, Signed},
        note::{Kind, VerifierKey},
        setup,
    },
    replay,
    secrets::Secrets,
};

/// What is verified beside the chain, and with what the records are compared.
#[derive(Args)]
pub struct Arguments {
    /// Replay the acts, too, and name each grant, proposal, client and law that no act explains, that
    /// is missing or that differs from what the acts made.
    #[arg(long)]
    grants: bool,
    /// A checkpoint that was kept elsewhere: the log must begin with what was signed. May be given
    /// more than once.
    #[arg(long, value_name = "CHECKPOINT", num_args = 1..)]
    against: Vec<PathBuf>,
    /// The key that they are signed with [default: the one in keys.directory].
    #[arg(long, value_name = "KEY", requires = "against")]
    key: Option<VerifierKey>,
}

/// Recomputes the chain; exits with 2 when it does not hold.
pub(super) async fn run(
    config: &Config,
    db: &DatabaseConnection,
    arguments: Arguments,
) -> anyhow::Result<ExitCode> {
    let secrets = match custody::examine(config, db).await {
        // Which record is the first that this key did not write is what is asked here.
        Err(CustodyError::Records { .. }) => Secrets::open(&config.master_key())?,
        examined => examined?,
    };
    let against = checkpoints(config, &arguments)?;
    let bar = bar();
    let verdict = audit::verify_against(db, &secrets, &against, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })
    .await?;
    bar.finish_and_clear();
    let (mut told, mut holds) = match verdict {
        Verdict::Intact { records, head } => {
            (format!("intact: {records} records, head {head}\n"), true)
        }
        Verdict::Broken { seq, finding } => {
            (format!("broken at record {seq}: {}\n", describe(finding)), false)
        }
    };
    for altered in audit::altered_definitions(db).await? {
        holds = false;
        told += &format!("altered: {altered}\n");
    }
    if arguments.grants {
        let report = replay(db, &secrets).await?;
        holds &= report.findings.is_empty();
        told += &report_of(&report);
    }
    print(&told)?;
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

async fn replay(db: &DatabaseConnection, secrets: &Secrets) -> anyhow::Result<replay::Report> {
    let bar = bar();
    let report = replay::replay(db, secrets, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })
    .await?;
    bar.finish_and_clear();
    Ok(report)
}

fn report_of(report: &replay::Report) -> String {
    let replay::Report { acts, partial, rows, findings } = report;
    let mut told: String =
        findings.iter().map(|finding| format!("unexplained: {finding}\n")).collect();
    if findings.is_empty() {
        told = format!("explained: {rows} rows by {acts} acts and by what the gateway came with\n");
    }
    if *partial > 0 {
        told += &format!(
            "not all can be checked: {partial} acts are of a version that did not record every \
             column; instants and secrets of the rows they made are taken as they stand\n"
        );
    }
    told
}

fn checkpoints(config: &Config, arguments: &Arguments) -> anyhow::Result<Vec<Checkpoint>> {
    if arguments.against.is_empty() {
        return Ok(Vec::new());
    }
    let key = match &arguments.key {
        Some(key) => key.clone(),
        None => setup::signer(config)?.verifier(Kind::Plain),
    };
    let open = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let signed = Signed::open(&text, &key).with_context(|| file.display().to_string())?;
        Ok(signed.checkpoint)
    };
    arguments.against.iter().map(open).collect()
}

fn describe(finding: Finding) -> &'static str {
    match finding {
        Finding::Altered => {
            "altered: a column holds another value than was written (with another master secret \
             than the chain was written with, every record looks so)"
        }
        Finding::Missing => "missing: the record was removed",
        Finding::Inserted => "inserted: the gateway did not write this record",
        Finding::OutOfOrder => "out of order: the record belongs elsewhere",
        Finding::SubjectsAltered => "altered: its persons are not those that were written",
        Finding::RunsBackwards => {
            "runs backwards: the record's instant lies before the one of the record in front of it"
        }
        Finding::HeadMismatch => "cut off: records are missing at the end, or the head was edited",
        Finding::TreeAltered => "altered: the tree that is kept with the head is not the records'",
        Finding::Behind => {
            "missing: a checkpoint was signed when the record was there; the end was cut off, or the \
             log emptied, or the database restored"
        }
        Finding::Forked => {
            "forked: up to here the records are not those that a checkpoint was signed over; they \
             were written anew"
        }
    }
}
