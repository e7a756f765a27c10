//! Puts a population into an empty database.

use std::collections::BTreeMap;

use entity::{administrative_unit, organization, person};
use indicatif::ProgressBar;
use sea_orm::{
    ActiveModelBehavior, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, IntoActiveModel,
    Iterable, PaginatorTrait, QueryOrder, TransactionTrait,
};

use super::{Options, Population, in_force, organizations};

/// Variables in one statement; PostgreSQL allows 65,535 and SQLite 32,766.
const VARIABLES: usize = 8_000;

/// Batches in one transaction.
const BATCHES: usize = 8;

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

    pub(super) fn add(&mut self, table: &'static str, rows: u64) {
        *self.rows.entry(table).or_default() += rows;
    }
}

/// Fills a database that has its units and no persons yet; the bar counts persons.
#[expect(clippy::disallowed_methods, reason = "reads units, which are public, and a count")]
pub async fn load(
    db: &DatabaseConnection,
    options: &Options,
    progress: &ProgressBar,
) -> Result<Summary, DbErr> {
    if person::Entity::find().count(db).await? > 0 {
        return Err(DbErr::Custom(
            "the database already holds persons; the demo population needs one without".to_owned(),
        ));
    }
    let units = administrative_unit::Entity::find()
        .order_by_asc(administrative_unit::Column::Id)
        .all(db)
        .await?;
    let units = in_force(&units, options.today);
    if !units.iter().any(|unit| unit.level == "county") {
        return Err(DbErr::Custom(
            "the database holds no county-level unit; run the migrations first".to_owned(),
        ));
    }
    let mut summary = Summary::default();
    let organizations = organizations(&units);
    summary.add("organizations", organizations.len() as u64);
    insert::<organization::Entity, _>(db, organizations).await?;
    progress.set_length(options.persons);
    let mut population = Population::new(*options, &units);
    loop {
        let transaction = db.begin().await?;
        for _ in 0..BATCHES {
            let Some(batch) = population.next_batch() else {
                transaction.commit().await?;
                return Ok(summary);
            };
            let persons = batch.persons.len() as u64;
            batch.insert(&transaction, &mut summary).await?;
            progress.inc(persons);
        }
        transaction.commit().await?;
    }
}

/// Inserts rows in statements of many rows each.
pub(super) async fn insert<E, M>(db: &impl ConnectionTrait, rows: Vec<M>) -> Result<(), DbErr>
where
    E: EntityTrait<Model = M>,
    M: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelBehavior<Entity = E>,
{
    let each = VARIABLES / E::Column::iter().count();
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model).peekable();
    while rows.peek().is_some() {
        E::insert_many(rows.by_ref().take(each)).exec_without_returning(db).await?;
    }
    Ok(())
}
