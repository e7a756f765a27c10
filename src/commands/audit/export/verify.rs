//! `audit export verify`: what an export proves, to who has neither the database nor its keys.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read, Seek as _, SeekFrom},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{
    super::{
        checkpoint::summary,
        trusted::{Trusted, cosigned, verdict},
    },
    proof::{self, Ending, Told},
    writer::{Format, MARKS},
};
use crate::{
    log::{checkpoint::Signed, note::VerifierKey, range::Taken, tree::leaf},
    secrets::{hex, unhex},
};

/// The longest last line: two hashes for each level of a tree, a checkpoint with its witnesses, and
/// what is told in words.
const LONGEST_PROOF: u64 = 256 * 1024;

#[derive(Subcommand)]
pub enum Command {
    /// Verify an export that `audit export` made. Needs no database.
    ///
    /// Its records follow each other, are in the log of the checkpoint that the export carries, and
    /// the lines are those that the log's key sealed. Exits with 0 when all holds and with 2 when it
    /// does not.
    Verify(Arguments),
}

/// What is verified with what.
#[derive(Args)]
pub struct Arguments {
    /// The export.
    file: PathBuf,
    #[command(flatten)]
    trusted: Trusted,
}

/// What of a record is verified here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    record: i64,
    previous_hash: String,
    hash: String,
}

/// Verifies an export; `config` is where the key of the log is looked for.
///
/// # Errors
/// When the file or the key cannot be read; then there is no verdict.
pub fn run(command: Command, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let Command::Verify(arguments) = command;
    let (key, witnesses) = arguments.trusted.keys(config)?;
    let file = File::open(&arguments.file).with_context(|| arguments.file.display().to_string())?;
    verdict(verify(file, &key, &witnesses))
}

fn verify(mut file: File, key: &VerifierKey, witnesses: &[VerifierKey]) -> anyhow::Result<String> {
    let (format, told, length) = ending(&mut file)?;
    let log = told.log.as_ref().context(
        "the export carries no checkpoint: the log had never been signed when it was made",
    )?;
    anyhow::ensure!(told.proof.intact, "the export says itself that the chain did not hold");
    let signed = Signed::open(&log.checkpoint, key)?;
    let (size, root) = (signed.checkpoint.size, signed.checkpoint.root);
    let hashes = || Some((proof::read(&log.before)?, proof::read(&log.after)?));
    let (before, after) = hashes().context("its hashes cannot be read")?;
    let range = told.range().unwrap_or(size..size);
    let taken = Taken::begin(range.start, &before).context("its hashes are not of its place")?;

    file.seek(SeekFrom::Start(0))?;
    let mut lines = Chained { taken, last: None, records: 0 };
    let mut digesting = Digesting { input: file.take(length), digest: Sha256::new() };
    match format {
        Format::Ndjson => {
            for line in BufReader::new(&mut digesting).lines() {
                lines.take(&serde_json::from_str(&line?).context("a line is no record")?)?;
            }
        }
        Format::Csv => {
            for link in csv::Reader::from_reader(&mut digesting).deserialize() {
                lines.take(&link.context("a line is no record")?)?;
            }
        }
    }
    anyhow::ensure!(hex(&digesting.digest.finalize()) == told.digest, "lines were altered");
    anyhow::ensure!(lines.records == told.proof.records, "lines were added or removed");
    anyhow::ensure!(
        lines.taken.next() == range.end && lines.taken.root(size, &after) == Some(root),
        "the records are not those of the log of its checkpoint"
    );
    anyhow::ensure!(
        log.seals(&told.sealed(), key),
        "the lines are not those that the log's key sealed"
    );

    let records = told.proof.records;
    let which = match (told.proof.first_record, told.proof.last_record) {
        (Some(first), Some(last)) => format!("the {records} records from {first} to {last} are"),
        _ => "there is no record of this period".to_owned(),
    };
    let mut said = format!("proven: {which} in {}\n", summary(&signed));
    said += "sealed: the lines are as the gateway wrote them\n";
    said += &cosigned(&signed, witnesses)?;
    Ok(said)
}

/// The last line: its form, what it tells, and where it begins.
fn ending(file: &mut File) -> anyhow::Result<(Format, Told, u64)> {
    let length = file.seek(SeekFrom::End(0))?;
    let begin = length.saturating_sub(LONGEST_PROOF);
    file.seek(SeekFrom::Start(begin))?;
    let mut end = Vec::new();
    Read::by_ref(file).take(LONGEST_PROOF).read_to_end(&mut end)?;
    let cut = || "the export has no proof in its last line: its end is missing";
    let line = end.strip_suffix(b"\n").with_context(cut)?;
    let start = line.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let text = std::str::from_utf8(&line[start..]).ok().with_context(cut)?;
    for (format, mark) in MARKS.into_iter().rev() {
        if let Some(json) = text.strip_prefix(mark) {
            let ending: Ending = serde_json::from_str(json).ok().with_context(cut)?;
            return Ok((format, ending.proof, begin + u64::try_from(start)?));
        }
    }
    anyhow::bail!(cut())
}

/// Records that follow each other.
struct Chained {
    taken: Taken,
    last: Option<String>,
    records: u64,
}

impl Chained {
    fn take(&mut self, link: &Link) -> anyhow::Result<()> {
        let Link { record, previous_hash, hash } = link;
        let follows = self.last.as_ref().is_none_or(|last| last == previous_hash);
        let is_next = u64::try_from(*record).is_ok_and(|record| record == self.taken.next() + 1);
        anyhow::ensure!(follows && is_next, "record {record} does not follow the one before it");
        let bytes: [u8; 32] =
            unhex(hash).with_context(|| format!("record {record} has no hash"))?;
        self.taken.take(leaf(&bytes));
        self.last = Some(hash.clone());
        self.records += 1;
        Ok(())
    }
}

/// Digests what is read.
struct Digesting<R> {
    input: R,
    digest: Sha256,
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.digest.update(&buffer[..read]);
        Ok(read)
    }
}
