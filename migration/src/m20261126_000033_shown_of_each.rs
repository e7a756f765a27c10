//! A record tells of each of its persons what was shown of it: cells have scopes of their own, so that
//! one row of a list shows what another does not.
//!
//! Records of before told their fields of all their persons together. They have no sets, and stay as
//! they are.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use crate::{
    columns::text_null,
    views::{before_cases, create, undivided},
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        drop_views(manager, undivided::of(backend)).await?;
        let sets = Table::alter()
            .table("access_record")
            .add_column(text_null(manager, "shown"))
            .to_owned();
        manager.alter_table(sets).await?;
        execute(manager, &format!("ALTER TABLE {}", of_persons(backend, "ADD", " smallint")))
            .await?;
        make_views(manager, before_cases::of(backend)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        drop_views(manager, before_cases::of(backend)).await?;
        execute(manager, &format!("ALTER TABLE {}", of_persons(backend, "DROP", ""))).await?;
        execute(manager, "ALTER TABLE access_record DROP COLUMN shown").await?;
        make_views(manager, undivided::of(backend)).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Where each database keeps persons, it keeps which set is whose.
fn of_persons(backend: DbBackend, act: &str, ty: &str) -> String {
    match backend {
        DbBackend::Postgres => {
            let array = if ty.is_empty() { "" } else { "[]" };
            format!("access_record {act} COLUMN subjects_shown{ty}{array}")
        }
        _ => format!("access_subject {act} COLUMN shown{ty}"),
    }
}

/// Views are named by those over them.
async fn drop_views(manager: &SchemaManager<'_>, views: &[(&str, &str)]) -> Result<(), DbErr> {
    for (name, _) in views {
        execute(manager, &format!("DROP VIEW {name}")).await?;
    }
    Ok(())
}

async fn make_views(manager: &SchemaManager<'_>, views: &[(&str, &str)]) -> Result<(), DbErr> {
    for (name, definition) in views {
        execute(manager, &create(name, definition)).await?;
    }
    Ok(())
}

async fn execute(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await?;
    Ok(())
}
