//! Where the persons of access records are kept, and what is shown of them.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};
use testkit::Postgres;

use crate::{connect, found, sqlite};

/// The last step at which every database keeps persons in rows of their own.
const BEFORE: u32 = 7;

/// Persons are below 2^32; the last of these shows that none is taken for another.
const PERSONS: [i64; 2] = [7, 4_294_967_295];

async fn execute(database: &DatabaseConnection, sql: &str) {
    database.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// The last step at which records had the instants of their requests.
const UNORDERED: u32 = 14;

/// A record of these persons, as it is kept at the last step.
async fn insert(database: &DatabaseConnection, seq: i64, decision: &str, persons: &[i64]) {
    let (subjects, array) = match database.get_database_backend() {
        DbBackend::Postgres => (", subjects", format!(", ARRAY{persons:?}::bigint[]")),
        _ => ("", String::new()),
    };
    execute(database, &record(seq, decision, subjects, &array)).await;
    if database.get_database_backend() != DbBackend::Postgres {
        insert_rows(database, seq, persons).await;
    }
}

fn record(seq: i64, decision: &str, column: &str, value: &str) -> String {
    format!(
        "INSERT INTO access_record (seq, at, caller, token_id, role, department, unit, purpose, \
         document_hash, grants_version, decision, fields, protected, row_count, subject_count, \
         subjects_digest, previous_hash, hash{column}) VALUES ({seq}, \
         '2026-11-21 00:00:00+00:00', 'c', 't', 'HC', 'HEALTH', '220102', 'P-HR', '', 1, \
         '{decision}', '', FALSE, 0, 0, '', '', ''{value})"
    )
}

async fn insert_rows(database: &DatabaseConnection, seq: i64, persons: &[i64]) {
    for person in persons {
        execute(
            database,
            &format!("INSERT INTO access_subject (seq, person_id) VALUES ({seq}, {person})"),
        )
        .await;
    }
}

/// The persons there are. PostgreSQL finds the records of those alone.
async fn insert_persons(database: &DatabaseConnection, persons: &[i64]) {
    for person in persons {
        let at = "'2026-11-21 00:00:00+00:00'";
        let sql = format!(
            "INSERT INTO person (id, residence_unit_id, legally_incapacitated, source_system, \
             collecting_department, collected_at, recorded_at, updated_at) SELECT {person}, \
             min(id), FALSE, '', '', {at}, {at}, {at} FROM administrative_unit"
        );
        execute(database, &sql).await;
    }
}

async fn shown(database: &DatabaseConnection) -> Vec<i64> {
    found::integers(database, "SELECT id AS value FROM access_event ORDER BY id").await
}

async fn assert_view_shows_whoever_is_named(database: &DatabaseConnection) {
    Migrator::up(database, None).await.unwrap();
    insert_persons(database, &PERSONS).await;
    for (seq, decision) in [(1, "allowed"), (2, "FORBIDDEN"), (3, "allowed")] {
        insert(database, seq, decision, &PERSONS).await;
    }
    let one = 1_i64 << 32;
    let all = [one + 7, 2 * one - 1, 2 * one + 7, 3 * one - 1, 3 * one + 7, 4 * one - 1];
    assert_eq!(shown(database).await, all);
}

#[tokio::test]
async fn sqlite_view_shows_whoever_is_named() {
    let (_directory, database) = sqlite().await;
    assert_view_shows_whoever_is_named(&database).await;
}

#[tokio::test]
async fn postgres_view_shows_whoever_is_named() {
    let Some(postgres) = Postgres::for_test("postgres_view_shows_whoever_is_named") else { return };
    let database = connect(&postgres.fresh_database()).await;
    assert_view_shows_whoever_is_named(&database).await;
}

const SUBJECTS: &str = "SELECT person_id AS value FROM access_subject ORDER BY seq, person_id";

#[tokio::test]
async fn moving_persons_into_their_records_keeps_what_was_recorded() {
    let test = "moving_persons_into_their_records_keeps_what_was_recorded";
    let Some(postgres) = Postgres::for_test(test) else { return };
    let database = connect(&postgres.fresh_database()).await;
    Migrator::up(&database, Some(BEFORE)).await.unwrap();
    insert_persons(&database, &[3, 7, 20]).await;
    for (seq, persons) in [(1, [20, 3, 7].as_slice()), (2, &[]), (3, &[7])] {
        execute(&database, &record(seq, "allowed", "", "")).await;
        insert_rows(&database, seq, persons).await;
    }
    let before = (shown(&database).await, found::integers(&database, SUBJECTS).await);

    let steps = Migrator::migrations().len() - usize::try_from(BEFORE).unwrap();
    Migrator::up(&database, None).await.unwrap();
    let kept = "SELECT seq AS value FROM access_record \
                WHERE subjects = CASE seq WHEN 1 THEN '{3,7,20}' WHEN 2 THEN '{}' \
                ELSE '{7}' END::bigint[] ORDER BY seq";
    assert_eq!(found::integers(&database, kept).await, [1, 2, 3]);
    let moved = (shown(&database).await, found::integers(&database, SUBJECTS).await);
    assert_eq!(moved, before);

    insert(&database, 4, "allowed", &[3]).await;
    Migrator::down(&database, Some(u32::try_from(steps).unwrap())).await.unwrap();
    assert_eq!(found::integers(&database, SUBJECTS).await, [3, 7, 20, 7, 3]);
    let (mut events, _) = before;
    events.push((4 << 32) + 3);
    assert_eq!(shown(&database).await, events);
    insert_rows(&database, 2, &[20]).await;
    Migrator::up(&database, None).await.unwrap();
    assert_eq!(found::integers(&database, SUBJECTS).await, [3, 7, 20, 20, 7, 3]);
}

async fn assert_old_records_may_run_backwards(database: &DatabaseConnection) {
    Migrator::up(database, Some(UNORDERED)).await.unwrap();
    insert(database, 1, "allowed", &[]).await;
    insert(database, 2, "allowed", &[]).await;
    execute(database, "UPDATE access_head SET seq = 2").await;
    Migrator::up(database, None).await.unwrap();
    let from = "SELECT ordered_from AS value FROM access_head";
    assert_eq!(found::integers(database, from).await, [3]);
}

#[tokio::test]
async fn sqlite_records_of_before_may_run_backwards() {
    let (_directory, database) = sqlite().await;
    assert_old_records_may_run_backwards(&database).await;
}

#[tokio::test]
async fn postgres_records_of_before_may_run_backwards() {
    let test = "postgres_records_of_before_may_run_backwards";
    let Some(postgres) = Postgres::for_test(test) else { return };
    assert_old_records_may_run_backwards(&connect(&postgres.fresh_database()).await).await;
}
