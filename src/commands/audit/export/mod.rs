//! `audit export`.

mod proof;
pub mod verify;
mod writer;

use std::{io::ErrorKind, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, ValueEnum as _};
use serde_json::json;

use super::{bar, checkpoint::keeper_if_any, span::Span};
use crate::{
    audit::{self, Look, Period},
    commands::administer::Administrator,
    config::Config,
};
use proof::{Ending, Told};
use writer::{Failure, Format, Writer};

/// Which records, and how they are written.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// Verify an export instead.
    #[command(subcommand)]
    pub verify: Option<verify::Command>,
    #[command(flatten)]
    span: Span,
    /// The form.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Streams the records of a period with what ties them to the chain and to the log's checkpoint; the
/// export is on record before its first line. Exits with 2 where the chain does not hold within it.
pub(super) async fn run(
    config: &Config,
    administrator: &Administrator,
    arguments: Arguments,
) -> anyhow::Result<ExitCode> {
    let Arguments { span, format, .. } = arguments;
    let period = span.period();
    let name = format.to_possible_value().map(|value| value.get_name().to_owned());
    let asked = json!({ "from": period.from, "to": period.to, "format": name });
    let place = administrator.look(Look { action: "audit.export", asked, person: None }).await?;

    let bar = bar();
    let mut writer = Writer::new(format);
    let exported = audit::export(
        administrator.db(),
        administrator.secrets(),
        period,
        |line| writer.write(&line),
        |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        },
    );
    let proof = match exported.await {
        Ok(proof) => proof,
        // A reader that has seen enough is no failure.
        Err(Failure::Write(error)) if error.kind() == ErrorKind::BrokenPipe => {
            return Ok(ExitCode::SUCCESS);
        }
        Err(error) => return Err(error).context("the export is not complete"),
    };
    bar.finish_and_clear();
    let intact = proof.intact;
    let (digest, end) = match writer.end() {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(ExitCode::SUCCESS),
        ended => ended?,
    };
    let Period { from, to } = period;
    let mut told = Told { proof, from, to, export_record: place, digest, log: None };
    match keeper_if_any(config, administrator.db()).await? {
        Some(keeper) if intact => told.prove(&keeper).await.context("the export has no proof")?,
        Some(_) => {}
        None => eprintln!("the log was never signed, so that the export carries no checkpoint"),
    }
    match end.write(&serde_json::to_string(&Ending { proof: told })?) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    if intact {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("the chain does not hold within the export; look with: migrant-gateway audit verify");
    Ok(ExitCode::from(2))
}
