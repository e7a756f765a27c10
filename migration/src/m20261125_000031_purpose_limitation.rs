//! Purpose limitation: further laws, and the version of the grants in which each purpose opens the groups
//! that it needs.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, QueryResult, Statement};
use sea_orm_migration::prelude::*;

use crate::{
    grants::{all_legal_bases, further_legal_bases, insert_laws, legal_bases},
    limitation::{GrantRow, LIMITATION_SUMMARY, decided_at, limited},
    seed::{error, insert},
};

/// All grants that there are; a cell has a row for each of its versions.
const GRANTS: &str = "\
SELECT g.version, g.role, g.purpose, g.field_group, g.field, g.level, g.scope, l.code, \
g.covers_minors, g.valid_from, g.valid_until \
FROM sharing_grant g JOIN legal_basis l ON l.id = g.legal_basis_id ORDER BY g.id";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let laws = (1..).zip(all_legal_bases()?).skip(legal_bases()?.len());
        insert_laws(manager, laws).await?;
        let made = limited(&rows(manager).await?)?;
        if made.is_empty() {
            return Ok(());
        }
        insert_grants(manager, &made).await?;
        let version = made.iter().map(|row| row.version).max().unwrap_or_default();
        let row: [Value; 4] =
            [version.into(), decided_at()?.into(), None::<i64>.into(), LIMITATION_SUMMARY.into()];
        insert(manager, "grant_version", ["version", "at", "proposal_id", "summary"], &[row]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let version =
            format!("SELECT version FROM grant_version WHERE summary = '{LIMITATION_SUMMARY}'");
        db.execute_unprepared(&format!("DELETE FROM sharing_grant WHERE version IN ({version})"))
            .await?;
        db.execute_unprepared(&format!(
            "DELETE FROM grant_version WHERE summary = '{LIMITATION_SUMMARY}'"
        ))
        .await?;
        let codes: Vec<String> =
            further_legal_bases()?.into_iter().map(|law| format!("'{}'", law.code)).collect();
        let laws = format!("DELETE FROM legal_basis WHERE code IN ({})", codes.join(", "));
        db.execute_unprepared(&laws).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn rows(manager: &SchemaManager<'_>) -> Result<Vec<GrantRow>, DbErr> {
    let db = manager.get_connection();
    let statement = Statement::from_string(manager.get_database_backend(), GRANTS);
    let row = |row: QueryResult| {
        Ok(GrantRow {
            version: row.try_get_by_index(0)?,
            role: row.try_get_by_index(1)?,
            purpose: row.try_get_by_index(2)?,
            group: row.try_get_by_index(3)?,
            field: row.try_get_by_index(4)?,
            level: row.try_get_by_index(5)?,
            scope: row.try_get_by_index(6)?,
            law: row.try_get_by_index(7)?,
            covers_minors: row.try_get_by_index(8)?,
            valid_from: Some(row.try_get_by_index(9)?),
            valid_until: row.try_get_by_index(10)?,
        })
    };
    db.query_all_raw(statement).await?.into_iter().map(row).collect()
}

async fn insert_grants(manager: &SchemaManager<'_>, made: &[GrantRow]) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let backend = manager.get_database_backend();
    let laws = Statement::from_string(backend, "SELECT code, id FROM legal_basis");
    let mut ids: HashMap<String, i64> = HashMap::new();
    for row in db.query_all_raw(laws).await? {
        ids.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    }
    let last = Statement::from_string(backend, "SELECT COALESCE(max(id), 0) FROM sharing_grant");
    let last: i64 = match db.query_one_raw(last).await? {
        Some(row) => row.try_get_by_index(0)?,
        None => 0,
    };
    let mut rows: Vec<[Value; 12]> = Vec::with_capacity(made.len());
    for (id, row) in (last + 1..).zip(made.iter().cloned()) {
        let unknown = || error(format!("no law {}", row.law));
        let law = *ids.get(&row.law).ok_or_else(unknown)?;
        rows.push([
            id.into(),
            row.version.into(),
            row.role.into(),
            row.group.into(),
            row.field.into(),
            row.level.into(),
            row.scope.into(),
            row.purpose.into(),
            law.into(),
            row.covers_minors.into(),
            row.valid_from.into(),
            row.valid_until.into(),
        ]);
    }
    let columns = [
        "id",
        "version",
        "role",
        "field_group",
        "field",
        "level",
        "scope",
        "purpose",
        "legal_basis_id",
        "covers_minors",
        "valid_from",
        "valid_until",
    ];
    insert(manager, "sharing_grant", columns, &rows).await
}
