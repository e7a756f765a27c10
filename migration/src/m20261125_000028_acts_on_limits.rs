//! The acts on limits by themselves, as those on grants: a signature looks at those of its agreement.

use sea_orm_migration::prelude::*;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let acts = "CREATE INDEX ix_access_record_limit_act ON access_record (seq) \
            WHERE substr(change, 1, 17) = '{\"action\":\"limit.'";
        manager.get_connection().execute_unprepared(acts).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared("DROP INDEX ix_access_record_limit_act").await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
