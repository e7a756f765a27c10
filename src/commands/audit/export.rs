//! `audit export`.

use std::{
    io::{self, BufWriter, ErrorKind, StdoutLock, Write},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde_json::json;

use super::{bar, span::Span};
use crate::{
    audit::{self, Line, Look},
    commands::administer::Administrator,
};

/// Which records, and how they are written.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    span: Span,
    /// The form.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One JSON object a line; the last line is the proof.
    #[default]
    Ndjson,
    /// Comma-separated values (RFC 4180) with a header; the last line is a comment with the proof.
    Csv,
}

/// Streams the records of a period with what ties them to the chain; the export is on record before
/// its first line. Exits with 2 where the chain does not hold within it.
pub(super) async fn run(
    administrator: &Administrator,
    arguments: Arguments,
) -> anyhow::Result<ExitCode> {
    let Arguments { span, format } = arguments;
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
    let mut told = serde_json::to_value(&proof)?;
    told["from"] = json!(period.from);
    told["to"] = json!(period.to);
    told["exportRecord"] = json!(place);
    match writer.end(&json!({ "proof": told }).to_string()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    if proof.intact {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("the chain does not hold within the export; look with: migrant-gateway audit verify");
    Ok(ExitCode::from(2))
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the access records cannot be read")]
    Read(#[from] sea_orm::DbErr),
    #[error(transparent)]
    Write(#[from] io::Error),
}

enum Writer {
    Ndjson(BufWriter<StdoutLock<'static>>),
    Csv(Box<csv::Writer<BufWriter<StdoutLock<'static>>>>),
}

impl Writer {
    fn new(format: Format) -> Self {
        let out = BufWriter::new(io::stdout().lock());
        match format {
            Format::Ndjson => Self::Ndjson(out),
            Format::Csv => Self::Csv(Box::new(csv::Writer::from_writer(out))),
        }
    }

    fn write(&mut self, line: &Line) -> Result<(), Failure> {
        match self {
            Self::Ndjson(out) => {
                serde_json::to_writer(&mut *out, line).map_err(io::Error::from)?;
                out.write_all(b"\n")?;
            }
            Self::Csv(out) => out.serialize(line).map_err(io::Error::from)?,
        }
        Ok(())
    }

    fn end(self, proof: &str) -> io::Result<()> {
        let (mut out, prefix) = match self {
            Self::Ndjson(out) => (out, ""),
            Self::Csv(out) => (out.into_inner().map_err(|error| error.into_error())?, "# "),
        };
        writeln!(out, "{prefix}{proof}")?;
        out.flush()
    }
}
