//! What stands in records of care is still there when they have further fields, and said in the new form.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use testkit::Postgres;

use crate::{connect, found, sqlite};

/// The first of the steps that rewrite what is on file.
const STEP: &str = "m20261126_000042_visits";

const AT: &str = "'2026-11-21 00:00:00+00:00'";

async fn execute(database: &DatabaseConnection, sql: &str) {
    database.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

async fn insert(database: &DatabaseConnection, table: &str, columns: &str, values: &str) {
    let sql = format!(
        "INSERT INTO {table} (id, {columns}, source_system, collecting_department, collected_at, \
         recorded_at, updated_at) VALUES ({values}, '', 'health', {AT}, {AT}, {AT})"
    );
    execute(database, &sql).await;
}

/// How many rows of a table meet a condition.
async fn count(database: &DatabaseConnection, table: &str, condition: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) AS value FROM {table} WHERE {condition}");
    found::integers(database, &sql).await[0]
}

async fn assert_records_stay(database: &DatabaseConnection) {
    let before = Migrator::migrations().iter().position(|step| step.name() == STEP).unwrap();
    Migrator::up(database, Some(u32::try_from(before).unwrap())).await.unwrap();
    let unit =
        found::integers(database, "SELECT MIN(id) AS value FROM administrative_unit").await[0];
    insert(
        database,
        "person",
        "residence_unit_id, legally_incapacitated",
        &format!("1, {unit}, FALSE"),
    )
    .await;
    let visit = |day: u32| format!(r#"{{"on":"2026-0{day}-01","finding":"正常"}}"#);
    let visits: Vec<String> = (1..=5).map(visit).collect();
    let few = visit(1);
    for (key, visits, delivery) in
        [(1, visits.join(","), r#"'{"on":"2026-08-20","place":"医院"}'"#), (2, few, "NULL")]
    {
        insert(
            database,
            "maternal_care_record",
            "person_id, lmp_date, gestational_weeks_at_registration, antenatal_visits, delivery",
            &format!("{key}, 1, '2025-11-14', 10, '[{visits}]', {delivery}"),
        )
        .await;
    }
    insert(
        database,
        "health_record",
        "person_id, past_diseases_general, main_problems_mental",
        r#"1, 1, '["2","3"]', NULL"#,
    )
    .await;

    Migrator::up(database, None).await.unwrap();
    let pregnancy =
        async |condition: &str| count(database, "maternal_care_record", condition).await;
    assert_eq!(pregnancy(r#"antenatal_visits LIKE '%"visitedOn":"2026-01-01"%'"#).await, 2);
    assert_eq!(pregnancy(r#"antenatal_visits LIKE '%"on":%'"#).await, 0);
    assert_eq!(pregnancy("registered_on = '2026-01-23'").await, 2, "ten weeks");
    assert_eq!(pregnancy("id = 1 AND ended_on = '2026-08-20'").await, 1);
    assert_eq!(pregnancy("id = 2 AND ended_on IS NULL").await, 1);
    let conditions = r#"REPLACE(past_diseases_general, ' ', '') = '[{"code":"2"},{"code":"3"}]'"#;
    assert_eq!(count(database, "health_record", conditions).await, 1);
    assert_eq!(count(database, "health_record", "main_problems_mental IS NULL").await, 1);

    let back = Migrator::migrations().len() - before;
    Migrator::down(database, Some(u32::try_from(back).unwrap())).await.unwrap();
    assert_eq!(pregnancy(r#"antenatal_visits LIKE '%"on":"2026-01-01"%'"#).await, 2);
    let codes = r#"REPLACE(past_diseases_general, ' ', '') = '["2","3"]'"#;
    assert_eq!(count(database, "health_record", codes).await, 1);
}

#[tokio::test]
async fn sqlite_records_say_in_the_new_form_what_they_said() {
    let (_directory, database) = sqlite().await;
    assert_records_stay(&database).await;
}

#[tokio::test]
async fn postgres_records_say_in_the_new_form_what_they_said() {
    let Some(postgres) = Postgres::for_test("postgres_records_say_in_the_new_form") else { return };
    let database = connect(&postgres.fresh_database()).await;
    assert_records_stay(&database).await;
}
