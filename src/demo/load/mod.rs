//! Puts a population into an empty database, in one transaction: all of it or nothing.

mod postgres;
mod production;
mod sqlite;

use std::collections::BTreeMap;

use anyhow::Context as _;
use entity::administrative_unit;
use indicatif::ProgressBar;
use sea_orm::{EntityTrait, Iden, Iterable, QueryOrder};

use self::production::Production;
use super::{Options, in_force};
use crate::db;

/// What no database with persons answers with no.
const HAS_PERSONS: &str = "SELECT EXISTS (SELECT 1 FROM person)";

/// How many rows went into each table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows by table.
    pub rows: BTreeMap<&'static str, u64>,
}

impl Summary {
    /// Rows of all tables.
    pub fn total(&self) -> u64 {
        self.rows.values().sum()
    }

    fn add(&mut self, table: &'static str, rows: u64) {
        *self.rows.entry(table).or_default() += rows;
    }
}

/// Rows of one table, written as a database takes them.
pub(super) trait Encoded: Sized + Send + 'static {
    /// Encodes rows.
    ///
    /// # Errors
    /// When a column is of a type that no entity had so far.
    fn of<E: EntityTrait>(rows: &[E::Model]) -> anyhow::Result<Self>;
}

/// A database in the transaction that fills it; dropped, it is as it was.
trait Store: Sized {
    type Rows: Encoded;

    async fn write(self, tables: Vec<Self::Rows>) -> anyhow::Result<Self>;

    async fn commit(self) -> anyhow::Result<()>;
}

/// Fills a database that has its units and no persons yet; the bar counts persons.
///
/// On SQLite nobody else may have the file open.
///
/// # Errors
/// When the database cannot be reached, is in use, has persons or has no units. It is left as it
/// was, as it is when the future is dropped or the process ends.
pub async fn load(url: &str, options: &Options, progress: &ProgressBar) -> anyhow::Result<Summary> {
    let units = units(url, options).await?;
    progress.set_length(options.persons);
    match db::sqlite_file(url) {
        Some(file) => fill(sqlite::Sqlite::begin(&file)?, options, units, progress).await,
        None => fill(postgres::Postgres::begin(url).await?, options, units, progress).await,
    }
}

async fn fill<S: Store>(
    mut store: S,
    options: &Options,
    units: Vec<administrative_unit::Model>,
    progress: &ProgressBar,
) -> anyhow::Result<Summary> {
    let mut production = Production::start(*options, units);
    while let Some(portion) = production.next().await {
        store = store.write(portion.tables).await?;
        progress.inc(portion.persons);
    }
    let summary = production.finish().await?;
    store.commit().await?;
    Ok(summary)
}

#[expect(clippy::disallowed_methods, reason = "reads units, which are public")]
async fn units(url: &str, options: &Options) -> anyhow::Result<Vec<administrative_unit::Model>> {
    let db = db::connect(url).await.context("cannot connect to the database")?;
    let units = administrative_unit::Entity::find()
        .order_by_asc(administrative_unit::Column::Id)
        .all(&db)
        .await?;
    db.close().await?;
    let units = in_force(&units, options.today);
    anyhow::ensure!(
        units.iter().any(|unit| unit.level == "county"),
        "the database holds no county-level unit; run the migrations first"
    );
    Ok(units)
}

fn refuse_persons(present: bool) -> anyhow::Result<()> {
    anyhow::ensure!(
        !present,
        "the database already holds persons; the demo population needs one without"
    );
    Ok(())
}

/// The names of the columns, in the order of the entity.
fn columns<E: EntityTrait>() -> Vec<String> {
    E::Column::iter().map(|column| column.to_string()).collect()
}
