//! Emergency access: who opened it, for whom, why, until when, and what its review found.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

const TABLE: &str = "break_glass";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = vec![
            key("id"),
            big_integer("person_id"),
            text(manager, "subject"),
            text(manager, "role"),
            big_integer("organization_id"),
            big_integer("unit_id"),
            text(manager, "reason_code"),
            text(manager, "reason_text"),
            timestamp_with_time_zone("opened_at"),
            timestamp_with_time_zone("expires_at"),
            timestamp_with_time_zone_null("closed_at"),
            timestamp_with_time_zone_null("reviewed_at"),
            text_null(manager, "reviewer"),
            text_null(manager, "verdict"),
            text_null(manager, "note"),
        ];
        let table = table(TABLE, columns)
            .foreign_key(&mut reference(TABLE, "person_id", "person"))
            .foreign_key(&mut reference(TABLE, "organization_id", "organization"))
            .to_owned();
        manager.create_table(table).await?;
        // The row scope asks for the events of a caller that are open; opening, for those not reviewed.
        let scope = ["subject", "organization_id", "expires_at", "person_id"];
        index(manager, TABLE, &scope).await?;
        index(manager, TABLE, &["subject", "reviewed_at"]).await?;
        index(manager, TABLE, &["person_id", "opened_at"]).await?;
        index(manager, TABLE, &["unit_id", "opened_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &[TABLE]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
