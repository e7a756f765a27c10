//! From which place on the instants of access records never run backwards.
//!
//! Records that were written before carry the instants of their requests, in whatever order those
//! ended: they are left as they are, for their hashes cover them.

use sea_orm_migration::prelude::*;

use crate::columns::big_integer;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let ordered_from = Table::alter()
            .table("access_head")
            .add_column(big_integer("ordered_from").default(1).to_owned())
            .to_owned();
        manager.alter_table(ordered_from).await?;
        let next = "UPDATE access_head SET ordered_from = seq + 1";
        manager.get_connection().execute_unprepared(next).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let ordered_from =
            Table::alter().table("access_head").drop_column("ordered_from").to_owned();
        manager.alter_table(ordered_from).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
