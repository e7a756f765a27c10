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
    // Spouse and parent, in the codes that roles became.
    assert_eq!((roles("1").await, roles("2").await), (vec![2], vec![3]));
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
    // That another department has a value of its own is of that department.
    let back = format!("UPDATE person SET updated_at = {AT}, phone_updated_at = {AT}");
    execute(database, &back).await;
    let beside = format!("UPDATE person SET collectors_beside = 2, updated_at = {LATER}");
    execute(database, &beside).await;
    assert_eq!((moved().await, number().await), (vec![], vec![]));
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

/// The step before values have several collectors.
const CONTRACTS: &str = "m20261125_000032_contracts";

/// What was known of persons before there could be several values stays what is shown, and the own value
/// of whoever collected it.
async fn assert_values_keep_their_collectors(database: &DatabaseConnection) {
    let steps = Migrator::migrations();
    let before = steps.iter().position(|step| step.name() == CONTRACTS).unwrap() + 1;
    Migrator::up(database, Some(u32::try_from(before).unwrap())).await.unwrap();
    household(database).await;
    // One number of the department that collected the person, and one of another.
    execute(database, "UPDATE person SET phone = '14', phone_collected_by = 'police' WHERE id = 2")
        .await;
    for (person, name, contact) in [
        (1, "甲", r#"{"name":"丁","phone":"1","relation":"80"}"#),
        (2, "乙", r#"{"name":"甲","phone":"13","relation":"02"}"#),
    ] {
        let contact = format!("name = '{name}', emergency_contact = '{contact}'");
        execute(database, &format!("UPDATE person SET {contact} WHERE id = {person}")).await;
    }
    const KNOWN: &str = "SELECT count(*) AS value FROM person WHERE name IN ('甲', '乙') \
        AND collecting_department = 'police' AND source_system = '' AND collected_at = recorded_at";
    let known = found::integers(database, KNOWN).await;
    let instants = "phone_updated_at IS NOT NULL AND updated_at = collected_at";
    let moved = holds(database, "person", instants).await;
    Migrator::up(database, None).await.unwrap();
    assert_eq!(found::integers(database, KNOWN).await, known);
    assert_eq!(holds(database, "person", instants).await, moved);
    let of = async |condition: &str| holds(database, "person", condition).await;
    assert_eq!(of("phone = '13' AND phone_collected_by = 'health'").await, [1]);
    assert_eq!(of("phone = '14' AND phone_collected_by = 'police'").await, [2]);
    // When another department than the row's collected it was not kept.
    assert_eq!(of("phone_collected_at = collected_at").await, [2]);
    assert_eq!(of("collectors_beside = 0").await, [1, 2, 3]);
    // A contact of the household is that person; another stays a name and a number.
    let contact = |key: &str, relation: &str| {
        format!("emergency_contact_person_id {key} AND emergency_contact_relation = '{relation}'")
    };
    assert_eq!(of(&contact("= 1", "02")).await, [2]);
    assert_eq!(of(&contact("IS NULL", "80")).await, [1]);
    for table in ["person_collected", "residence_registration_collected"] {
        assert_eq!(found::count(database, table).await, 0, "{table}");
    }
    let own = |key: u8, department: &str, replaced: &str| {
        format!(
            "INSERT INTO person_collected (id, person_id, phone, source_system, \
             collecting_department, collected_at, recorded_at, updated_at, applied_at, \
             replaced_at) VALUES ({key}, 1, '12', '', '{department}', {AT}, {AT}, {AT}, {AT}, \
             {replaced})"
        )
    };
    execute(database, &own(1, "police", "NULL")).await;
    execute(database, &own(2, "police", AT)).await;
    execute(database, &own(3, "social", "NULL")).await;
    let twice = database.execute_unprepared(&own(4, "police", "NULL")).await;
    assert!(twice.is_err(), "a department has one value at a time");
    // Its values go with a person.
    execute(database, "DELETE FROM household_member").await;
    execute(database, "DELETE FROM person WHERE id = 1").await;
    assert_eq!(found::count(database, "person_collected").await, 0);
    let down = u32::try_from(steps.len() - before).unwrap();
    Migrator::down(database, Some(down)).await.unwrap();
    assert_eq!(of("phone = '14' AND phone_collected_by = 'police'").await, [2]);
    execute(database, &format!("UPDATE person SET phone = '15', updated_at = {LATER}")).await;
    assert_eq!(of(&format!("updated_at = {LATER}")).await, [0; 0]);
}

#[tokio::test]
async fn on_sqlite_values_keep_their_collectors() {
    let (_directory, database) = sqlite().await;
    assert_values_keep_their_collectors(&database).await;
}

#[tokio::test]
async fn on_postgres_values_keep_their_collectors() {
    let test = "on_postgres_values_keep_their_collectors";
    let Some(postgres) = Postgres::for_test(test) else { return };
    assert_values_keep_their_collectors(&connect(&postgres.fresh_database()).await).await;
}
