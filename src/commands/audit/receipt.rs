//! `audit receipt`: what a receipt proves, to who has neither the database nor its keys.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::checkpoint::summary;
use crate::{
    audit::Receipt,
    commands::{instant_of, print},
    config::Config,
    log::{
        note::{Kind, VerifierKey},
        proof_text::ReceiptProof,
        setup,
    },
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
    /// The key of the log, as `audit checkpoint --key` prints it [default: the one in
    /// keys.directory].
    #[arg(long, value_name = "KEY")]
    key: Option<VerifierKey>,
    /// The receipt that the proof must be of [default: whichever it is of; it is printed].
    #[arg(long)]
    receipt: Option<Receipt>,
    /// The key of a witness that must have cosigned; may be given more than once.
    #[arg(long, value_name = "KEY")]
    witness: Vec<VerifierKey>,
}

/// Verifies a proof.
pub fn run(command: Command, file: Option<&std::path::Path>) -> anyhow::Result<ExitCode> {
    let Command::Verify(arguments) = command;
    let text = std::fs::read_to_string(&arguments.file)
        .with_context(|| arguments.file.display().to_string())?;
    let key = match arguments.key {
        Some(key) => key,
        None => setup::signer(&Config::read(file)?)
            .context("name the key of the log with --key")?
            .verifier(Kind::Plain),
    };
    match verify(&text, &key, arguments.receipt.as_ref(), &arguments.witness) {
        Ok(told) => print(&told),
        Err(error) => {
            print(&format!("not proven: {error:#}\n"))?;
            Ok(ExitCode::from(2))
        }
    }
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
    for witness in witnesses {
        let witness = witness.of_kind(Kind::Cosignature);
        let cosigned = signed.note.verified_by(&witness)?;
        let at = cosigned.and_then(|cosigned| cosigned.at);
        let at = at.with_context(|| format!("{} has not cosigned", witness.name()))?;
        told += &format!("cosigned: {} at {}\n", witness.name(), instant_of(at));
    }
    told += &format!("receipt: {}\n", proof.receipt);
    Ok(told)
}
