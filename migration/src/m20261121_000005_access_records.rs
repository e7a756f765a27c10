//! The chain of access records, whose data each answer held, and the view a person reads.

use sea_orm_migration::prelude::*;

use crate::{
    columns::*,
    tables::*,
    views::{create, undivided::ACCESS_EVENT},
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(access_record(manager)).await?;
        manager.create_table(access_subject()).await?;
        manager.create_table(access_head(manager)).await?;
        index(manager, "access_subject", &["person_id", "seq"]).await?;
        let head = Query::insert()
            .into_table("access_head")
            .columns(["id", "seq", "hash"])
            .values_panic([1_i64.into(), 0_i64.into(), "0".repeat(64).into()])
            .to_owned();
        manager.execute(head).await?;
        manager.get_connection().execute_unprepared(&create("access_event", ACCESS_EVENT)).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP VIEW access_event").await?;
        drop_all(manager, &["access_head", "access_subject", "access_record"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn access_record(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "access_record",
        vec![
            key("seq"),
            timestamp_with_time_zone("at"),
            text(manager, "caller"),
            text(manager, "token_id"),
            text(manager, "role"),
            text(manager, "department"),
            text(manager, "unit"),
            text_null(manager, "organization"),
            text_null(manager, "purpose"),
            text_null(manager, "operation"),
            text(manager, "document_hash"),
            big_integer("grants_version"),
            text(manager, "decision"),
            text(manager, "fields"),
            boolean("protected"),
            big_integer("row_count"),
            big_integer("subject_count"),
            text(manager, "subjects_digest"),
            text(manager, "previous_hash"),
            text(manager, "hash"),
        ],
    )
}

pub(crate) fn access_subject() -> TableCreateStatement {
    table("access_subject", vec![big_integer("seq"), big_integer("person_id")])
        .primary_key(Index::create().col("seq").col("person_id"))
        .to_owned()
}

fn access_head(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table("access_head", vec![key("id"), big_integer("seq"), text(manager, "hash")])
}
