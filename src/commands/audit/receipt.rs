//! `audit receipt`: what a receipt proves, to who has neither the database nor its keys.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::{
    checkpoint::summary,
    trusted::{Trusted, cosigned, verdict},
};
use crate::{
    audit::Receipt,
    log::{note::VerifierKey, proof_text::ReceiptProof},
};

#[derive(Subcommand)]
pub enum Command {
    /// Verify a proof that `audit prove` made. Needs no database.
    ///
    /// Exits with 0 when the proof holds and with 2 when it does not.
    Verify(Arguments),
}

/// What is verified with what.
#[derive(Args)]
pub struct Arguments {
    /// The proof.
    file: PathBuf,
    /// The receipt that the proof must be of [default: whichever it is of; it is printed].
    #[arg(long)]
    receipt: Option<Receipt>,
    #[command(flatten)]
    trusted: Trusted,
}

/// Verifies a proof.
pub fn run(command: Command, file: Option<&std::path::Path>) -> anyhow::Result<ExitCode> {
    let Command::Verify(arguments) = command;
    let text = std::fs::read_to_string(&arguments.file)
        .with_context(|| arguments.file.display().to_string())?;
    let (key, witnesses) = arguments.trusted.keys(file)?;
    verdict(verify(&text, &key, arguments.receipt.as_ref(), &witnesses))
}

fn verify(
    text: &str,
    key: &VerifierKey,
    receipt: Option<&Receipt>,
    witnesses: &[VerifierKey],
) -> anyhow::Result<String> {
    let proof: ReceiptProof = text.parse()?;
    anyhow::ensure!(
        receipt.is_none_or(|receipt| *receipt == proof.receipt),
        "it is a proof of another receipt"
    );
    let signed = proof.verify(key)?;
    let mut told = format!("proven: the record of this receipt is in {}\n", summary(&signed));
    told += &cosigned(&signed, witnesses)?;
    told += &format!("receipt: {}\n", proof.receipt);
    Ok(told)
}
