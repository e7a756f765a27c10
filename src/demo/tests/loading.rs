//! Loading a population: once, and all of it or nothing.
#![expect(clippy::disallowed_types, reason = "the tests look behind the gateway")]

use std::time::Duration;

use entity::{consent, organization, person};
use indicatif::ProgressBar;
use migration::MigratorTrait as _;
use sea_orm::{DatabaseConnection, EntityTrait, PaginatorTrait};
use tempfile::TempDir;
use testkit::Postgres;

use super::{options, seaorm};
use crate::{
    db,
    demo::{Population, load},
};

/// A database with the schema and its units.
pub async fn migrated(url: &str) -> DatabaseConnection {
    let db = db::connect(url).await.unwrap();
    db::migrate(&db).await.unwrap();
    db
}

fn file(directory: &TempDir) -> String {
    format!("sqlite://{}?mode=rwc", directory.path().join("demo.db").display())
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "counts what was loaded")]
async fn a_population_is_loaded_once() {
    let (directory, bar, options) =
        (tempfile::tempdir().unwrap(), ProgressBar::hidden(), options(1_500, 9));
    let url = file(&directory);
    migrated(&url).await.close().await.unwrap();
    let summary = load(&url, &options, &bar).await.unwrap();
    assert_eq!((summary.rows["persons"], bar.position()), (1_500, 1_500));
    let db = db::connect(&url).await.unwrap();
    assert_eq!(consent::Entity::find().count(&db).await.unwrap(), summary.rows["consents"]);
    let first = person::Entity::find_by_id(1).one(&db).await.unwrap().unwrap();
    let mut population = Population::new(options, &seaorm::units(&db, &options).await);
    assert_eq!(first, population.next_batch().unwrap().persons[0]);
    db.close().await.unwrap();
    let refused = load(&url, &options, &bar).await.unwrap_err();
    assert!(refused.to_string().contains("already holds persons"));
}

#[tokio::test]
async fn a_database_without_units_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let url = file(&directory);
    let db = db::connect(&url).await.unwrap();
    // The sixth step seeds them.
    migration::Migrator::up(&db, Some(5)).await.unwrap();
    db.close().await.unwrap();
    let refused = load(&url, &options(10, 9), &ProgressBar::hidden()).await.unwrap_err();
    assert!(refused.to_string().contains("run the migrations"));
}

#[tokio::test]
async fn a_sqlite_file_that_is_open_elsewhere_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let url = file(&directory);
    let _open = migrated(&url).await;
    let refused = load(&url, &options(10, 9), &ProgressBar::hidden()).await.unwrap_err();
    assert!(refused.to_string().contains("alone"), "{refused:#}");
}

#[tokio::test]
async fn the_file_keeps_its_write_ahead_log() {
    let directory = tempfile::tempdir().unwrap();
    let url = file(&directory);
    migrated(&url).await.close().await.unwrap();
    load(&url, &options(300, 9), &ProgressBar::hidden()).await.unwrap();
    let connection = rusqlite::Connection::open(db::sqlite_file(&url).unwrap()).unwrap();
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn an_interrupted_load_leaves_a_sqlite_file_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    interrupt(&file(&directory)).await;
}

#[tokio::test]
async fn an_interrupted_load_leaves_a_postgresql_database_as_it_was() {
    let name = "an_interrupted_load_leaves_a_postgresql_database_as_it_was";
    let Some(postgres) = Postgres::for_test(name) else { return };
    interrupt(&postgres.fresh_database()).await;
}

/// Drops a load when some persons are in, then loads again.
#[expect(clippy::disallowed_methods, reason = "counts what was loaded")]
async fn interrupt(url: &str) {
    migrated(url).await.close().await.unwrap();
    let (bar, many) = (ProgressBar::hidden(), options(1_000_000, 9));
    tokio::select! {
        _ = load(url, &many, &bar) => panic!("a million persons in no time"),
        () = until_persons_are_in(&bar) => {}
    }
    let db = db::connect(url).await.unwrap();
    assert_eq!(person::Entity::find().count(&db).await.unwrap(), 0);
    assert_eq!(organization::Entity::find().count(&db).await.unwrap(), 0);
    db.close().await.unwrap();
    load(url, &options(300, 9), &bar).await.unwrap();
}

async fn until_persons_are_in(bar: &ProgressBar) {
    while bar.position() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
