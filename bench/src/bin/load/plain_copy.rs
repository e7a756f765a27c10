//! Plain COPY: the server reads a file for each table, one table after another.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use testkit::Postgres;
use tokio_postgres::{Client, NoTls};

/// Tables in the order in which they were made: a table after those it refers to.
const TABLES: &str = "SELECT relname::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid";

/// A PostgreSQL of its own, gone with the process.
pub struct Cluster(Postgres);

impl Cluster {
    pub fn start() -> anyhow::Result<Self> {
        let cluster = Postgres::start().map_err(anyhow::Error::msg)?;
        Ok(Self(cluster.context("PostgreSQL's programs are not installed")?))
    }

    pub fn fresh_database(&self) -> String {
        self.0.fresh_database()
    }

    pub async fn drop_database(&self, url: &str) -> anyhow::Result<()> {
        let (server, name) = url.rsplit_once('/').context("the URL names a database")?;
        let client = connect(&format!("{server}/postgres")).await?;
        Ok(client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await?)
    }

    /// Copies the rows of all tables that a migrated database has empty.
    pub async fn copy(&self, from: &str, to: &str) -> anyhow::Result<(u64, Duration)> {
        let (from, to) = (connect(from).await?, connect(to).await?);
        let directory: String = from.query_one("SHOW data_directory", &[]).await?.get(0);
        let mut files = Vec::new();
        for row in from.query(TABLES, &[]).await? {
            let table: String = row.get(0);
            let seeded = format!("SELECT EXISTS (SELECT 1 FROM {table})");
            if !to.query_one(&seeded, &[]).await?.get::<_, bool>(0) {
                let file = format!("{directory}/{table}.copy");
                from.execute(&format!("COPY {table} TO '{file}'"), &[]).await?;
                files.push((table, file));
            }
        }
        // What the product left to write is not this load's.
        from.batch_execute("CHECKPOINT").await?;
        let (start, mut rows) = (Instant::now(), 0);
        for (table, file) in files {
            rows += to.execute(&format!("COPY {table} FROM '{file}'"), &[]).await?;
        }
        let time = start.elapsed();
        to.batch_execute("CHECKPOINT").await?;
        Ok((rows, time))
    }
}

async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
