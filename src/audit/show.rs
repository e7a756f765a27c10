//! Tells a person who saw its data.

use chrono::{DateTime, Utc};
use entity::{access_record, access_subject};
use sea_orm::{
    ColumnTrait, DatabaseConnection, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect,
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
}

/// Which part of a person's accesses.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Only records before this place; the newest without.
    pub before: Option<i64>,
    /// How many at most.
    pub limit: u64,
}

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
    let to_record = access_subject::Entity::belongs_to(access_record::Entity)
        .from(access_subject::Column::Seq)
        .to(access_record::Column::Seq)
        .into();
    let mut select = access_subject::Entity::find()
        .select_only()
        .columns([
            access_record::Column::Seq,
            access_record::Column::At,
            access_record::Column::Caller,
            access_record::Column::Role,
            access_record::Column::Department,
            access_record::Column::Unit,
            access_record::Column::Organization,
            access_record::Column::Purpose,
            access_record::Column::Fields,
            access_record::Column::Decision,
        ])
        .join(JoinType::InnerJoin, to_record)
        .filter(access_subject::Column::PersonId.eq(person_id))
        .order_by_desc(access_subject::Column::Seq)
        .limit(page.limit);
    if let Some(before) = page.before {
        select = select.filter(access_subject::Column::Seq.lt(before));
    }
    select.into_model().all(db).await
}
