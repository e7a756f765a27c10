//! `audit verify`.

use std::{io::IsTerminal as _, process::ExitCode};

use indicatif::{ProgressBar, ProgressDrawTarget};
use sea_orm::DatabaseConnection;

use crate::{
    audit::{self, Finding, Verdict},
    commands::print,
    config::Config,
    custody::{self, CustodyError},
    secrets::Secrets,
};

/// Recomputes the chain; exits with 2 when it does not hold.
pub(super) async fn run(config: &Config, db: &DatabaseConnection) -> anyhow::Result<ExitCode> {
    let secrets = match custody::examine(config, db).await {
        // Which record is the first that this key did not write is what is asked here.
        Err(CustodyError::Records { .. }) => Secrets::open(&config.master_key())?,
        examined => examined?,
    };
    let bar = ProgressBar::new(0);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let verdict = audit::verify(db, &secrets, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })
    .await?;
    bar.finish_and_clear();
    match verdict {
        Verdict::Intact { records, head } => {
            print(&format!("intact: {records} records, head {head}\n"))
        }
        Verdict::Broken { seq, finding } => {
            print(&format!("broken at record {seq}: {}\n", describe(finding)))?;
            Ok(ExitCode::from(2))
        }
    }
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
