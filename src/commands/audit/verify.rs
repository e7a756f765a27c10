//! `audit verify`.

use std::process::ExitCode;

use clap::Args;
use sea_orm::DatabaseConnection;

use super::bar;
use crate::{
    audit::{self, Finding, Verdict},
    commands::print,
    config::Config,
    custody::{self, CustodyError},
    replay,
    secrets::Secrets,
};

/// What is verified beside the chain.
#[derive(Args)]
pub struct Arguments {
    /// Replay the acts, too, and name each grant, proposal, client and law that no act explains, that
    /// is missing or that differs from what the acts made.
    #[arg(long)]
    grants: bool,
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
    let bar = bar();
    let verdict = audit::verify(db, &secrets, |done, total| {
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
    }
}
