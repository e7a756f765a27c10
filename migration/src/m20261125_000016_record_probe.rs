//! A row that gateways write to see whether a record could be committed.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let probe = table("record_probe", vec![key("id"), text(manager, "payload")]);
        manager.create_table(probe).await?;
        let row = Query::insert()
            .into_table("record_probe")
            .columns(["id", "payload"])
            .values_panic([1_i64.into(), "".into()])
            .to_owned();
        manager.execute(row).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // What is there to take up room must not be compressed.
            let plain = "ALTER TABLE record_probe ALTER COLUMN payload SET STORAGE EXTERNAL";
            manager.get_connection().execute_unprepared(plain).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["record_probe"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
