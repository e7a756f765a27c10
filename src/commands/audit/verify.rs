//! `audit verify`.

use std::{io::IsTerminal as _, process::ExitCode};

use indicatif::{ProgressBar, ProgressDrawTarget};
use sea_orm::DatabaseConnection;

use crate::{
    audit::{self, Finding, Verdict},
    commands::print,
    config::Config,
    secrets::Secrets,
};

/// Recomputes the chain; exits with 2 when it does not hold.
pub(super) async fn run(config: &Config, db: &DatabaseConnection) -> anyhow::Result<ExitCode> {
    let path = config.master_key();
    anyhow::ensure!(
        path.is_file(),
        "there is no master secret at {}; the chain can only be recomputed with the one it was \
         written with (set keys.directory)",
        path.display()
    );
    let secrets = Secrets::open_or_create(&path)?;
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
        Finding::HeadMismatch => "cut off: records are missing at the end, or the head was edited",
    }
}
