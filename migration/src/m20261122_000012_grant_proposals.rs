//! How grants come to be changed: proposals, the decisions on them, and what each version was.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The versions that there are already, which nobody proposed. When they were made is not known; they
/// hold since the last of their grants began.
const FIRST_VERSIONS: &str = "\
INSERT INTO grant_version (version, at, proposal_id, summary) \
SELECT version, max(valid_from), NULL, 'the grants that the gateway came with' \
FROM sharing_grant GROUP BY version";

/// What is said of them.
pub const FIRST_SUMMARY: &str = "the grants that the gateway came with";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(grant_proposal(manager)).await?;
        manager.create_table(grant_decision(manager)).await?;
        manager.create_table(grant_version(manager)).await?;
        // Nobody decides twice on one proposal, and a proposal makes one version at most.
        unique(manager, "grant_decision", &["proposal_id", "subject"]).await?;
        unique(manager, "grant_version", &["proposal_id"]).await?;
        manager.get_connection().execute_unprepared(FIRST_VERSIONS).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["grant_version", "grant_decision", "grant_proposal"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn grant_proposal(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "grant_proposal",
        vec![
            key("id"),
            big_integer("base_version"),
            timestamp_with_time_zone("proposed_at"),
            text(manager, "proposer"),
            text(manager, "proposer_role"),
            text(manager, "department"),
            text(manager, "necessity"),
            text(manager, "body"),
            timestamp_with_time_zone("expires_at"),
            big_integer_null("restores_version"),
        ],
    )
}

fn grant_decision(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "grant_decision",
        vec![
            key("id"),
            big_integer("proposal_id"),
            timestamp_with_time_zone("at"),
            text(manager, "subject"),
            text(manager, "role"),
            text(manager, "department"),
            text(manager, "decision"),
            text(manager, "note"),
        ],
    )
    .foreign_key(&mut reference("grant_decision", "proposal_id", "grant_proposal"))
    .to_owned()
}

fn grant_version(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "grant_version",
        vec![
            key("version"),
            timestamp_with_time_zone("at"),
            big_integer_null("proposal_id"),
            text(manager, "summary"),
        ],
    )
    .foreign_key(&mut reference("grant_version", "proposal_id", "grant_proposal"))
    .to_owned()
}
