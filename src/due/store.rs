//! Writes items: of what is stored only what differs is touched.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::{
    due_item::{self, Column, Model},
    due_recheck,
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
};

use super::{Items, Organizations, items, load::Rows};

/// How many persons are locked together, so that none is worked out twice at once.
const LOCKED: i64 = 1_024;

/// What tells the locks of this table from others of PostgreSQL.
const LOCKS: i32 = 0x6475_6531;

/// How many rows one statement inserts or deletes.
const AT_ONCE: usize = 400;

/// How many items a change wrote and removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    pub written: u64,
    pub removed: u64,
}

/// Persons of whom nobody else works out items until the transaction ends.
pub struct Locked {
    from: i64,
    to: i64,
}

impl Locked {
    /// The persons from a key on that are locked together. On SQLite a transaction that writes has the
    /// file to itself.
    ///
    /// # Errors
    /// When the database does not answer.
    #[expect(clippy::disallowed_methods, reason = "takes a lock, and reads nothing")]
    pub async fn from(db: &impl ConnectionTrait, key: i64) -> Result<Self, DbErr> {
        let span = key.div_euclid(LOCKED);
        if db.get_database_backend() == DbBackend::Postgres {
            let lock = format!("SELECT pg_advisory_xact_lock({LOCKS}, {span})");
            db.execute_unprepared(&lock).await?;
        }
        Ok(Self { from: key, to: (span + 1) * LOCKED - 1 })
    }

    /// The last key.
    pub fn last(&self) -> i64 {
        self.to
    }

    /// Works out the items of these persons and stores them.
    pub(super) async fn work_out(
        &self,
        db: &impl ConnectionTrait,
        organizations: &Organizations,
        today: NaiveDate,
    ) -> Result<(u64, Changed), DbErr> {
        let span = (self.from, self.to);
        let rows = Rows::read(db, span).await?;
        let changed = work_out(db, span, &rows, organizations, today).await?;
        Ok((rows.persons.len() as u64, changed))
    }
}

/// Works out the items of a person anew: whoever writes what they rest on calls this, in the same
/// transaction and after that.
///
/// # Errors
/// When the database does not answer.
pub async fn recompute(
    transaction: &DatabaseTransaction,
    person: i64,
    today: NaiveDate,
) -> Result<Changed, DbErr> {
    Locked::from(transaction, person).await?;
    let span = (person, person);
    let rows = Rows::read(transaction, span).await?;
    let names = rows.records.iter().filter_map(|record| record.managing_org.clone());
    let organizations = Organizations::named(transaction, names.collect()).await?;
    work_out(transaction, span, &rows, &organizations, today).await
}

#[expect(clippy::disallowed_methods, reason = "reads items to compare them, and writes them")]
async fn work_out(
    db: &impl ConnectionTrait,
    (from, to): (i64, i64),
    rows: &Rows,
    organizations: &Organizations,
    today: NaiveDate,
) -> Result<Changed, DbErr> {
    let mut wanted = Vec::new();
    let mut rechecks = Vec::new();
    rows.each(|sources| {
        let Items { all, recheck } = items(sources, organizations, today);
        wanted.extend(all);
        let person_id = sources.person.id;
        rechecks.extend(recheck.map(|from_day| due_recheck::Model { person_id, from_day }));
    });
    let stored = due_item::Entity::find()
        .filter(Column::PersonId.between(from, to))
        .order_by_asc(Column::PersonId)
        .all(db)
        .await?;
    let changed = write(db, stored, wanted, today).await?;
    let known = due_recheck::Entity::find()
        .filter(due_recheck::Column::PersonId.between(from, to))
        .order_by_asc(due_recheck::Column::PersonId)
        .all(db)
        .await?;
    if known != rechecks {
        let of_span = due_recheck::Column::PersonId.between(from, to);
        due_recheck::Entity::delete_many().filter(of_span).exec(db).await?;
        let rows: Vec<_> = rechecks.into_iter().map(|row| row.into_active_model()).collect();
        for rows in rows.chunks(AT_ONCE) {
            due_recheck::Entity::insert_many(rows.to_vec()).exec_without_returning(db).await?;
        }
    }
    Ok(changed)
}

/// Stores what is wanted in the place of what is stored. What ended before the day is no matter.
async fn write(
    db: &impl ConnectionTrait,
    stored: Vec<Model>,
    wanted: Vec<Model>,
    today: NaiveDate,
) -> Result<Changed, DbErr> {
    let key = |item: &Model| (item.person_id, item.list.clone(), item.number);
    let mut old: BTreeMap<_, Model> = stored.into_iter().map(|item| (key(&item), item)).collect();
    let mut new = Vec::new();
    for item in wanted {
        if old.remove(&key(&item)).as_ref() != Some(&item) {
            new.push(item);
        }
    }
    // Those that are replaced go, and those that are gone. That a day passed is no change to count.
    let is_over = |item: &Model| item.listed_until.is_some_and(|until| until <= today);
    let count = old.values().filter(|item| !is_over(item)).count() as u64;
    let keys: Vec<_> = old.into_keys().chain(new.iter().map(key)).collect();
    for keys in keys.chunks(AT_ONCE / 4) {
        let any = keys.iter().fold(Condition::any(), |any, (person, list, number)| {
            any.add(
                Condition::all()
                    .add(Column::PersonId.eq(*person))
                    .add(Column::List.eq(list.as_str()))
                    .add(Column::Number.eq(*number)),
            )
        });
        due_item::Entity::delete_many().filter(any).exec(db).await?;
    }
    let changed = Changed { written: new.len() as u64, removed: count };
    let rows: Vec<_> = new.into_iter().map(|item| item.into_active_model()).collect();
    for rows in rows.chunks(AT_ONCE) {
        due_item::Entity::insert_many(rows.to_vec()).exec_without_returning(db).await?;
    }
    Ok(changed)
}
