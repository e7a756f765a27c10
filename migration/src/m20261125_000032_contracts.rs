//! Contracts of those who handle data for others (PIPL 21): which an organization has, until when, and which
//! cases it was entrusted with by it.

use sea_orm_migration::prelude::*;

use crate::columns::{date_null, text_null};

/// The step. Organizations from before have no contract: commissioned societies see nothing until theirs is
/// entered.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "organization", text_null(manager, "contract")).await?;
        add(manager, "organization", date_null("contract_ends_on")).await?;
        add(manager, "caseload", text_null(manager, "contract")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("caseload", "contract"),
            ("organization", "contract_ends_on"),
            ("organization", "contract"),
        ] {
            let drop = Table::alter().table(table).drop_column(column).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn add(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}
