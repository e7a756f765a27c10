//! The lines of an export, in either form, and the digest over them.

use std::io::{self, BufWriter, StdoutLock, Write};

use clap::ValueEnum;
use entity::access_record;
use sha2::{Digest as _, Sha256};

use crate::secrets::hex;

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One JSON object a line; the last line is the proof.
    #[default]
    Ndjson,
    /// Comma-separated values (RFC 4180) with a header; the last line is a comment with the proof.
    Csv,
}

/// What stands before the proof, in its line.
pub const MARKS: [(Format, &str); 2] = [(Format::Ndjson, ""), (Format::Csv, "# ")];

/// Why an export could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The records could not be read.
    #[error("the access records cannot be read")]
    Read(#[from] sea_orm::DbErr),
    /// The lines could not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// Writes the lines.
pub enum Writer {
    /// In JSON.
    Ndjson(Digesting),
    /// In CSV.
    Csv(Box<csv::Writer<Digesting>>),
}

/// Digests what it passes on.
pub struct Digesting {
    out: BufWriter<StdoutLock<'static>>,
    digest: Sha256,
}

impl Writer {
    /// To standard output.
    pub fn new(format: Format) -> Self {
        let out = BufWriter::new(io::stdout().lock());
        let out = Digesting { out, digest: Sha256::new() };
        match format {
            Format::Ndjson => Self::Ndjson(out),
            Format::Csv => Self::Csv(Box::new(csv::Writer::from_writer(out))),
        }
    }

    /// Writes a record.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, record: &access_record::Model) -> Result<(), Failure> {
        match self {
            Self::Ndjson(out) => {
                serde_json::to_writer(&mut *out, record).map_err(io::Error::from)?;
                out.write_all(b"\n")?;
            }
            Self::Csv(out) => out.serialize(record).map_err(io::Error::from)?,
        }
        Ok(())
    }

    /// The SHA-256 of all lines, in hex, and what writes the last one behind them.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn end(self) -> io::Result<(String, End)> {
        let (out, mark) = match self {
            Self::Ndjson(out) => (out, MARKS[0].1),
            Self::Csv(out) => (out.into_inner().map_err(|error| error.into_error())?, MARKS[1].1),
        };
        Ok((hex(&out.digest.finalize()), End { out: out.out, mark }))
    }
}

/// Writes the line of the proof.
pub struct End {
    out: BufWriter<StdoutLock<'static>>,
    mark: &'static str,
}

impl End {
    /// Writes it, and all that waits.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(mut self, proof: &str) -> io::Result<()> {
        writeln!(self.out, "{}{proof}", self.mark)?;
        self.out.flush()
    }
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
