//! The schema the migrations make is the one the entities describe, on both engines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests say what they expect by panicking"
)]

mod expected;
mod found;
mod further;
mod indexes;
mod persons;
mod records;

use std::collections::{BTreeMap, BTreeSet};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend};
use testkit::Postgres;

/// A column: its type family, and whether it may be null.
type Columns = BTreeMap<String, (String, bool)>;

fn views(backend: DbBackend) -> &'static [&'static str] {
    match backend {
        DbBackend::Postgres => &["access_event", "access_subject"],
        _ => &["access_event"],
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1);
    Database::connect(options).await.unwrap()
}

/// A SQLite database in a directory that must outlive it.
async fn sqlite() -> (tempfile::TempDir, DatabaseConnection) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("schema.db");
    let database = connect(&format!("sqlite://{}?mode=rwc", path.display())).await;
    (directory, database)
}

async fn assert_schema_follows_entities(database: &DatabaseConnection) {
    Migrator::up(database, None).await.unwrap();
    let expected = expected::tables(database.get_database_backend());
    let found = found::tables(database).await;
    let missing: Vec<_> = expected.keys().filter(|table| !found.contains_key(*table)).collect();
    let unknown: Vec<_> = found.keys().filter(|table| !expected.contains_key(*table)).collect();
    assert!(missing.is_empty(), "no migration makes the tables of these entities: {missing:?}");
    assert!(unknown.is_empty(), "no entity describes these tables: {unknown:?}");
    for (table, columns) in &expected {
        // A view's columns have neither a declared type nor a constraint everywhere.
        if views(database.get_database_backend()).contains(&table.as_str()) {
            assert!(found[table].keys().eq(columns.keys()), "{table}: {:?}", found[table]);
        } else {
            assert_eq!(&found[table], columns, "{table}");
        }
    }
    assert_seeds(database).await;

    Migrator::down(database, None).await.unwrap();
    assert_eq!(found::tables(database).await.keys().collect::<Vec<_>>(), [""; 0]);
    Migrator::up(database, None).await.unwrap();
}

async fn assert_seeds(database: &DatabaseConnection) {
    for (table, rows) in [
        ("administrative_unit", 493),
        ("administrative_unit_area", 81),
        ("legal_basis", 41),
        // The matrix, and the version that limits it to what purposes need.
        ("sharing_grant", 804 + 483),
        ("access_head", 1),
        ("record_probe", 1),
    ] {
        assert_eq!(found::count(database, table).await, rows, "{table}");
    }
}

async fn assert_text_is_ordered_by_bytes(database: &DatabaseConnection) {
    Migrator::up(database, None).await.unwrap();
    let unit =
        found::integers(database, "SELECT MIN(id) AS value FROM administrative_unit").await[0];
    database
        .execute_unprepared(&format!(
            "INSERT INTO organization (id, code, name, kind, department, unit_id) VALUES \
             (1, 'b', '', '', '', {unit}), (2, '长', '', '', '', {unit}), \
             (3, 'B', '', '', '', {unit}), (4, 'a', '', '', '', {unit})"
        ))
        .await
        .unwrap();
    let ids = found::integers(database, "SELECT id AS value FROM organization ORDER BY code").await;
    assert_eq!(ids, [3, 4, 1, 2]);
}

#[tokio::test]
async fn sqlite_schema_follows_the_entities() {
    let (_directory, database) = sqlite().await;
    assert_schema_follows_entities(&database).await;
}

#[tokio::test]
async fn sqlite_orders_text_by_bytes() {
    let (_directory, database) = sqlite().await;
    assert_text_is_ordered_by_bytes(&database).await;
}

#[tokio::test]
async fn postgres_schema_follows_the_entities() {
    let Some(postgres) = Postgres::for_test("postgres_schema_follows_the_entities") else { return };
    let database = connect(&postgres.fresh_database()).await;
    assert_schema_follows_entities(&database).await;
}

#[tokio::test]
async fn postgres_orders_text_by_bytes() {
    let Some(postgres) = Postgres::for_test("postgres_orders_text_by_bytes") else { return };
    let database = connect(&postgres.fresh_database()).await;
    assert_text_is_ordered_by_bytes(&database).await;
}

#[test]
fn every_entity_is_compared() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../entity/src");
    let not_entities = ["kinds", "lib", "service", "sharing", "structure"];
    let modules: BTreeSet<String> = std::fs::read_dir(source)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|module| !not_entities.contains(&module.as_str()))
        .collect();
    let forgotten: Vec<_> = modules.difference(&expected::modules()).cloned().collect();
    assert!(
        forgotten.is_empty(),
        "an entity is a record kind, in the list of entity/src/kinds.rs, or a table beside them, in \
         migration/tests/schema/expected.rs: {forgotten:?}"
    );
    assert_eq!(modules, expected::modules());
}
