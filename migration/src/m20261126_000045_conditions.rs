//! A past disease or main problem of a health record is a condition: its code, when it began, and whether it
//! lasts. Of those that are on file the code is known.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

/// The parts of the two lists.
const COLUMNS: [&str; 9] = [
    "past_diseases_general",
    "past_diseases_infectious",
    "past_diseases_stigmatized",
    "past_diseases_mental",
    "main_problems_general",
    "main_problems_reproductive",
    "main_problems_infectious",
    "main_problems_stigmatized",
    "main_problems_mental",
];

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rewrite(
            manager,
            "(SELECT json_agg(json_build_object('code', item))::text \
             FROM json_array_elements_text({}::json) AS items (item))",
            "(SELECT json_group_array(json_object('code', value)) FROM json_each({}))",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rewrite(
            manager,
            "(SELECT json_agg(item ->> 'code')::text \
             FROM json_array_elements({}::json) AS items (item))",
            "(SELECT json_group_array(json_extract(value, '$.code')) FROM json_each({}))",
        )
        .await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Writes every list anew by an expression over the old one, which stands for `{}`.
async fn rewrite(manager: &SchemaManager<'_>, postgres: &str, sqlite: &str) -> Result<(), DbErr> {
    let expression = match manager.get_database_backend() {
        DbBackend::Postgres => postgres,
        _ => sqlite,
    };
    for column in COLUMNS {
        let list = expression.replace("{}", &format!("health_record.{column}"));
        let update =
            format!("UPDATE health_record SET {column} = {list} WHERE {column} IS NOT NULL");
        manager.get_connection().execute_unprepared(&update).await?;
    }
    Ok(())
}
