//! The index of a county's birth dates in the very order of its lists, ties included.
//!
//! Without the key behind them, everybody born on one day was read and sorted before the first row
//! was known; of a day with many births that is most of what a page costs.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use crate::units::Level;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // As lists are sorted; an index of SQLite has no words for where nulls stand.
        let birth_date = match manager.get_database_backend() {
            DbBackend::Postgres => "birth_date DESC NULLS FIRST",
            _ => "birth_date DESC",
        };
        replace(manager, &format!("{birth_date}, id")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, "birth_date").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn replace(manager: &SchemaManager<'_>, columns: &str) -> Result<(), DbErr> {
    let span = Level::County.size();
    let sql = format!(
        "DROP INDEX ix_person_county_birth_date; CREATE INDEX ix_person_county_birth_date \
         ON person ((residence_unit_id / {span}), {columns})"
    );
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}
