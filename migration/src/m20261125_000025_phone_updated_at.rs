//! A telephone number has a collector of its own, and so an instant of its own.
//!
//! The person's `updated_at` is shown to departments that may not see the number: were it to move
//! with the number, it would tell each of them that another department heard from the person. The
//! database keeps the two apart, whoever writes.

use sea_orm_migration::prelude::*;

use crate::{columns::timestamp_with_time_zone_null, triggers};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = timestamp_with_time_zone_null("phone_updated_at");
        let table = Table::alter().table("person").add_column(column).to_owned();
        manager.alter_table(table).await?;
        let database = manager.get_connection();
        database
            .execute_unprepared(
                "UPDATE person SET phone_updated_at = updated_at WHERE phone IS NOT NULL",
            )
            .await?;
        database
            .execute_unprepared(&triggers::FIRST.create(manager.get_database_backend()))
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = triggers::drop(manager.get_database_backend());
        manager.get_connection().execute_unprepared(&drop).await?;
        let table = Table::alter().table("person").drop_column("phone_updated_at").to_owned();
        manager.alter_table(table).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
