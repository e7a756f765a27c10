//! The indexes that scopes, lists and records are read by.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, FromQueryResult, Statement};
use testkit::Postgres;

use crate::{connect, sqlite};

const SQLITE: &str = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
const POSTGRES: &str = "SELECT indexname::text AS name FROM pg_indexes \
    WHERE schemaname = 'public'";

/// On both databases.
const EVERYWHERE: [&str; 9] = [
    "ix_break_glass_subject_organization_id_expires_at_person_id",
    "ix_break_glass_subject_reviewed_at",
    "ix_caseload_organization_id_person_id_started_on_ended_on",
    "ix_caseload_person_id_organization_id_started_on_ended_on",
    "ix_consent_person_id_recipient_department_purpose_field_group",
    "ix_person_county_birth_date",
    "ix_person_county_id",
    "ix_person_id_number",
    "ix_person_name",
];

#[derive(FromQueryResult)]
struct Index {
    name: String,
}

/// Whether each of these is an index.
async fn has(database: &DatabaseConnection, names: &[&str]) -> Vec<bool> {
    let backend = database.get_database_backend();
    let query = if backend == DbBackend::Sqlite { SQLITE } else { POSTGRES };
    let select = Index::find_by_statement(Statement::from_string(backend, query));
    let found = select.all(database).await.unwrap();
    names.iter().map(|name| found.iter().any(|index| index.name == **name)).collect()
}

/// The youngest of a county, as a portal lists them. Whoever sorts has read everybody first.
const YOUNGEST: &str = "SELECT id FROM person WHERE residence_unit_id / 1000000 = 101002 \
    ORDER BY birth_date DESC NULLS FIRST, id LIMIT 50";

#[derive(FromQueryResult)]
struct Step {
    detail: String,
}

#[tokio::test]
async fn sqlite_lists_the_youngest_of_a_county_without_sorting() {
    let (_directory, database) = sqlite().await;
    Migrator::up(&database, None).await.unwrap();
    let explain = format!("EXPLAIN QUERY PLAN {YOUNGEST}");
    let explain = Statement::from_string(DbBackend::Sqlite, explain);
    let steps = Step::find_by_statement(explain).all(&database).await.unwrap();
    let plan: Vec<_> = steps.iter().map(|step| step.detail.as_str()).collect();
    assert!(plan.iter().any(|step| step.contains("ix_person_county_birth_date")), "{plan:?}");
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:?}");
}

#[tokio::test]
async fn postgres_lists_the_youngest_of_a_county_without_sorting() {
    let Some(postgres) = Postgres::for_test("postgres_lists_the_youngest") else { return };
    let database = connect(&postgres.fresh_database()).await;
    Migrator::up(&database, None).await.unwrap();
    // Of an empty table every other way is cheaper.
    database
        .execute_unprepared("SET enable_seqscan = off; SET enable_bitmapscan = off")
        .await
        .unwrap();
    let explain = Statement::from_string(DbBackend::Postgres, format!("EXPLAIN {YOUNGEST}"));
    let rows = database.query_all_raw(explain).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert!(plan.iter().any(|step| step.contains("ix_person_county_birth_date")), "{plan:?}");
    assert!(!plan.iter().any(|step| step.contains("Sort")), "{plan:?}");
}

async fn assert_indexes(database: &DatabaseConnection, of_subjects: [bool; 2]) {
    Migrator::up(database, None).await.unwrap();
    assert_eq!(has(database, &EVERYWHERE).await, [true; 9], "{EVERYWHERE:?}");
    let subjects = ["ix_access_record_subjects", "ix_access_subject_person_id_seq"];
    assert_eq!(has(database, &subjects).await, of_subjects, "{subjects:?}");
    // The longer index serves whatever the shorter one did.
    assert_eq!(has(database, &["ix_caseload_organization_id_person_id"]).await, [false]);
}

#[tokio::test]
async fn sqlite_has_the_indexes_that_are_read_by() {
    let (_directory, database) = sqlite().await;
    assert_indexes(&database, [false, true]).await;
}

#[tokio::test]
async fn postgres_has_the_indexes_that_are_read_by() {
    let Some(postgres) = Postgres::for_test("postgres_has_the_indexes") else { return };
    let database = connect(&postgres.fresh_database()).await;
    assert_indexes(&database, [true, false]).await;
}
