//! Persons, where they are registered and live, their households and work.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

const PERSONAL: [&str; 5] = [
    "household_registration",
    "residence_registration",
    "residence_permit",
    "household_member",
    "employment",
];

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(person(manager)).await?;
        manager.create_table(household_registration(manager)).await?;
        manager.create_table(residence_registration(manager)).await?;
        manager.create_table(residence_permit(manager)).await?;
        manager.create_table(household_member(manager)).await?;
        manager.create_table(employment(manager)).await?;
        // Without the key behind it: with it, PostgreSQL's generic plans look one person up by
        // scanning the unit's whole range.
        index(manager, "person", &["residence_unit_id"]).await?;
        for table in PERSONAL {
            index(manager, table, &["person_id", "id"]).await?;
        }
        index(manager, "household_member", &["household_id"]).await?;
        index(manager, "household_member", &["guardian_person_id"]).await?;
        index(manager, "residence_registration", &["arrival_date"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "employment",
                "household_member",
                "residence_permit",
                "residence_registration",
                "household_registration",
                "person",
            ],
        )
        .await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn person(manager: &SchemaManager<'_>) -> TableCreateStatement {
    let columns = vec![
        key("id"),
        big_integer("residence_unit_id"),
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
        text_null(manager, "emergency_contact"),
        text_null(manager, "marital_status"),
        text_null(manager, "education"),
        text_null(manager, "vital_status"),
        boolean("legally_incapacitated"),
    ];
    table("person", columns.into_iter().chain(provenance(manager)))
        .foreign_key(&mut reference("person", "residence_unit_id", "administrative_unit"))
        .to_owned()
}

fn household_registration(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "household_registration",
        vec![
            text_null(manager, "hukou_region_code"),
            text_null(manager, "hukou_address"),
            text_null(manager, "hukou_type"),
            text_null(manager, "registration_kind"),
        ],
    )
}

fn residence_registration(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "residence_registration",
        vec![
            big_integer("admin_unit_id"),
            text_null(manager, "residence_region_code"),
            text_null(manager, "residence_address"),
            text_null(manager, "admin_unit_code"),
            date_null("arrival_date"),
            date_null("departure_date"),
            text_null(manager, "expected_stay"),
            text_null(manager, "move_reason"),
            text_null(manager, "dwelling_type"),
            text_null(manager, "migrant_definition"),
        ],
    )
    .foreign_key(&mut reference("residence_registration", "admin_unit_id", "administrative_unit"))
    .to_owned()
}

fn residence_permit(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "residence_permit",
        vec![
            text_null(manager, "permit_number"),
            date_null("issue_date"),
            date_null("endorsed_until"),
            text_null(manager, "permit_status"),
        ],
    )
}

fn household_member(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "household_member",
        vec![
            big_integer("household_id"),
            text_null(manager, "relation"),
            boolean_null("is_accompanying"),
            text_null(manager, "guardian_of"),
            big_integer_null("guardian_person_id"),
        ],
    )
    .foreign_key(&mut reference("household_member", "guardian_person_id", "person"))
    .to_owned()
}

fn employment(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "employment",
        vec![
            text_null(manager, "employment_status"),
            text_null(manager, "occupation"),
            text_null(manager, "industry"),
            text_null(manager, "employer_name"),
            text_null(manager, "employer_code"),
            boolean_null("has_labor_contract"),
        ],
    )
}
