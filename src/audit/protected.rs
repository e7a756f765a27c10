//! Accesses that tell of specially protected data (C4), as events: when, by which department, for what
//! purpose, how many. Of whom is not among them, nor who asked by name.

use chrono::{DateTime, Utc};
use entity::{access_record, administrative_unit, sharing};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, DerivePartialModel,
    EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, Select,
};

use super::{Period, fields::RecordedField, show::of_person};
use crate::graphql::sql::CLINIC;

/// Which events are asked for, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// Keys of the administrative units whose accesses are seen.
    pub units: (i64, i64),
    /// Before this record.
    pub before: Option<i64>,
    /// From this instant on.
    pub from: Option<DateTime<Utc>>,
    /// Until before this instant.
    pub until: Option<DateTime<Utc>>,
    /// Of this department, by code.
    pub department: Option<String>,
    /// For this purpose, by code.
    pub purpose: Option<String>,
    /// By this caller, as records name it.
    pub caller: Option<String>,
    /// Of this person.
    pub person: Option<i64>,
    /// How many at most.
    pub limit: u64,
}

/// An access that a case may concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Concerned {
    /// The place in the chain of records.
    pub seq: i64,
    /// How many persons it tells of.
    pub subject_count: i64,
}

/// One access that tells of C4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectedAccess {
    /// The place in the chain of records.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The department's code.
    pub department: String,
    /// The purpose's code.
    pub purpose: Option<String>,
    /// `allowed`, or the code of the refusal.
    pub decision: String,
    /// What sort of organization it was, no finer than that it treats people.
    pub organization: Option<&'static str>,
    /// How many fields were asked for.
    pub fields: usize,
    /// The classes of those fields.
    pub classes: Vec<&'static str>,
    /// How many persons it tells of.
    pub persons: i64,
    /// The subject of the token: whoever shows events shows a pseudonym of it.
    pub caller: String,
}

/// The columns of a record that events are made of.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "access_record::Entity")]
struct Row {
    seq: i64,
    at: DateTime<Utc>,
    caller: String,
    department: String,
    organization: Option<String>,
    purpose: Option<String>,
    decision: String,
    fields: String,
    subject_count: i64,
}

/// The events sought.
///
/// # Errors
/// When the database cannot be read.
pub async fn protected(
    db: &DatabaseConnection,
    sought: &Sought,
) -> Result<Vec<ProtectedAccess>, DbErr> {
    use access_record::Column::*;
    let select = of(db.get_database_backend(), sought)
        .columns([Seq, At, Caller, Department, Organization, Purpose, Decision, Fields])
        .column(SubjectCount)
        .order_by_desc(Seq)
        .limit(sought.limit);
    let rows = select.into_model::<Row>().all(db).await?;
    Ok(rows.into_iter().map(ProtectedAccess::from).collect())
}

/// The same as a case names them, the newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn concerned(db: &DatabaseConnection, sought: &Sought) -> Result<Vec<Concerned>, DbErr> {
    use access_record::Column::{Seq, SubjectCount};
    // Instants never run backwards: a period is a part of the chain, and no more of it is read.
    let period = Period { from: sought.from, to: sought.until };
    let (first, last) = period.places(db).await?;
    let select = of(db.get_database_backend(), sought)
        .columns([Seq, SubjectCount])
        .filter(Seq.between(first, last))
        .order_by_desc(Seq)
        .limit(sought.limit);
    select.into_model().all(db).await
}

/// Those of some places that tell of C4 and were made in some units.
///
/// # Errors
/// When the database cannot be read.
pub async fn concerned_at(
    db: &impl ConnectionTrait,
    units: (i64, i64),
    places: &[i64],
) -> Result<Vec<Concerned>, DbErr> {
    use access_record::Column::{Seq, SubjectCount};
    let sought = Sought { units, ..Sought::default() };
    let select = of(db.get_database_backend(), &sought)
        .columns([Seq, SubjectCount])
        .filter(Seq.is_in(places.iter().copied()));
    select.into_model().all(db).await
}

/// Who made the accesses sought, each once: who is known by a pseudonym is found among them.
///
/// # Errors
/// When the database cannot be read.
pub async fn callers(db: &DatabaseConnection, sought: &Sought) -> Result<Vec<String>, DbErr> {
    use access_record::Column::{Caller, Seq};
    let period = Period { from: sought.from, to: sought.until };
    let (first, last) = period.places(db).await?;
    let select = of(db.get_database_backend(), sought).column(Caller).distinct();
    select.filter(Seq.between(first, last)).into_tuple().all(db).await
}

/// The records sought, of which no column is selected yet.
#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
fn of(backend: DbBackend, sought: &Sought) -> Select<access_record::Entity> {
    use access_record::Column::*;
    let (first, last) = sought.units;
    let units = administrative_unit::Entity::find()
        .select_only()
        .column(administrative_unit::Column::Code)
        .filter(administrative_unit::Column::Id.between(first, last))
        .into_query();
    let mut select = access_record::Entity::find()
        .select_only()
        .filter(Protected.eq(true))
        .filter(Unit.in_subquery(units));
    if let Some(person) = sought.person {
        select = of_person(backend, select, person);
    }
    if let Some(caller) = &sought.caller {
        select = select.filter(Caller.eq(caller));
    }
    if let Some(before) = sought.before {
        select = select.filter(Seq.lt(before));
    }
    if let Some(from) = sought.from {
        select = select.filter(At.gte(from));
    }
    if let Some(until) = sought.until {
        select = select.filter(At.lt(until));
    }
    if let Some(department) = &sought.department {
        select = select.filter(Department.eq(department));
    }
    if let Some(purpose) = &sought.purpose {
        select = select.filter(Purpose.eq(purpose));
    }
    select
}

impl From<Row> for ProtectedAccess {
    fn from(row: Row) -> Self {
        let named = || RecordedField::of_record(&row.fields);
        let mut classes: Vec<&'static str> =
            named().filter_map(|field| Some(field.field()?.spec.class.code())).collect();
        classes.sort_unstable();
        classes.dedup();
        // Beside such an access the name alone may say what somebody was treated for.
        let treats = row.department == sharing::Department::Health.code();
        Self {
            seq: row.seq,
            at: row.at,
            fields: named().count(),
            classes,
            organization: row.organization.filter(|_| treats).map(|_| CLINIC),
            department: row.department,
            purpose: row.purpose,
            decision: row.decision,
            persons: row.subject_count,
            caller: row.caller,
        }
    }
}
