//! Which keys a database belongs to: their fingerprints, never the keys.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

const TABLE: &str = "key_fingerprint";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The name is the primary key: of two instances that start first, one fingerprint stands.
        let table = table(
            TABLE,
            vec![
                text(manager, "name").primary_key().to_owned(),
                text(manager, "fingerprint"),
                timestamp_with_time_zone("since"),
            ],
        );
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &[TABLE]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
