//! Whether the log of access records is the one that was signed, by its checkpoints and by its
//! witnesses.

use std::{path::Path, sync::Arc};

use sea_orm::DatabaseConnection;

use super::Finding;
use crate::{
    clock::SystemClock,
    commands::instant_of,
    config::Config,
    log::{
        keeper::{KeepError, Keeper},
        setup,
        witness::WitnessError,
    },
    secrets::Secrets,
};

/// Compares the log with all its checkpoints.
pub(super) async fn whole(config: &Config, db: &DatabaseConnection, secrets: &Secrets) -> Finding {
    let directory = config.checkpoints.directory.display();
    let Some(keeper) = keeper(config, db, secrets)? else {
        let key = config.log_key();
        let key = key.display();
        return match has_entries(&config.checkpoints.directory) {
            true => Err(format!(
                "checkpoints are kept in {directory}, and there is no {key} to verify them with; \
                 put it back from its copy"
            )),
            false => Ok("never signed yet; `serve` makes its key and signs it".to_owned()),
        };
    };
    match keeper.compare_with_all().await {
        Ok((has, Some(newest))) => {
            let at = newest.at.map_or_else(String::new, |at| format!(" at {}", instant_of(at)));
            let signed = newest.checkpoint.size;
            Ok(format!("{has} records, of which {signed} were signed{at}, and they are the same"))
        }
        Ok((0, None)) => Ok("there are no records, and no checkpoint".to_owned()),
        Ok((has, None)) => Err(format!(
            "there are {has} records and no checkpoint in {directory}; where none was removed, sign \
             them with: migrant-gateway audit checkpoint"
        )),
        Err(error @ (KeepError::Behind { .. } | KeepError::Forked { .. })) => Err(format!(
            "{error}; find out who did it and keep the checkpoints: they prove it. See where with: \
             migrant-gateway audit verify --against CHECKPOINT"
        )),
        Err(error) => Err(error.to_string()),
    }
}

/// Asks the configured witnesses whether the log only grew since they saw it; none where there are
/// none.
pub(super) async fn witnesses(
    config: &Config,
    db: &DatabaseConnection,
    secrets: &Secrets,
) -> Option<Finding> {
    let keeper = keeper(config, db, secrets).ok().flatten()?;
    if keeper.witnesses.is_empty() {
        return None;
    }
    Some(match keeper.ask_witnesses().await {
        Ok(said) => verdict(said),
        Err(error) => Err(error.to_string()),
    })
}

fn verdict(said: Vec<(String, Result<(), WitnessError>)>) -> Finding {
    let total = said.len();
    let wrong: Vec<String> = said
        .into_iter()
        .filter_map(|(name, said)| said.err().map(|error| format!("{name}: {error}")))
        .collect();
    match wrong.is_empty() {
        true => Ok(format!("all {total} cosign the log as it is")),
        false => Err(wrong.join("; ")),
    }
}

fn keeper(
    config: &Config,
    db: &DatabaseConnection,
    secrets: &Secrets,
) -> Result<Option<Keeper>, String> {
    let made = || -> anyhow::Result<Option<Keeper>> {
        let Some(signer) = setup::signer_if_any(config)? else { return Ok(None) };
        setup::keeper(config, signer, secrets, db.clone(), Arc::new(SystemClock)).map(Some)
    };
    made().map_err(|error| format!("{error:#}"))
}

fn has_entries(directory: &Path) -> bool {
    std::fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some())
}
