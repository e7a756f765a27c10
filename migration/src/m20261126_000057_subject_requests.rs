//! Requests of persons about their data (PIPL 44–50): who asked for what, by when it is answered, and how.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = "subject_request";
        let requests = table(
            name,
            vec![
                key("id"),
                big_integer("person_id"),
                big_integer("filed_by_person_id"),
                text(manager, "client_key"),
                text(manager, "kind"),
                text_null(manager, "concerns"),
                text(manager, "statement"),
                big_integer("unit_id"),
                timestamp_with_time_zone("filed_at"),
                date("due_on"),
                text_null(manager, "forwarded_to"),
                timestamp_with_time_zone_null("forwarded_at"),
                text_null(manager, "forwarded_by"),
                text_null(manager, "outcome"),
                text_null(manager, "answer"),
                timestamp_with_time_zone_null("closed_at"),
                text_null(manager, "closed_by"),
            ],
        )
        .foreign_key(&mut reference(name, "person_id", "person"))
        .foreign_key(&mut reference(name, "filed_by_person_id", "person"))
        .to_owned();
        manager.create_table(requests).await?;
        // What is sent again is the same request.
        unique(manager, name, &["filed_by_person_id", "client_key"]).await?;
        index(manager, name, &["person_id"]).await?;
        // What an officer works on: open requests of a unit, those due first.
        let open = "CREATE INDEX ix_subject_request_open ON subject_request (due_on, id) \
            WHERE closed_at IS NULL";
        manager.get_connection().execute_unprepared(open).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["subject_request"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
