//! Loading stores what SeaORM would store, whatever way the rows take.
#![expect(clippy::disallowed_types, reason = "the tests look behind the gateway")]

use indicatif::ProgressBar;
use rusqlite::types::Value;
use testkit::Postgres;
use tokio_postgres::{NoTls, SimpleQueryMessage};

use super::{loading::migrated, options, seaorm};
use crate::{db, demo::load};

/// Enough for several batches, with rows in every table.
const PERSONS: u64 = 2_500;

/// Fills one database by each way.
async fn fill(by_seaorm: &str, by_load: &str) {
    let options = options(PERSONS, 4);
    let db = migrated(by_seaorm).await;
    seaorm::insert_all(&db, &options).await;
    db.close().await.unwrap();
    migrated(by_load).await.close().await.unwrap();
    load(by_load, &options, &ProgressBar::hidden()).await.unwrap();
}

/// Every table's rows; the variants of [`Value`] are what `typeof()` tells apart.
fn sqlite_rows(url: &str) -> Vec<(String, Vec<Vec<Value>>)> {
    let connection = rusqlite::Connection::open(db::sqlite_file(url).unwrap()).unwrap();
    let list = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'seaql_migrations'
        AND name NOT LIKE 'sqlite%' ORDER BY name";
    let mut list = connection.prepare(list).unwrap();
    let tables = list.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let rows = |table: String| {
        let mut select = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1")).unwrap();
        let width = select.column_count();
        let rows = select.query_map([], |row| (0..width).map(|at| row.get(at)).collect()).unwrap();
        let rows = rows.collect::<Result<_, _>>().unwrap();
        (table, rows)
    };
    tables.map(|table| rows(table.unwrap())).collect()
}

async fn postgres_rows(url: &str) -> Vec<(String, Vec<String>)> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let select = async |sql: &str| -> Vec<String> {
        let messages = client.simple_query(sql).await.unwrap().into_iter();
        let text = messages.filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap().to_owned()),
            _ => None,
        });
        text.collect()
    };
    let list = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'
        AND tablename <> 'seaql_migrations' ORDER BY 1";
    let mut all = Vec::new();
    for table in select(list).await {
        let rows = select(&format!("SELECT t::text FROM {table} t ORDER BY 1")).await;
        all.push((table, rows));
    }
    all
}

/// Compares table by table, so that a difference is shown with its row alone.
fn compare<R: PartialEq + std::fmt::Debug>(
    by_seaorm: Vec<(String, Vec<R>)>,
    by_load: Vec<(String, Vec<R>)>,
) {
    assert_eq!(by_seaorm.len(), by_load.len());
    for ((table, expected), (same, loaded)) in by_seaorm.into_iter().zip(by_load) {
        assert_eq!((&table, expected.len()), (&same, loaded.len()));
        for (expected, loaded) in expected.into_iter().zip(loaded) {
            assert_eq!(expected, loaded, "{table}");
        }
    }
}

#[tokio::test]
async fn sqlite_holds_the_values_and_types_that_seaorm_would_store() {
    let directory = tempfile::tempdir().unwrap();
    let url = |name| format!("sqlite://{}?mode=rwc", directory.path().join(name).display());
    let (by_seaorm, by_load) = (url("seaorm.db"), url("load.db"));
    fill(&by_seaorm, &by_load).await;
    compare(sqlite_rows(&by_seaorm), sqlite_rows(&by_load));
}

#[tokio::test]
async fn postgresql_holds_the_values_that_seaorm_would_store() {
    let name = "postgresql_holds_the_values_that_seaorm_would_store";
    let Some(postgres) = Postgres::for_test(name) else { return };
    let (by_seaorm, by_load) = (postgres.fresh_database(), postgres.fresh_database());
    fill(&by_seaorm, &by_load).await;
    compare(postgres_rows(&by_seaorm).await, postgres_rows(&by_load).await);
}
