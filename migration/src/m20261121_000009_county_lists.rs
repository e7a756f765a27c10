//! Indexes for lists of a county in the order of keys and birth dates, and for looking a person up.

use sea_orm_migration::prelude::*;

use crate::{tables::index, units::Level};

/// What the lists of a county are read by: most callers are of one, and a range over units would
/// have to be sorted.
const ORDERS: [(&str, &str); 2] =
    [("ix_person_county_id", "id"), ("ix_person_county_birth_date", "birth_date")];

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let span = Level::County.size();
        for (name, column) in ORDERS {
            let sql =
                format!("CREATE INDEX {name} ON person ((residence_unit_id / {span}), {column})");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        index(manager, "person", &["id_number"]).await?;
        index(manager, "person", &["name"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let named = ORDERS.map(|(name, _)| name);
        for name in named.into_iter().chain(["ix_person_id_number", "ix_person_name"]) {
            manager.drop_index(Index::drop().name(name).table("person").to_owned()).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
