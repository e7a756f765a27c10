//! What administration needs: a number that every change moves, and room in the chain of records
//! for what a change was.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let state = table("gateway_state", vec![key("id"), big_integer("version")]);
        manager.create_table(state).await?;
        let first = Query::insert()
            .into_table("gateway_state")
            .columns(["id", "version"])
            .values_panic([1_i64.into(), 0_i64.into()])
            .to_owned();
        manager.execute(first).await?;
        let change = Table::alter()
            .table("access_record")
            .add_column(text_null(manager, "change"))
            .to_owned();
        manager.alter_table(change).await?;
        // Acts are few among many records.
        let acts = "CREATE INDEX ix_access_record_change ON access_record (seq) \
            WHERE change IS NOT NULL";
        manager.get_connection().execute_unprepared(acts).await?;
        // The record of a change is written before its persons.
        persons(manager, "SET DEFAULT '{}'").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        persons(manager, "DROP DEFAULT").await?;
        manager.get_connection().execute_unprepared("DROP INDEX ix_access_record_change").await?;
        let change = Table::alter().table("access_record").drop_column("change").to_owned();
        manager.alter_table(change).await?;
        drop_all(manager, &["gateway_state"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Alters the persons of a record, which are a column on PostgreSQL alone.
async fn persons(manager: &SchemaManager<'_>, how: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        let sql = format!("ALTER TABLE access_record ALTER COLUMN subjects {how}");
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}
