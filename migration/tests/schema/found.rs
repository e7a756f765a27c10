//! What the database has.

use std::collections::BTreeMap;

use sea_orm::{DatabaseConnection, DbBackend, FromQueryResult, Statement};

use crate::Columns;

// The migrations' own table is not part of the model.
const SQLITE: &str = "\
SELECT t.name AS table_name, c.name AS column_name, lower(c.type) AS type, \
c.\"notnull\" = 0 AS nullable \
FROM sqlite_schema t, pragma_table_info(t.name) c \
WHERE t.type IN ('table', 'view') AND t.name <> 'seaql_migrations'";

const POSTGRES: &str = "\
SELECT table_name::text, column_name::text, data_type::text AS type, \
is_nullable = 'YES' AS nullable \
FROM information_schema.columns \
WHERE table_schema = 'public' AND table_name <> 'seaql_migrations'";

#[derive(FromQueryResult)]
struct Column {
    table_name: String,
    column_name: String,
    r#type: String,
    nullable: bool,
}

#[derive(FromQueryResult)]
struct Integer {
    value: i64,
}

/// Every table's and view's columns.
pub async fn tables(database: &DatabaseConnection) -> BTreeMap<String, Columns> {
    let backend = database.get_database_backend();
    let query = if backend == DbBackend::Sqlite { SQLITE } else { POSTGRES };
    let columns = Column::find_by_statement(Statement::from_string(backend, query))
        .all(database)
        .await
        .unwrap();
    let mut tables: BTreeMap<String, Columns> = BTreeMap::new();
    for column in columns {
        let described = (family(&column.r#type).to_owned(), column.nullable);
        tables.entry(column.table_name).or_default().insert(column.column_name, described);
    }
    tables
}

/// The numbers in a query's column `value`.
pub async fn integers(database: &DatabaseConnection, query: &str) -> Vec<i64> {
    let statement = Statement::from_string(database.get_database_backend(), query);
    let rows = Integer::find_by_statement(statement).all(database).await.unwrap();
    rows.into_iter().map(|row| row.value).collect()
}

/// How many rows a table has.
pub async fn count(database: &DatabaseConnection, table: &str) -> i64 {
    integers(database, &format!("SELECT COUNT(*) AS value FROM {table}")).await[0]
}

fn family(declared: &str) -> &str {
    match declared {
        "date" | "date_text" => "date",
        "timestamp with time zone" | "timestamp_with_timezone_text" => "instant",
        other => other,
    }
}
