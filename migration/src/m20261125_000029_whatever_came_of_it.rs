//! Persons and auditors see every access that names a person, whatever came of it: a request that
//! asked about somebody and ended in an error is on record, and was in `audit show` alone.

use sea_orm_migration::prelude::*;

use crate::views::{create, undivided};

/// What the view had behind it before.
const ANSWERS_ALONE: &str = " WHERE decision = 'allowed'";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, "").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, ANSWERS_ALONE).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Makes the view anew, with this behind it.
async fn replace(manager: &SchemaManager<'_>, condition: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    for (name, definition) in undivided::of(manager.get_database_backend()) {
        if *name == "access_event" {
            connection.execute_unprepared(&format!("DROP VIEW {name}")).await?;
            let made = create(name, definition) + condition;
            connection.execute_unprepared(&made).await?;
        }
    }
    Ok(())
}
