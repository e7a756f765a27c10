//! `audit checkpoint`: what the log is, signed.

use std::process::ExitCode;

use clap::Args;
use sea_orm::DatabaseConnection;

use crate::{
    clock::SystemClock,
    commands::{instant_of, print},
    config::Config,
    custody,
    log::{checkpoint::Signed, keeper::Keeper, note::Kind, setup},
};
use std::sync::Arc;

/// Which part.
#[derive(Args)]
pub struct Arguments {
    /// Print the key that checkpoints are verified with, as verifiers of signed notes take it.
    #[arg(long)]
    key: bool,
    /// Print that key as OpenSSL takes it.
    #[arg(long, conflicts_with = "key")]
    pem: bool,
}

/// Signs the log as it is, keeps that with the other checkpoints, and prints it; or prints the log's
/// public key, which needs no database.
pub(super) async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<ExitCode> {
    if arguments.key || arguments.pem {
        let key = setup::signer(config)?.verifier(Kind::Plain);
        return print(&if arguments.pem { key.to_pem() } else { format!("{key}\n") });
    }
    let keeper = keeper(config, &super::current(config).await?).await?;
    let signed = keeper.cosign(keeper.checkpoint().await?).await?;
    eprintln!("{}", summary(&signed));
    print(&signed.note.to_string())
}

/// What keeps the configured log's checkpoints.
pub(super) async fn keeper(config: &Config, db: &DatabaseConnection) -> anyhow::Result<Keeper> {
    let secrets = custody::examine(config, db).await?;
    let signer = setup::signer(config)?;
    setup::keeper(config, signer, &secrets, db.clone(), Arc::new(SystemClock))
}

/// The same; none where the log was never signed.
pub(super) async fn keeper_if_any(
    config: &Config,
    db: &DatabaseConnection,
) -> anyhow::Result<Option<Keeper>> {
    let secrets = custody::examine(config, db).await?;
    let Some(signer) = setup::signer_if_any(config)? else { return Ok(None) };
    setup::keeper(config, signer, &secrets, db.clone(), Arc::new(SystemClock)).map(Some)
}

/// A checkpoint in a line.
pub(super) fn summary(signed: &Signed) -> String {
    let checkpoint = &signed.checkpoint;
    let at = signed.at.map_or_else(String::new, |at| format!(", signed at {}", instant_of(at)));
    format!("{}: {} records{at}", checkpoint.origin, checkpoint.size)
}
