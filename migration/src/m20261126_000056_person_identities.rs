//! Which person an identity provider knows by which subject. The subject itself is not kept: it may be an
//! identity number, and is compared by its keyed digest.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = "person_identity";
        let identities = table(
            name,
            vec![
                key("id"),
                text(manager, "issuer"),
                text(manager, "subject_digest"),
                big_integer("person_id"),
                timestamp_with_time_zone("linked_at"),
                text(manager, "linked_by"),
                timestamp_with_time_zone_null("unlinked_at"),
                text_null(manager, "unlinked_by"),
            ],
        )
        .foreign_key(&mut reference(name, "person_id", "person"))
        .to_owned();
        manager.create_table(identities).await?;
        // One person at a time, whatever two operators do at once.
        let current = "CREATE UNIQUE INDEX ux_person_identity_current \
            ON person_identity (issuer, subject_digest) WHERE unlinked_at IS NULL";
        manager.get_connection().execute_unprepared(current).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["person_identity"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
