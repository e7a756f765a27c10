//! What is worked out when it is read is stored no more: whether a report was in time, whether a number is valid.
//!
//! What rules say of several records together is stored as the windows of days in which it holds, so that a new
//! day changes nothing: when a record, a vaccination file or a check of a child is due, which definitions of
//! migrants match. A delivery is called what the data dictionary calls it, in codes.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use crate::{columns::*, triggers};

/// What is worked out when it is read.
const COMPUTED: [(&str, &str); 3] = [
    ("infectious_disease_report", "timely"),
    ("person", "id_number_valid"),
    ("person_collected", "id_number_valid"),
];

/// Windows of days, and which unit has a card.
const STORED: [(&str, &str); 4] = [
    ("health_record", "record_due"),
    ("immunization_card", "file_due"),
    ("immunization_card", "managing_unit_code"),
    ("child_care_record", "checks_due"),
];

/// Members of a delivery, and its words, as they were and are.
const DELIVERY: [(&str, &str); 10] = [
    ("\"on\":", "\"deliveredOn\":"),
    ("\"place\":", "\"placeKind\":"),
    ("\"placeKind\":\"医院\"", "\"placeKind\":\"1\""),
    ("\"placeKind\":\"妇幼保健院\"", "\"placeKind\":\"2\""),
    ("\"placeKind\":\"卫生院\"", "\"placeKind\":\"3\""),
    ("\"placeKind\":\"家庭\"", "\"placeKind\":\"4\""),
    ("\"placeKind\":\"其他\"", "\"placeKind\":\"9\""),
    ("\"mode\":\"阴道自然分娩\"", "\"mode\":\"1\""),
    ("\"mode\":\"阴道手术助产\"", "\"mode\":\"2\""),
    ("\"mode\":\"剖宫产\"", "\"mode\":\"3\""),
];

/// Editions of the schedule by series and day of birth, as they are at this step: series, edition, first and last
/// day of birth.
const EDITIONS: [(&str, &str, &str, &str); 15] = [
    ("HEPB", "2008", "", ""),
    ("BCG", "2008", "", ""),
    ("POLIO", "2008", "", "2016-02-29"),
    ("POLIO", "2016", "2016-03-01", "2019-09-30"),
    ("POLIO", "2021", "2019-10-01", ""),
    ("DTP", "2008", "", "2018-12-31"),
    ("DTP", "2025a", "2019-01-01", "2024-10-31"),
    ("DTP", "2025b", "2024-11-01", ""),
    ("MEASLES", "2008", "", "2019-09-30"),
    ("MEASLES", "2021", "2019-10-01", ""),
    ("JE", "2008", "", ""),
    ("MENA", "2008", "", ""),
    ("MENAC", "2008", "", ""),
    ("HEPA", "2008", "", ""),
    ("HPV", "2025-11", "2011-11-11", ""),
];

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        database.execute_unprepared(&triggers::drop(backend)).await?;
        for (table, column) in COMPUTED {
            manager.alter_table(dropped(table, column)).await?;
        }
        database.execute_unprepared(&triggers::COMPUTED.create(backend)).await?;
        for (table, column) in STORED {
            let add = Table::alter().table(table).add_column(text_null(manager, column)).to_owned();
            manager.alter_table(add).await?;
        }
        for update in updates(backend) {
            database.execute_unprepared(&update).await?;
        }
        manager.alter_table(dropped("child_care_record", "next_check_due_on")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        database.execute_unprepared(&triggers::drop(backend)).await?;
        for (table, column) in COMPUTED {
            let add = Table::alter().table(table).add_column(boolean_null(column)).to_owned();
            manager.alter_table(add).await?;
        }
        database.execute_unprepared(&triggers::FORMER.create(backend)).await?;
        let next = date_null("next_check_due_on");
        let add = Table::alter().table("child_care_record").add_column(next).to_owned();
        manager.alter_table(add).await?;
        for update in back(backend) {
            database.execute_unprepared(&update).await?;
        }
        for (table, column) in STORED {
            manager.alter_table(dropped(table, column)).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn dropped(table: &'static str, column: &'static str) -> TableAlterStatement {
    Table::alter().table(table).drop_column(column).to_owned()
}

/// What stands in the columns in the new form.
fn updates(backend: DbBackend) -> Vec<String> {
    // Of a check that is due since a day it is not known until when.
    let due = format!(
        "UPDATE child_care_record SET checks_due = '[{{\"from\":\"' || {} || '\",\"until\":null}}]' \
         WHERE next_check_due_on IS NOT NULL",
        as_text(backend, "next_check_due_on")
    );
    let mut all = vec![due, rename(DELIVERY)];
    all.push(format!(
        "UPDATE immunization_card SET schedule_edition = '[' || substr({}, 2) || ']' \
         WHERE schedule_edition IS NOT NULL",
        editions()
    ));
    for (table, stay) in [
        ("residence_registration", "residence_registration.id"),
        (
            "residence_registration_collected",
            "residence_registration_collected.residence_registration_id",
        ),
    ] {
        all.push(definitions(backend, table, stay));
    }
    all
}

/// As it was, as far as it can be told.
fn back(backend: DbBackend) -> Vec<String> {
    let first_day = match backend {
        DbBackend::Postgres => "(checks_due::json -> 0 ->> 'from')::date",
        _ => "json_extract(checks_due, '$[0].from')",
    };
    let mut all = vec![
        format!("UPDATE child_care_record SET next_check_due_on = {first_day}"),
        rename(DELIVERY[..2].iter().map(|(old, new)| (*new, *old))),
        "UPDATE person SET id_number_valid = TRUE WHERE id_number IS NOT NULL".to_owned(),
        "UPDATE immunization_card SET schedule_edition = '2021' WHERE schedule_edition IS NOT NULL"
            .to_owned(),
    ];
    for table in ["residence_registration", "residence_registration_collected"] {
        all.push(format!("UPDATE {table} SET migrant_definition = 'HEALTH-2011' WHERE migrant_definition IS NOT NULL"));
    }
    all
}

fn rename<'t>(pairs: impl IntoIterator<Item = (&'t str, &'t str)>) -> String {
    let renamed = pairs.into_iter().fold("delivery".to_owned(), |text, (old, new)| {
        format!("REPLACE({text}, '{old}', '{new}')")
    });
    format!("UPDATE maternal_care_record SET delivery = {renamed} WHERE delivery IS NOT NULL")
}

/// The editions of a card's child, each after a comma.
fn editions() -> String {
    let birth = "(SELECT birth_date FROM person WHERE person.id = immunization_card.person_id)";
    let one = |(series, edition, from, until): (&str, &str, &str, &str)| {
        let mut conditions = vec!["TRUE".to_owned()];
        conditions.extend((!from.is_empty()).then(|| format!("{birth} >= '{from}'")));
        conditions.extend((!until.is_empty()).then(|| format!("{birth} <= '{until}'")));
        format!("CASE WHEN {} THEN ',\"{series}:{edition}\"' ELSE '' END", conditions.join(" AND "))
    };
    EDITIONS.into_iter().map(one).collect::<Vec<_>>().join(" || ")
}

/// The windows of the definitions that still are in force, for stays away from the county of hukou.
fn definitions(backend: DbBackend, table: &str, stay: &str) -> String {
    let (arrival, next) = match backend {
        DbBackend::Postgres => ("own.arrival_date::text", "(own.arrival_date + 1)::text"),
        _ => ("own.arrival_date", "date(own.arrival_date, '+1 day')"),
    };
    let until = format!(
        "CASE WHEN own.departure_date IS NULL THEN 'null' ELSE '\"' || {} || '\"' END",
        as_text(backend, "own.departure_date")
    );
    let window = |code: &str, from: &str| {
        format!(
            "'{{\"code\":\"{code}\",\"from\":\"' || {from} || '\",\"until\":' || {until} || '}}'"
        )
    };
    let (health, gateway) = (window("HEALTH", arrival), window("GW", next));
    format!(
        "UPDATE {table} SET migrant_definition = \
         (SELECT '[' || {health} || ',' || {gateway} || ']' FROM residence_registration own \
         JOIN household_registration hukou ON hukou.person_id = own.person_id \
         AND hukou.registration_kind = '2' WHERE own.id = {stay} AND own.arrival_date IS NOT NULL \
         ORDER BY hukou.id LIMIT 1) WHERE migrant_definition IS NOT NULL"
    )
}

fn as_text(backend: DbBackend, column: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("{column}::text"),
        _ => column.to_owned(),
    }
}
