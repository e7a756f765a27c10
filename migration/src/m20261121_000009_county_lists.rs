//! Indexes for lists of a county in the order of keys and birth dates, for walking along the cases of
//! an organization and the consents to a department, and for looking a person up.

use sea_orm_migration::prelude::*;

use crate::{tables::index, units::Level};

/// What the lists of a county are read by: most callers are of one, and a range over units would
/// have to be sorted.
const ORDERS: [(&str, &str); 3] = [
    ("ix_person_county_id", "id"),
    ("ix_person_county_birth_date", "birth_date"),
    // For roles that see what their own department collected.
    ("ix_person_county_department_id", "collecting_department, id"),
];

/// Replaced by one that holds all of a case that is asked for.
const OF_ORGANIZATION: &str = "ix_caseload_organization_id_person_id";

/// All of a consent that is asked for, for a recipient, in the order of persons.
const CONSENTS: &str = "CREATE INDEX ix_consent_recipient ON consent (recipient_department, \
purpose, field_group, person_id, given_at, expires_at, withdrawn_at)";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let span = Level::County.size();
        for (name, columns) in ORDERS {
            let sql =
                format!("CREATE INDEX {name} ON person ((residence_unit_id / {span}), {columns})");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        drop(manager, "caseload", OF_ORGANIZATION).await?;
        index(manager, "caseload", &["organization_id", "person_id", "started_on", "ended_on"])
            .await?;
        manager.get_connection().execute_unprepared(CONSENTS).await?;
        index(manager, "person", &["id_number"]).await?;
        index(manager, "person", &["name"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let named = ORDERS.map(|(name, _)| name);
        for name in named.into_iter().chain(["ix_person_id_number", "ix_person_name"]) {
            drop(manager, "person", name).await?;
        }
        drop(manager, "caseload", "ix_caseload_organization_id_person_id_started_on_ended_on")
            .await?;
        drop(manager, "consent", "ix_consent_recipient").await?;
        index(manager, "caseload", &["organization_id", "person_id"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn drop(
    manager: &SchemaManager<'_>,
    table: &'static str,
    name: &'static str,
) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name(name).table(table).to_owned()).await
}
