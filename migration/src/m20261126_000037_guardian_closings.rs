//! What clinicians close to the guardians of a minor, for the minor's safety (未成年人保护法 11).

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = "guardian_closing";
        let closings = table(
            name,
            vec![
                key("id"),
                big_integer("person_id"),
                text_null(manager, "field_group"),
                big_integer("organization_id"),
                text(manager, "subject"),
                text(manager, "issuer"),
                text(manager, "role"),
                text(manager, "reason"),
                timestamp_with_time_zone("closed_at"),
                timestamp_with_time_zone("valid_until"),
                timestamp_with_time_zone_null("reopened_at"),
                text_null(manager, "reopened_by"),
            ],
        )
        .foreign_key(&mut reference(name, "person_id", "person"))
        .foreign_key(&mut reference(name, "organization_id", "organization"))
        .to_owned();
        manager.create_table(closings).await?;
        // Asked of each ward whose guardian looks.
        index(manager, name, &["person_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["guardian_closing"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
