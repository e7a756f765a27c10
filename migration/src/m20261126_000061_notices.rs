//! Notices of arrival on their way, and keys by which an act is done once.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Of notices from before, the centre that they name. Who gave them is not known.
const KNOWN: &str = "INSERT INTO residence_notice_route (notice_id, receiver_organization_id) \
    SELECT n.id, min(o.id) FROM residence_notice n JOIN organization o ON o.name = n.forwarded_to_name \
    GROUP BY n.id";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = "residence_notice_route";
        let route = table(
            name,
            vec![
                key("notice_id"),
                big_integer_null("sender_organization_id"),
                big_integer("receiver_organization_id"),
            ],
        )
        .foreign_key(
            reference(name, "notice_id", "residence_notice").on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(&mut reference(name, "receiver_organization_id", "organization"))
        .to_owned();
        manager.create_table(route).await?;
        index(manager, name, &["receiver_organization_id", "notice_id"]).await?;
        manager.get_connection().execute_unprepared(KNOWN).await?;

        let keys = vec![
            text(manager, "issuer"),
            text(manager, "subject"),
            text(manager, "client_key"),
            text(manager, "act"),
            text(manager, "digest"),
            big_integer("target"),
            timestamp_with_time_zone("at"),
        ];
        let keys = table("act_key", keys)
            .primary_key(Index::create().col("issuer").col("subject").col("client_key"))
            .to_owned();
        manager.create_table(keys).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["act_key", "residence_notice_route"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
