//! What is known of persons stays when the schema grows, and one department's value moves no
//! instant of another's.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use testkit::Postgres;

use crate::{connect, found, sqlite};

/// The step with which guardians have a role; the next gives telephone numbers an instant.
const STEP: &str = "m20261125_000024_guardian_role";

const AT: &str = "'2026-11-21 00:00:00+00:00'";
const LATER: &str = "'2026-11-22 00:00:00+00:00'";

async fn execute(database: &DatabaseConnection, sql: &str) {
    database.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// A head of household, the spouse and their child, as they stood before the step.
async fn household(database: &DatabaseConnection) {
    for (person, phone) in [(1, "'13'"), (2, "NULL"), (3, "NULL")] {
        let sql = format!(
            "INSERT INTO person (id, residence_unit_id, phone, phone_collected_by, \
             legally_incapacitated, source_system, collecting_department, collected_at, \
             recorded_at, updated_at) SELECT {person}, min(id), {phone}, 'health', FALSE, '', \
             'police', {AT}, {AT}, {AT} FROM administrative_unit"
        );
        execute(database, &sql).await;
    }
    for (key, relation, guardian) in [(1, "02", "NULL"), (2, "12", "1"), (3, "20", "1")] {
        let name = if guardian == "NULL" { "NULL" } else { "'某'" };
        let sql = format!(
            "INSERT INTO household_member (id, person_id, household_id, relation, guardian_of, \
             guardian_person_id, source_system, collecting_department, collected_at, recorded_at, \
             updated_at) VALUES ({key}, {key}, 9, '{relation}', {name}, {guardian}, '', 'police', \
             {AT}, {AT}, {AT})"
        );
        execute(database, &sql).await;
    }
}

async fn holds(database: &DatabaseConnection, table: &str, condition: &str) -> Vec<i64> {
    let sql = format!("SELECT id AS value FROM {table} WHERE {condition} ORDER BY id");
    found::integers(database, &sql).await
}

async fn assert_persons_stay(database: &DatabaseConnection) {
    let before = Migrator::migrations().iter().position(|step| step.name() == STEP).unwrap();
    Migrator::up(database, Some(u32::try_from(before).unwrap())).await.unwrap();
    household(database).await;
    Migrator::up(database, None).await.unwrap();
    let roles = async |role: &str| {
        holds(database, "household_member", &format!("guardian_role = '{role}'")).await
    };
    assert_eq!((roles("配偶").await, roles("父母").await), (vec![2], vec![3]));
    assert_eq!(holds(database, "household_member", "guardian_role IS NULL").await, [1]);
    assert_eq!(holds(database, "person", "phone_updated_at = updated_at").await, [1]);
    assert_eq!(holds(database, "person", "phone_updated_at IS NULL").await, [2, 3]);
}

/// Writers know nothing of it: they set `updated_at` as they always did.
async fn assert_instants_stay_apart(database: &DatabaseConnection) {
    Migrator::up(database, None).await.unwrap();
    household(database).await;
    let moved = async || holds(database, "person", &format!("updated_at = {LATER}")).await;
    let number = async || holds(database, "person", &format!("phone_updated_at = {LATER}")).await;
    for change in ["phone = '14'", "phone = NULL", "phone = '15', phone_collected_by = 'police'"] {
        let back = format!("UPDATE person SET updated_at = {AT}, phone_updated_at = {AT}");
        execute(database, &back).await;
        let change = format!("UPDATE person SET {change}, updated_at = {LATER} WHERE id = 1");
        execute(database, &change).await;
        assert_eq!((moved().await, number().await), (vec![], vec![1]), "{change}");
    }
    let of_number = "UPDATE person SET phone = '16' WHERE id = 2";
    execute(database, of_number).await;
    assert!(!holds(database, "person", "phone_updated_at IS NULL").await.contains(&2));
    let other = format!("UPDATE person SET sex = '1', updated_at = {LATER} WHERE id = 2");
    execute(database, &other).await;
    assert_eq!(moved().await, [2]);
    let both = format!("UPDATE person SET sex = '2', phone = '17', updated_at = {LATER}");
    execute(database, &both).await;
    assert_eq!(moved().await, [1, 2, 3]);
}

#[tokio::test]
async fn sqlite_persons_stay_as_they_were() {
    let (_directory, database) = sqlite().await;
    assert_persons_stay(&database).await;
}

#[tokio::test]
async fn postgres_persons_stay_as_they_were() {
    let Some(postgres) = Postgres::for_test("postgres_persons_stay_as_they_were") else { return };
    assert_persons_stay(&connect(&postgres.fresh_database()).await).await;
}

#[tokio::test]
async fn on_sqlite_a_number_of_one_department_moves_no_instant_of_another() {
    let (_directory, database) = sqlite().await;
    assert_instants_stay_apart(&database).await;
}

#[tokio::test]
async fn on_postgres_a_number_of_one_department_moves_no_instant_of_another() {
    let test = "on_postgres_a_number_of_one_department_moves_no_instant_of_another";
    let Some(postgres) = Postgres::for_test(test) else { return };
    assert_instants_stay_apart(&connect(&postgres.fresh_database()).await).await;
}
