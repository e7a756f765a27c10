//! A visit says on which day and by whom (`visitedOn`, `org`): what is written of visits in pregnancy and after
//! birth calls the day so.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rename(manager, "on", "visitedOn").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rename(manager, "visitedOn", "on").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Calls a member of stored visits otherwise. A quote within a text is written with a backslash before it, so
/// that no text looks like the name of a member.
async fn rename(manager: &SchemaManager<'_>, from: &str, to: &str) -> Result<(), DbErr> {
    for column in ["antenatal_visits", "postpartum_visits"] {
        let update = format!(
            r#"UPDATE maternal_care_record SET {column} = REPLACE({column}, '"{from}":', '"{to}":')
            WHERE {column} IS NOT NULL"#
        );
        manager.get_connection().execute_unprepared(&update).await?;
    }
    Ok(())
}
