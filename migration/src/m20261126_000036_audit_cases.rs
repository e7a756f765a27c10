//! Audit cases: what opens, to one data protection officer, whom accesses that tell of C4 were about. The
//! person sees such a look when the case is over.

use sea_orm_migration::prelude::*;

use crate::{
    columns::*,
    tables::*,
    views::{self, before_cases, create},
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(cases(manager)).await?;
        // The acts on cases by themselves, as those on grants and limits.
        let acts = "CREATE INDEX ix_access_record_case_act ON access_record (seq) \
            WHERE substr(change, 1, 22) = '{\"action\":\"audit_case.'";
        manager.get_connection().execute_unprepared(acts).await?;
        let backend = manager.get_database_backend();
        replace(manager, views::of(backend)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        replace(manager, before_cases::of(backend)).await?;
        let connection = manager.get_connection();
        connection.execute_unprepared("DROP INDEX ix_access_record_case_act").await?;
        drop_all(manager, &["audit_case"]).await
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

fn cases(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "audit_case",
        vec![
            key("id"),
            text(manager, "kind"),
            text(manager, "reason_code"),
            text(manager, "reason"),
            text_null(manager, "request_ref"),
            big_integer_null("person_id"),
            text(manager, "records"),
            big_integer("unit_id"),
            text(manager, "officer"),
            text(manager, "officer_issuer"),
            timestamp_with_time_zone("proposed_at"),
            timestamp_with_time_zone("lapses_at"),
            text_null(manager, "decision"),
            text_null(manager, "decider"),
            text_null(manager, "decider_role"),
            timestamp_with_time_zone_null("decided_at"),
            timestamp_with_time_zone_null("expires_at"),
            timestamp_with_time_zone_null("closed_at"),
            text_null(manager, "closed_by"),
        ],
    )
}
