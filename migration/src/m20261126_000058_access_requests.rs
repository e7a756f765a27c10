//! What departments ask each other to share, as drafts for the stewards.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = "access_request";
        let requests = table(
            name,
            vec![
                key("id"),
                text(manager, "subject"),
                text(manager, "issuer"),
                text(manager, "client_key"),
                text(manager, "role"),
                text(manager, "purpose"),
                text(manager, "field"),
                text(manager, "refusal"),
                text(manager, "necessity"),
                text(manager, "steward"),
                timestamp_with_time_zone("requested_at"),
                text_null(manager, "decision"),
                big_integer_null("proposal_id"),
                text_null(manager, "note"),
                timestamp_with_time_zone_null("decided_at"),
                text_null(manager, "decided_by"),
            ],
        );
        manager.create_table(requests).await?;
        // What is sent again is the same request.
        unique(manager, name, &["issuer", "subject", "client_key"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["access_request"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
