//! Clients of partner systems, what they prove themselves with, and what was taken back from them.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(oauth_client(manager)).await?;
        manager.create_table(oauth_credential(manager)).await?;
        manager.create_table(revoked_token(manager)).await?;
        manager.create_table(used_assertion(manager)).await?;
        index(manager, "oauth_credential", &["client_id"]).await?;
        index(manager, "revoked_token", &["expires_at"]).await?;
        index(manager, "used_assertion", &["expires_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["used_assertion", "revoked_token", "oauth_credential", "oauth_client"])
            .await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn oauth_client(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "oauth_client",
        vec![
            text(manager, "client_id").primary_key().to_owned(),
            text(manager, "name"),
            text(manager, "department"),
            text_null(manager, "organization"),
            text(manager, "unit"),
            text(manager, "roles"),
            text(manager, "purposes"),
            boolean("suspended"),
            timestamp_with_time_zone("registered_at"),
        ],
    )
}

fn oauth_credential(manager: &SchemaManager<'_>) -> TableCreateStatement {
    let mut of_client = ForeignKey::create()
        .name("fk_oauth_credential_client_id")
        .from("oauth_credential", "client_id")
        .to("oauth_client", "client_id")
        .to_owned();
    table(
        "oauth_credential",
        vec![
            key("id"),
            text(manager, "client_id"),
            text(manager, "kind"),
            text_null(manager, "kid"),
            text(manager, "value"),
            timestamp_with_time_zone("valid_from"),
            timestamp_with_time_zone_null("valid_until"),
        ],
    )
    .foreign_key(&mut of_client)
    .to_owned()
}

fn revoked_token(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "revoked_token",
        vec![
            text(manager, "issuer"),
            text(manager, "jti"),
            timestamp_with_time_zone("expires_at"),
            timestamp_with_time_zone("revoked_at"),
        ],
    )
    .primary_key(Index::create().col("issuer").col("jti"))
    .to_owned()
}

fn used_assertion(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "used_assertion",
        vec![
            text(manager, "client_id"),
            text(manager, "jti"),
            timestamp_with_time_zone("expires_at"),
        ],
    )
    .primary_key(Index::create().col("client_id").col("jti"))
    .to_owned()
}
