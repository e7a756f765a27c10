//! Administrative units with their areas, and the organizations working in them.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(administrative_unit(manager)).await?;
        manager.create_table(administrative_unit_area(manager)).await?;
        manager.create_table(organization(manager)).await?;
        index(manager, "administrative_unit", &["code"]).await?;
        unique(manager, "administrative_unit_area", &["unit_id", "region_code"]).await?;
        unique(manager, "organization", &["code"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["organization", "administrative_unit_area", "administrative_unit"])
            .await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn administrative_unit(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "administrative_unit",
        vec![
            key("id"),
            text(manager, "code"),
            text(manager, "name"),
            text(manager, "level"),
            text(manager, "kind"),
            big_integer_null("parent_id"),
            big_integer("subtree_end"),
            date_null("valid_from"),
            date_null("valid_until"),
        ],
    )
    .foreign_key(&mut reference("administrative_unit", "parent_id", "administrative_unit"))
    .to_owned()
}

fn administrative_unit_area(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "administrative_unit_area",
        vec![key("id"), big_integer("unit_id"), text(manager, "region_code")],
    )
    .foreign_key(&mut reference("administrative_unit_area", "unit_id", "administrative_unit"))
    .to_owned()
}

fn organization(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table(
        "organization",
        vec![
            key("id"),
            text(manager, "code"),
            text(manager, "name"),
            text(manager, "kind"),
            text(manager, "department"),
            big_integer("unit_id"),
        ],
    )
    .foreign_key(&mut reference("organization", "unit_id", "administrative_unit"))
    .to_owned()
}
