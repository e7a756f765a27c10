//! What each department collected of persons and stays itself, beside the one value that is shown.
//!
//! Until here one column had one collector: a number that another department corrected was gone for
//! whoever had collected the one before. What stands in the rows of persons and stays stays there, with
//! its provenance: it is what was shown, and the own value of whoever collected it.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*, triggers};

const PERSONS: &str = "person_collected";
const STAYS: &str = "residence_registration_collected";

/// Whose rows say of which departments values stand beside them.
const KINDS: [&str; 2] = ["person", "residence_registration"];

/// By what a department's own values are looked for: of a row, or by name and number.
const INDEXES: [&str; 6] = [
    // With the one beside, whoever has a number is found by it wherever it stands.
    "CREATE INDEX ix_person_phone ON person (phone)",
    "CREATE UNIQUE INDEX ux_person_collected_current ON person_collected \
     (person_id, collecting_department) WHERE replaced_at IS NULL",
    "CREATE INDEX ix_person_collected_phone ON person_collected \
     (collecting_department, phone) WHERE replaced_at IS NULL",
    "CREATE INDEX ix_person_collected_id_number ON person_collected \
     (collecting_department, id_number) WHERE replaced_at IS NULL",
    "CREATE INDEX ix_person_collected_name ON person_collected \
     (collecting_department, name) WHERE replaced_at IS NULL",
    "CREATE UNIQUE INDEX ux_residence_registration_collected_current ON \
     residence_registration_collected (residence_registration_id, collecting_department) \
     WHERE replaced_at IS NULL",
];

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        database.execute_unprepared(&triggers::drop(backend)).await?;
        let column = timestamp_with_time_zone_null("phone_collected_at");
        manager.alter_table(Table::alter().table("person").add_column(column).to_owned()).await?;
        // When another department collected a number was not kept, and is not made up.
        database
            .execute_unprepared(
                "UPDATE person SET phone_collected_at = collected_at \
                 WHERE phone IS NOT NULL AND phone_collected_by = collecting_department",
            )
            .await?;
        for table in KINDS {
            let beside =
                ColumnDef::new("collectors_beside").integer().not_null().default(0).to_owned();
            manager.alter_table(Table::alter().table(table).add_column(beside).to_owned()).await?;
        }
        database.execute_unprepared(&triggers::COLLECTED.create(backend)).await?;
        manager.create_table(persons(manager)).await?;
        manager.create_table(stays(manager)).await?;
        for sql in INDEXES {
            database.execute_unprepared(sql).await?;
        }
        // Of a row as it was at an instant, and whatever goes with a row.
        index(manager, PERSONS, &["person_id", "collecting_department", "applied_at"]).await?;
        let of_stay = ["residence_registration_id", "collecting_department", "applied_at"];
        index(manager, STAYS, &of_stay).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &[STAYS, PERSONS]).await?;
        let phone = Index::drop().name("ix_person_phone").table("person").to_owned();
        manager.drop_index(phone).await?;
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        database.execute_unprepared(&triggers::drop(backend)).await?;
        for table in KINDS {
            let drop = Table::alter().table(table).drop_column("collectors_beside").to_owned();
            manager.alter_table(drop).await?;
        }
        let drop = Table::alter().table("person").drop_column("phone_collected_at").to_owned();
        manager.alter_table(drop).await?;
        database.execute_unprepared(&triggers::FIRST.create(backend)).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Of a person: what stands in its row, as far as a department collected it.
fn persons(manager: &SchemaManager<'_>) -> TableCreateStatement {
    let columns = vec![
        text_null(manager, "name"),
        text_null(manager, "id_type"),
        text_null(manager, "id_number"),
        boolean_null("id_number_valid"),
        text_null(manager, "sex"),
        date_null("birth_date"),
        text_null(manager, "ethnicity"),
        text_null(manager, "nationality"),
        text_null(manager, "phone"),
        text_null(manager, "phone_collected_by"),
        timestamp_with_time_zone_null("phone_collected_at"),
        timestamp_with_time_zone_null("phone_updated_at"),
        text_null(manager, "emergency_contact"),
        text_null(manager, "marital_status"),
        text_null(manager, "education"),
        text_null(manager, "vital_status"),
        boolean_null("legally_incapacitated"),
    ];
    collected(manager, PERSONS, "person_id", "person", columns)
}

/// Of a stay.
fn stays(manager: &SchemaManager<'_>) -> TableCreateStatement {
    let columns = vec![
        text_null(manager, "residence_region_code"),
        text_null(manager, "residence_address"),
        text_null(manager, "admin_unit_code"),
        date_null("arrival_date"),
        date_null("departure_date"),
        text_null(manager, "expected_stay"),
        text_null(manager, "move_reason"),
        text_null(manager, "dwelling_type"),
        text_null(manager, "migrant_definition"),
    ];
    collected(manager, STAYS, "residence_registration_id", "residence_registration", columns)
}

/// A table of values beside the rows of another: they go with the row.
fn collected(
    manager: &SchemaManager<'_>,
    name: &'static str,
    record: &'static str,
    of: &'static str,
    columns: Vec<ColumnDef>,
) -> TableCreateStatement {
    let exchange = [
        text_null(manager, "source_record_id"),
        text_null(manager, "batch"),
        timestamp_with_time_zone("applied_at"),
        timestamp_with_time_zone_null("replaced_at"),
    ];
    let columns = [key("id"), big_integer(record)]
        .into_iter()
        .chain(columns)
        .chain(provenance(manager))
        .chain(exchange);
    let mut row = reference(name, record, of);
    table(name, columns).foreign_key(row.on_delete(ForeignKeyAction::Cascade)).to_owned()
}
