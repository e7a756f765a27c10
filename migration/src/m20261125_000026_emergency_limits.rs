//! Limits of emergency access: whose name a clinician's is, who reviews whom, and attempts that found
//! nobody.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

const TABLE: &str = "break_glass";
const MISSES: &str = "break_glass_miss";

/// The step. Accesses from before are of no known issuer: those that are open close with it, and are
/// opened again where they are needed still.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["issuer", "review_flag"] {
            let column = text_null(manager, name);
            let add = Table::alter().table(TABLE).add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        // An organization's openings of a day; who reviewed whose.
        index(manager, TABLE, &["organization_id", "opened_at"]).await?;
        index(manager, TABLE, &["reviewer", "subject"]).await?;
        let columns = vec![
            key("id"),
            text(manager, "issuer"),
            text(manager, "subject"),
            timestamp_with_time_zone("at"),
        ];
        manager.create_table(table(MISSES, columns)).await?;
        index(manager, MISSES, &["issuer", "subject", "at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &[MISSES]).await?;
        for columns in ["organization_id_opened_at", "reviewer_subject"] {
            let name = format!("ix_{TABLE}_{columns}");
            manager.drop_index(Index::drop().name(name).table(TABLE).to_owned()).await?;
        }
        for column in ["issuer", "review_flag"] {
            let drop = Table::alter().table(TABLE).drop_column(column).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
