//! Further fields of records that there are: what rules read, and answers by yes and no. Of what several
//! departments collect of a person or stay, also beside the rows.
//!
//! Of pregnancies on file the day of registration and the day of birth follow from what is there.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use crate::{columns::*, triggers};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        database.execute_unprepared(&triggers::drop(backend)).await?;
        for (table, columns) in columns(manager) {
            for column in columns {
                let add = Table::alter().table(table).add_column(column).to_owned();
                manager.alter_table(add).await?;
            }
        }
        let derive = match backend {
            DbBackend::Postgres => OF_PREGNANCIES_POSTGRES,
            _ => OF_PREGNANCIES_SQLITE,
        };
        database.execute_unprepared(derive).await?;
        database.execute_unprepared(&triggers::FORMER.create(backend)).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        database.execute_unprepared(&triggers::drop(backend)).await?;
        for (table, columns) in columns(manager) {
            for column in columns.into_iter().rev() {
                let drop = Table::alter()
                    .table(table)
                    .drop_column(Alias::new(column.get_column_name()))
                    .to_owned();
                manager.alter_table(drop).await?;
            }
        }
        database.execute_unprepared(&triggers::CONTACT.create(backend)).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const OF_PREGNANCIES_POSTGRES: &str = "\
UPDATE maternal_care_record SET \
registered_on = lmp_date + gestational_weeks_at_registration * 7, \
ended_on = (delivery::json ->> 'on')::date";

const OF_PREGNANCIES_SQLITE: &str = "\
UPDATE maternal_care_record SET \
registered_on = date(lmp_date, '+' || (gestational_weeks_at_registration * 7) || ' days'), \
ended_on = json_extract(delivery, '$.on')";

fn columns(manager: &SchemaManager<'_>) -> Vec<(&'static str, Vec<ColumnDef>)> {
    vec![
        (
            "infectious_disease_report",
            vec![boolean_null("free_treatment_enrolled"), date_null("audited_on")],
        ),
        (
            "stigmatized_disease_report",
            vec![
                text_null(manager, "card_id"),
                text_null(manager, "report_category"),
                date_null("onset_date"),
                timestamp_with_time_zone_null("diagnosis_time"),
                timestamp_with_time_zone_null("reported_at"),
                text_null(manager, "reporting_org"),
                text_null(manager, "reporting_org_kind"),
                date_null("audited_on"),
                boolean_null("missed_in_audit"),
            ],
        ),
        (
            "maternal_care_record",
            vec![date_null("registered_on"), boolean_null("high_risk_plan"), date_null("ended_on")],
        ),
        (
            "severe_mental_disorder_record",
            vec![date_null("managed_since"), text_null(manager, "condition_class")],
        ),
        (
            "immunization_dose",
            vec![
                text_null(manager, "adverse_event"),
                boolean_null("withdrawn"),
                text_null(manager, "campaign_ref"),
            ],
        ),
        ("residence_registration", vec![text_null(manager, "absences")]),
        ("residence_registration_collected", vec![text_null(manager, "absences")]),
        ("health_record", vec![text_null(manager, "traumas"), text_null(manager, "transfusions")]),
        ("person", of_identity(manager)),
        ("person_collected", of_identity(manager)),
    ]
}

/// Of a person, and of what each department collected of it.
fn of_identity(manager: &SchemaManager<'_>) -> Vec<ColumnDef> {
    ["former_names", "former_id_numbers", "id_missing_reason"]
        .map(|name| text_null(manager, name))
        .to_vec()
}
