//! The same handlers on SQLite.

use std::str::FromStr;

use contenders::handwritten::{Dialect, Sql, serve};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

#[path = "../handwritten/sqlx_routes.rs"]
mod routes;

/// What the routes are compiled for.
type Database = sqlx::Sqlite;

/// As many as serve best on two cores; without a ping each time one is taken.
const CONNECTIONS: u32 = 4;

/// Keys as a parameter.
fn keys(ids: &[i64]) -> String {
    serde_json::to_string(ids).unwrap_or_default()
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // The page cache and memory map that the gateway gives itself.
    let options = SqliteConnectOptions::from_str(&serve::database_url()?)?
        .read_only(true)
        .pragma("cache_size", "-16384")
        .pragma("mmap_size", "268435456");
    let pool = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    serve::serve(routes::router(routes::App { pool, sql: Sql::new(Dialect::Sqlite) })).await
}
