//! `migrate`: bring the tables and seeds of the database up to date.

use anyhow::Context as _;

use crate::{
    config::Config,
    db::{self, MigrationLock},
};

/// Applies what is pending. Several that are started at once wait for each other.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let url = &config.database.url;
    let _turn = MigrationLock::take(url).await.context("cannot connect to the database")?;
    let db = db::connect(url).await.context("cannot connect to the database")?;
    let pending = db::pending_migrations(&db).await?;
    db::migrate(&db).await.context("the migration failed")?;
    for name in &pending {
        eprintln!("applied {name}");
    }
    eprintln!("the database is up to date");
    Ok(())
}
