//! Accesses with the role that asked, what came of it, and the version of the grants: what the person is told
//! of each in a sentence.

use sea_orm_migration::prelude::*;

use crate::views::{self, before_sentences, create};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, views::of(manager.get_database_backend())).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, before_sentences::of(manager.get_database_backend())).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Makes the view of accesses anew.
async fn replace(
    manager: &SchemaManager<'_>,
    views: &[(&'static str, &'static str)],
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    for (name, definition) in views.iter().filter(|(name, _)| *name == "access_event") {
        connection.execute_unprepared(&format!("DROP VIEW {name}")).await?;
        connection.execute_unprepared(&create(name, definition)).await?;
    }
    Ok(())
}
