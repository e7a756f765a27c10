//! How fast the product loads its population, against the plainest way to load the same rows: on
//! PostgreSQL plain `COPY`, on SQLite a prepared statement in a loop.

mod plain_copy;
mod plain_inserts;
mod product;

use std::time::Duration;

use clap::Parser;
use migrant_gateway::db;
use tempfile::TempDir;

use self::{plain_copy::Cluster, product::Load};

/// How fast the product loads, against plain COPY and plain inserts of the same rows.
#[derive(Parser)]
#[command(name = "load", version)]
struct Args {
    /// How many persons to load.
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(200..))]
    persons: u64,
    /// How often both are measured, in turns.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..))]
    rounds: u64,
}

/// One round of one database.
struct Round {
    rows: u64,
    product: Load,
    plain: Duration,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let directory = tempfile::Builder::new().prefix("load-").tempdir()?;
    let cluster = Cluster::start()?;
    let (mut postgres, mut sqlite) = (Vec::new(), Vec::new());
    for _ in 0..args.rounds {
        postgres.push(postgres_round(&cluster, args.persons, &directory).await?);
        sqlite.push(sqlite_round(args.persons, &directory).await?);
    }
    report("PostgreSQL", "plain COPY", &postgres);
    report("SQLite", "plain inserts", &sqlite);
    Ok(())
}

async fn postgres_round(
    cluster: &Cluster,
    persons: u64,
    directory: &TempDir,
) -> anyhow::Result<Round> {
    let (loaded, copied) = (cluster.fresh_database(), cluster.fresh_database());
    let product = product::load(persons, &loaded, directory.path()).await?;
    migrate(&copied).await?;
    let (rows, plain) = cluster.copy(&loaded, &copied).await?;
    cluster.drop_database(&loaded).await?;
    cluster.drop_database(&copied).await?;
    Ok(Round { rows, product, plain })
}

async fn sqlite_round(persons: u64, directory: &TempDir) -> anyhow::Result<Round> {
    let files = [directory.path().join("product.db"), directory.path().join("plain.db")];
    let [loaded, inserted] =
        files.each_ref().map(|file| format!("sqlite://{}?mode=rwc", file.display()));
    let product = product::load(persons, &loaded, directory.path()).await?;
    migrate(&inserted).await?;
    let (rows, plain) = plain_inserts::insert(&files[0], &files[1])?;
    for file in files {
        std::fs::remove_file(file)?;
    }
    Ok(Round { rows, product, plain })
}

async fn migrate(url: &str) -> anyhow::Result<()> {
    let db = db::connect(url).await?;
    db::migrate(&db).await?;
    db.close().await?;
    Ok(())
}

fn report(database: &str, plain: &str, rounds: &[Round]) {
    let rows = rounds[0].rows;
    let peak = rounds.iter().map(|round| round.product.peak_kib).max().unwrap_or(0) / 1024;
    let product = median(rounds.iter().map(|round| round.product.time.as_secs_f64()));
    let by_hand = median(rounds.iter().map(|round| round.plain.as_secs_f64()));
    let ratio = median(rounds.iter().map(|round| round.plain.div_duration_f64(round.product.time)));
    let rate = |seconds: f64| rows as f64 / seconds;
    println!("{database}: {rows} rows, medians of {} rounds", rounds.len());
    println!("  product        {product:7.2} s {:9.0} rows/s   peak {peak} MiB", rate(product));
    println!("  {plain:14} {by_hand:7.2} s {:9.0} rows/s", rate(by_hand));
    println!("  product's rate against it: {ratio:.2}");
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}
