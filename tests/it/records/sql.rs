//! The database as somebody sees it who does not go through the gateway.

use std::collections::BTreeSet;

use entity::access_record;
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult, Statement, TryGetable};

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
pub async fn execute(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// The first column of every row.
pub async fn column<T: TryGetable>(db: &DatabaseConnection, sql: &str) -> Vec<T> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap_or_else(|error| panic!("{sql}: {error:?}")))
        .collect()
}

pub async fn record(db: &DatabaseConnection, seq: i64) -> access_record::Model {
    let sql = format!("SELECT * FROM access_record WHERE seq = {seq}");
    let statement = Statement::from_string(db.get_database_backend(), sql);
    access_record::Model::find_by_statement(statement)
        .one(db)
        .await
        .expect("records can be read")
        .unwrap_or_else(|| panic!("there is no record {seq}"))
}

/// The number of the last record.
pub async fn last(db: &DatabaseConnection) -> i64 {
    let last: Vec<Option<i64>> = column(db, "SELECT max(seq) FROM access_record").await;
    last[0].unwrap_or(0)
}

pub async fn subjects(db: &DatabaseConnection, seq: i64) -> BTreeSet<i64> {
    let sql = format!("SELECT person_id FROM access_subject WHERE seq = {seq}");
    column(db, &sql).await.into_iter().collect()
}
