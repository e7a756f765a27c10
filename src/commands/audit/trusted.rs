//! Whose signatures count where something is verified that somebody hands over, and what is said of it.

use std::{path::Path, process::ExitCode};

use anyhow::Context as _;
use clap::Args;

use crate::{
    commands::{instant_of, print},
    config::Config,
    log::{
        checkpoint::Signed,
        note::{Kind, VerifierKey},
        setup,
    },
};

/// The keys of the log and of witnesses.
#[derive(Args)]
pub(super) struct Trusted {
    /// The key of the log, as `audit checkpoint --key` prints it [default: the one in
    /// keys.directory].
    #[arg(long, value_name = "KEY")]
    key: Option<VerifierKey>,
    /// The key of a witness that must have cosigned; may be given more than once.
    #[arg(long, value_name = "KEY")]
    witness: Vec<VerifierKey>,
}

impl Trusted {
    /// The key of the log, looked for where `config` says unless it was given, and those of witnesses.
    ///
    /// # Errors
    /// When there is no key.
    pub fn keys(self, config: Option<&Path>) -> anyhow::Result<(VerifierKey, Vec<VerifierKey>)> {
        let key = match self.key {
            Some(key) => key,
            None => setup::signer(&Config::read(config)?)
                .context("name the key of the log with --key")?
                .verifier(Kind::Plain),
        };
        Ok((key, self.witness))
    }
}

/// Says when each of these witnesses cosigned a checkpoint.
///
/// # Errors
/// When one of them has not, or its signature does not hold.
pub(super) fn cosigned(signed: &Signed, witnesses: &[VerifierKey]) -> anyhow::Result<String> {
    let mut said = String::new();
    for witness in witnesses {
        let witness = witness.of_kind(Kind::Cosignature);
        let cosigned = signed.note.verified_by(&witness)?;
        let at = cosigned.and_then(|cosigned| cosigned.at);
        let at = at.with_context(|| format!("{} has not cosigned", witness.name()))?;
        said += &format!("cosigned: {} at {}\n", witness.name(), instant_of(at));
    }
    Ok(said)
}

/// Prints what was proven, or why nothing was.
///
/// # Errors
/// When nothing can be printed.
pub(super) fn verdict(outcome: anyhow::Result<String>) -> anyhow::Result<ExitCode> {
    match outcome {
        Ok(proven) => print(&proven),
        Err(error) => {
            print(&format!("not proven: {error:#}\n"))?;
            Ok(ExitCode::from(2))
        }
    }
}
