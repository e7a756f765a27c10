//! Volume: what callers read, hour by hour; what two people agreed on; alarms.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(usage(manager)).await?;
        manager.create_table(agreement(manager)).await?;
        manager.create_table(alarm(manager)).await?;
        let turn = vec![key("id"), big_integer("revision")];
        manager.create_table(table("volume_turn", turn)).await?;
        let first = "INSERT INTO volume_turn (id, revision) VALUES (1, 0)";
        manager.get_connection().execute_unprepared(first).await?;
        // What others settled; what is old.
        index(manager, "volume_usage", &["revision"]).await?;
        index(manager, "volume_usage", &["hour"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["volume_turn", "volume_alarm", "limit_agreement", "volume_usage"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn usage(manager: &SchemaManager<'_>) -> TableCreateStatement {
    let mut columns = vec![
        text(manager, "issuer"),
        text(manager, "subject"),
        text(manager, "role"),
        big_integer("hour"),
        big_integer("revision"),
    ];
    for name in [
        "unexplained_movement",
        "unexplained_health",
        "unexplained_identity",
        "explained_movement",
        "explained_health",
        "explained_identity",
        "contracted_movement",
        "contracted_health",
        "contracted_identity",
    ] {
        columns.push(big_integer(name));
    }
    table("volume_usage", columns)
        .primary_key(Index::create().col("issuer").col("subject").col("role").col("hour"))
        .to_owned()
}

fn agreement(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "limit_agreement",
        vec![
            key("id"),
            text(manager, "kind"),
            text(manager, "target"),
            text(manager, "amounts"),
            text(manager, "law"),
            text(manager, "reason"),
            timestamp_with_time_zone("valid_from"),
            timestamp_with_time_zone("valid_until"),
            text(manager, "proposer"),
            text(manager, "proposer_role"),
            timestamp_with_time_zone("proposed_at"),
            timestamp_with_time_zone("lapses_at"),
            text_null(manager, "decision"),
            text_null(manager, "decider"),
            text_null(manager, "decider_role"),
            timestamp_with_time_zone_null("decided_at"),
            timestamp_with_time_zone_null("ended_at"),
            text_null(manager, "ended_by"),
        ],
    )
}

fn alarm(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "volume_alarm",
        vec![
            timestamp_with_time_zone("at"),
            text(manager, "issuer"),
            text(manager, "subject"),
            text(manager, "role"),
            text(manager, "category"),
            big_integer("rows"),
            big_integer("usual"),
        ],
    )
    .primary_key(Index::create().col("at").col("issuer").col("subject").col("category"))
    .to_owned()
}
