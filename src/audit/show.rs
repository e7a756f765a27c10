//! Tells a person who saw its data.

use chrono::{DateTime, Utc};
use entity::{access_record, access_subject};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, FromQueryResult, JoinType,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

/// One access to a person's data.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Access {
    /// The record's place in the chain; [`Page::before`] for the next page.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The subject of the token.
    pub caller: String,
    /// Role code.
    pub role: String,
    /// Department code.
    pub department: String,
    /// Unit code.
    pub unit: String,
    /// Organization code.
    pub organization: Option<String>,
    /// Purpose code.
    pub purpose: Option<String>,
    /// `Kind.field:level` of everything asked for.
    pub fields: String,
    /// `allowed`, or the code of the refusal.
    pub decision: String,
    /// How many persons the answer told of.
    pub subject_count: i64,
}

/// Which part of a person's accesses.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Only records before this place; the newest without.
    pub before: Option<i64>,
    /// How many at most.
    pub limit: u64,
}

/// The columns of an access.
pub(super) const COLUMNS: [access_record::Column; 11] = {
    use access_record::Column::*;
    [Seq, At, Caller, Role, Department, Unit, Organization, Purpose, Fields, Decision, SubjectCount]
};

/// Who saw this person's data, newest first.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
pub async fn accesses_of(
    db: &DatabaseConnection,
    person_id: i64,
    page: Page,
) -> Result<Vec<Access>, DbErr> {
    use access_record::Column::Seq;
    let select = access_record::Entity::find()
        .select_only()
        .columns(COLUMNS)
        .order_by_desc(Seq)
        .limit(page.limit);
    let mut select = of_person(db, select, person_id);
    if let Some(before) = page.before {
        select = select.filter(Seq.lt(before));
    }
    select.into_model().all(db).await
}

/// Those records whose answers held this person's data.
pub(super) fn of_person(
    db: &DatabaseConnection,
    select: Select<access_record::Entity>,
    person_id: i64,
) -> Select<access_record::Entity> {
    if db.get_database_backend() == DbBackend::Postgres {
        // `ARRAY[$1]` would be taken for a quoted name, with no parameter in it.
        let holds = "subjects @> array_append('{}'::bigint[], $1)";
        return select.filter(Expr::cust_with_values(holds, [person_id]));
    }
    let subject = access_record::Entity::belongs_to(access_subject::Entity)
        .from(access_record::Column::Seq)
        .to(access_subject::Column::Seq)
        .into();
    select.join(JoinType::InnerJoin, subject).filter(access_subject::Column::PersonId.eq(person_id))
}
