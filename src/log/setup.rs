//! The log's name, key and checkpoints, from the configuration.

use std::{io::ErrorKind, sync::Arc};

use anyhow::Context as _;
use sea_orm::DatabaseConnection;

use super::{
    directory::Directory,
    keeper::Keeper,
    key::LogKey,
    note::{Kind, Signer, VerifierKey},
    witness::WitnessClient,
};
use crate::{audit::chain::ChainKey, clock::SharedClock, config::Config, secrets::Secrets};

/// Signs as the configured log, whose key is made where there is none.
///
/// # Errors
/// When the key cannot be read or made, or the name cannot be one.
pub fn signer_or_new(config: &Config) -> anyhow::Result<Signer> {
    let path = config.log_key();
    named(config, LogKey::open_or_create(&path).with_context(|| format!("{}", path.display()))?)
}

/// Signs as the configured log.
///
/// # Errors
/// When there is no key or it cannot be read, or the name cannot be one.
pub fn signer(config: &Config) -> anyhow::Result<Signer> {
    let path = config.log_key();
    let key = LogKey::open(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow::anyhow!(
            "there is no {}; `serve` makes it at its first start (set keys.directory)",
            path.display()
        ),
        _ => anyhow::anyhow!("{}: {error}", path.display()),
    })?;
    named(config, key)
}

fn named(config: &Config, key: LogKey) -> anyhow::Result<Signer> {
    let origin = config.checkpoints.origin.clone().unwrap_or_else(|| key.origin());
    key.into_signer(&origin).with_context(|| format!("checkpoints.origin = \"{origin}\""))
}

/// Keeps the checkpoints of the log in a database.
///
/// # Errors
/// When a witness is not rightly configured.
pub fn keeper(
    config: &Config,
    signer: Signer,
    secrets: &Secrets,
    db: DatabaseConnection,
    clock: SharedClock,
) -> anyhow::Result<Keeper> {
    let witnesses = config.checkpoints.witnesses.iter().map(|witness| {
        let key: VerifierKey = witness
            .key
            .parse()
            .with_context(|| format!("the key of the witness {}", witness.url))?;
        anyhow::ensure!(
            key.kind() == Kind::Cosignature,
            "the key of the witness {} is not one for cosignatures; `migrant-gateway witness key` \
             prints it",
            witness.url
        );
        Ok(Arc::new(WitnessClient::new(&witness.url, key)?))
    });
    let witnesses = witnesses.collect::<anyhow::Result<_>>()?;
    let origin = signer.verifier(Kind::Plain);
    Ok(Keeper {
        db,
        chain: ChainKey::derive(secrets),
        directory: Directory::of(&config.checkpoints.directory, origin.name()),
        signer,
        witnesses,
        clock,
    })
}
