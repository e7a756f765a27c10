//! "The stack's limit": handlers written by hand in axum and sqlx on PostgreSQL.

use contenders::handwritten::{Dialect, Sql, serve};
use sqlx::postgres::PgPoolOptions;

#[path = "../handwritten/sqlx_routes.rs"]
mod routes;

/// What the routes are compiled for.
type Database = sqlx::Postgres;

/// As many as serve best on two cores; without a ping each time one is taken.
const CONNECTIONS: u32 = 4;

/// Keys as a parameter.
fn keys(ids: &[i64]) -> Vec<i64> {
    ids.to_vec()
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .test_before_acquire(false)
        .connect(&serve::database_url()?)
        .await?;
    serve::serve(routes::router(routes::App { pool, sql: Sql::new(Dialect::Postgres) })).await
}
