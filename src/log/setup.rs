//! The log's name, key and checkpoints, from the configuration.

use std::{io::ErrorKind, sync::Arc};

use anyhow::Context as _;
use sea_orm::DatabaseConnection;

use super::{
    directory::Directory,
    keeper::{KeepError, Keeper},
    key::LogKey,
    note::{Kind, Signer, VerifierKey},
    witness::WitnessClient,
};
use crate::{
    audit::{AuditWriter, chain::ChainKey},
    clock::{SharedClock, SystemClock},
    config::Config,
    error::{Code, GatewayError},
    secrets::Secrets,
};

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
    signer_if_any(config)?.with_context(|| {
        format!(
            "there is no {}; `serve` makes it at its first start (set keys.directory)",
            config.log_key().display()
        )
    })
}

/// The same; none where there is no key yet, and so nothing was ever signed.
///
/// # Errors
/// When the key cannot be read, or the name cannot be one.
pub fn signer_if_any(config: &Config) -> anyhow::Result<Option<Signer>> {
    let path = config.log_key();
    match LogKey::open(&path) {
        Ok(key) => named(config, key).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(anyhow::anyhow!("{}: {error}", path.display())),
    }
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

/// Compares the log with its newest checkpoint before a command writes to it, as a gateway does at
/// its start. A log that was never signed has none.
///
/// # Errors
/// [`Code::RecordLogBehind`] where it is not the log that was signed; or when checkpoints, key or
/// database cannot be read.
pub async fn vouch(
    config: &Config,
    secrets: &Secrets,
    db: &DatabaseConnection,
    audit: &AuditWriter,
) -> anyhow::Result<()> {
    let Some(signer) = signer_if_any(config)? else { return Ok(()) };
    let keeper = keeper(config, signer, secrets, db.clone(), Arc::new(SystemClock))?;
    match keeper.vouch(audit).await {
        Ok(()) => Ok(()),
        Err(error @ (KeepError::Behind { .. } | KeepError::Forked { .. })) => {
            let message = format!(
                "{error}. Nothing is written; find out who cut or restored the database, and look \
                 with: migrant-gateway doctor"
            );
            Err(GatewayError::new(Code::RecordLogBehind, message).into())
        }
        Err(error) => Err(error).context("the log cannot be compared with its checkpoints"),
    }
}
