//! What sharing rests on: laws, grants, consent, and whose care a person is in.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(legal_basis(manager)).await?;
        manager.create_table(sharing_grant(manager)).await?;
        manager.create_table(consent(manager)).await?;
        manager.create_table(caseload()).await?;
        unique(manager, "legal_basis", &["code"]).await?;
        index(manager, "sharing_grant", &["version"]).await?;
        index(manager, "consent", &["person_id", "id"]).await?;
        index(manager, "consent", &["person_id", "recipient_department", "purpose", "field_group"])
            .await?;
        index(manager, "caseload", &["person_id", "organization_id", "started_on", "ended_on"])
            .await?;
        index(manager, "caseload", &["organization_id", "person_id"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["caseload", "consent", "sharing_grant", "legal_basis"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn legal_basis(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "legal_basis",
        vec![
            key("id"),
            text(manager, "code"),
            text(manager, "law"),
            text(manager, "instrument"),
            timestamp_with_time_zone("in_force_from"),
            timestamp_with_time_zone_null("in_force_until"),
        ],
    )
}

fn sharing_grant(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "sharing_grant",
        vec![
            key("id"),
            big_integer("version"),
            text(manager, "role"),
            text(manager, "field_group"),
            text_null(manager, "field"),
            text(manager, "level"),
            text_null(manager, "scope"),
            text(manager, "purpose"),
            big_integer("legal_basis_id"),
            boolean("covers_minors"),
            timestamp_with_time_zone("valid_from"),
            timestamp_with_time_zone_null("valid_until"),
        ],
    )
    .foreign_key(&mut reference("sharing_grant", "legal_basis_id", "legal_basis"))
    .to_owned()
}

fn consent(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "consent",
        vec![
            text(manager, "artefact"),
            text(manager, "purpose"),
            text(manager, "recipient_department"),
            text(manager, "field_group"),
            timestamp_with_time_zone("given_at"),
            timestamp_with_time_zone_null("expires_at"),
            timestamp_with_time_zone_null("withdrawn_at"),
        ],
    )
}

fn caseload() -> TableCreateStatement {
    table(
        "caseload",
        vec![
            key("id"),
            big_integer("person_id"),
            big_integer("organization_id"),
            date("started_on"),
            date_null("ended_on"),
        ],
    )
    .foreign_key(&mut reference("caseload", "person_id", "person"))
    .foreign_key(&mut reference("caseload", "organization_id", "organization"))
    .to_owned()
}
