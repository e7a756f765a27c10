//! The laws, and the grants of version 1.

use sea_orm_migration::prelude::*;

use crate::{
    grants::{grants, insert_laws, legal_bases},
    seed::{clear, insert},
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        insert_laws(manager, (1..).zip(legal_bases()?)).await?;
        insert_grants(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        clear(manager, "sharing_grant").await?;
        clear(manager, "legal_basis").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn insert_grants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let rows: Vec<[Value; 10]> = (1_i64..)
        .zip(grants()?)
        .map(|(id, grant)| {
            [
                id.into(),
                1_i64.into(),
                grant.role.into(),
                grant.group.into(),
                grant.level.into(),
                grant.scope.into(),
                grant.purpose.into(),
                grant.legal_basis_id.into(),
                grant.covers_minors.into(),
                grant.valid_from.into(),
            ]
        })
        .collect();
    let columns = [
        "id",
        "version",
        "role",
        "field_group",
        "level",
        "scope",
        "purpose",
        "legal_basis_id",
        "covers_minors",
        "valid_from",
    ];
    insert(manager, "sharing_grant", columns, &rows).await
}
