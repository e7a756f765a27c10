//! Works out everybody's items, some persons at a time, so that a pass that was stopped goes on where it
//! was; and once that is done, of the persons for whom a day was registered ahead.

use chrono::NaiveDate;
use entity::{due_recheck, due_refresh, person};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DatabaseConnection,
    DatabaseTransaction, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, TransactionTrait as _,
};

use super::{Changed, Organizations, RULES, recompute, store::Locked};
use crate::rules::calendar::days_between;

/// After how many days a pass over everybody is made anew: what lies years ahead is not stored.
const PASS_EVERY: i64 = 365;

/// The key of the one row.
const ROW: i64 = 1;

/// How many persons with a day ahead are read at once.
const AT_ONCE: u64 = 500;

/// What a refresh did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// How many persons were worked out.
    pub persons: u64,
    /// Whether everybody was.
    pub everybody: bool,
    /// What changed.
    pub changed: Changed,
}

impl Refreshed {
    fn add(&mut self, persons: u64, changed: Changed) {
        self.persons += persons;
        self.changed.written += changed.written;
        self.changed.removed += changed.removed;
    }
}

/// Brings the items up to a day. Several at once do the same work; gateways may go on answering.
/// `progress` is told how many persons there are to be worked out, and then of each step how many were.
///
/// # Errors
/// When the database does not answer. What was done until then stays done.
pub async fn refresh(
    db: &DatabaseConnection,
    today: NaiveDate,
    from_anew: bool,
    mut progress: impl FnMut(Step),
) -> Result<Refreshed, DbErr> {
    let mut refreshed = Refreshed::default();
    let state = state(db).await?;
    let through = match state {
        Some(state) if !from_anew && state.rules == RULES => match state.completed_on {
            None => Some(state.through),
            Some(day) if days_between(day, today) <= PASS_EVERY => None,
            Some(_) => Some(begin(db).await?),
        },
        _ => Some(begin(db).await?),
    };
    if let Some(through) = through {
        refreshed.everybody = true;
        pass(db, through, today, &mut refreshed, &mut progress).await?;
    }
    recheck(db, today, &mut refreshed, &mut progress).await?;
    Ok(refreshed)
}

/// How far a refresh has come.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// So many persons are to be worked out.
    Begin(u64),
    /// So many more were.
    Done(u64),
}

#[expect(clippy::disallowed_methods, reason = "reads how far it has come, no personal data")]
async fn state(db: &impl ConnectionTrait) -> Result<Option<due_refresh::Model>, DbErr> {
    due_refresh::Entity::find_by_id(ROW).one(db).await
}

/// Begins with the first person.
async fn begin(db: &DatabaseConnection) -> Result<i64, DbErr> {
    let row =
        due_refresh::Model { id: ROW, rules: RULES.to_owned(), through: 0, completed_on: None };
    let transaction = db.begin().await?;
    due_refresh::Entity::delete_by_id(ROW).exec(&transaction).await?;
    row.into_active_model().insert(&transaction).await?;
    transaction.commit().await?;
    Ok(0)
}

async fn pass(
    db: &DatabaseConnection,
    through: i64,
    today: NaiveDate,
    refreshed: &mut Refreshed,
    progress: &mut impl FnMut(Step),
) -> Result<(), DbErr> {
    let organizations = Organizations::read(db).await?;
    progress(Step::Begin(count(db, through).await?));
    let mut after = through;
    while let Some(from) = next_person(db, after).await? {
        let transaction = db.begin().await?;
        let locked = Locked::from(&transaction, from).await?;
        // The write comes first: SQLite lets nobody else write from here on.
        set(&transaction, locked.last(), None).await?;
        let (persons, changed) = locked.work_out(&transaction, &organizations, today).await?;
        transaction.commit().await?;
        after = locked.last();
        refreshed.add(persons, changed);
        progress(Step::Done(persons));
    }
    set(db, after, Some(today)).await
}

async fn set(
    db: &impl ConnectionTrait,
    through: i64,
    completed_on: Option<NaiveDate>,
) -> Result<(), DbErr> {
    let row = due_refresh::ActiveModel {
        id: Set(ROW),
        through: Set(through),
        completed_on: Set(completed_on),
        ..Default::default()
    };
    due_refresh::Entity::update(row).exec(db).await.map(drop)
}

/// How many persons there are behind a key.
#[expect(clippy::disallowed_methods, reason = "counts, and reads no personal data")]
async fn count(db: &impl ConnectionTrait, after: i64) -> Result<u64, DbErr> {
    let behind = person::Entity::find().filter(person::Column::Id.gt(after)).select_only();
    let counted = behind.column_as(person::Column::Id.count(), "counted");
    let counted = counted.into_tuple::<i64>().one(db).await?;
    Ok(counted.and_then(|counted| u64::try_from(counted).ok()).unwrap_or_default())
}

#[expect(clippy::disallowed_methods, reason = "reads keys, no personal data")]
async fn next_person(db: &impl ConnectionTrait, after: i64) -> Result<Option<i64>, DbErr> {
    let keys = person::Entity::find().select_only().column(person::Column::Id);
    let next = keys.filter(person::Column::Id.gt(after)).order_by_asc(person::Column::Id).limit(1);
    next.into_tuple::<i64>().one(db).await
}

/// Works out the persons whose day has come.
#[expect(clippy::disallowed_methods, reason = "reads keys, no personal data")]
async fn recheck(
    db: &DatabaseConnection,
    today: NaiveDate,
    refreshed: &mut Refreshed,
    progress: &mut impl FnMut(Step),
) -> Result<(), DbErr> {
    loop {
        let due = due_recheck::Entity::find()
            .filter(due_recheck::Column::FromDay.lte(today))
            .limit(AT_ONCE)
            .all(db)
            .await?;
        if due.is_empty() {
            return Ok(());
        }
        for row in due {
            let transaction = db.begin().await?;
            let changed = again(&transaction, row.person_id, today).await?;
            transaction.commit().await?;
            refreshed.add(1, changed);
            progress(Step::Done(1));
        }
    }
}

async fn again(
    transaction: &DatabaseTransaction,
    person: i64,
    today: NaiveDate,
) -> Result<Changed, DbErr> {
    due_recheck::Entity::delete_by_id(person).exec(transaction).await?;
    recompute(transaction, person, today).await
}
