//! Skills training (职业技能培训).

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(training_record(manager)).await?;
        index(manager, "training_record", &["person_id", "id"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["training_record"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn training_record(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "training_record",
        vec![
            text_null(manager, "course"),
            date_null("trained_on"),
            text_null(manager, "certificate"),
        ],
    )
}
