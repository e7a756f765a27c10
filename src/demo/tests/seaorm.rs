//! The population by way of SeaORM alone: what loading must store, value by value.

use entity::{administrative_unit, due_refresh, organization};
use sea_orm::{
    ActiveModelBehavior, DatabaseConnection, DbErr, EntityTrait, IntoActiveModel, QueryOrder,
};

use crate::demo::{Options, Population, due, in_force, organizations};

/// Rows in one statement; SQLite allows 32,766 variables.
const ROWS: usize = 500;

/// The units of a migrated database that are in force.
#[expect(clippy::disallowed_methods, reason = "reads units, which are public")]
pub async fn units(db: &DatabaseConnection, options: &Options) -> Vec<administrative_unit::Model> {
    let units = administrative_unit::Entity::find()
        .order_by_asc(administrative_unit::Column::Id)
        .all(db)
        .await
        .unwrap();
    in_force(&units, options.today)
}

/// Inserts a whole population.
pub async fn insert_all(db: &DatabaseConnection, options: &Options) {
    let units = units(db, options).await;
    insert::<organization::Entity, _>(db, organizations(&units)).await.unwrap();
    let mut population = Population::new(*options, &units);
    while let Some(batch) = population.next_batch() {
        batch.insert(db).await.unwrap();
    }
    let done = due::done(options, population.persons());
    insert::<due_refresh::Entity, _>(db, vec![done]).await.unwrap();
}

/// Inserts rows in statements of many rows each.
pub async fn insert<E, M>(db: &DatabaseConnection, rows: Vec<M>) -> Result<(), DbErr>
where
    E: EntityTrait<Model = M>,
    M: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelBehavior<Entity = E>,
{
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model).peekable();
    while rows.peek().is_some() {
        E::insert_many(rows.by_ref().take(ROWS)).exec_without_returning(db).await?;
    }
    Ok(())
}
