//! Tells a person who saw its data.

use entity::{access_record, access_subject};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait,
    FromQueryResult, JoinType, QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait,
    Select,
};

use super::fields::shown_of;

/// One access to people's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Its record, whose place in the chain is [`Page::before`] for the next page.
    pub record: access_record::Model,
    /// Of an access that was looked for by a person: what was shown or tested of that person, of all
    /// that the record names.
    pub of_person: Option<String>,
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
    use access_record::Column::Seq;
    let select = access_record::Entity::find().order_by_desc(Seq).limit(page.limit);
    let backend = db.get_database_backend();
    let mut select = with_set(backend, of_person(backend, select, person_id), person_id);
    if let Some(before) = page.before {
        select = select.filter(Seq.lt(before));
    }
    read(db, select, true).await
}

/// Reads accesses, with what was shown of the person by whom they were looked for.
pub(super) async fn read(
    db: &DatabaseConnection,
    select: Select<access_record::Entity>,
    is_of_person: bool,
) -> Result<Vec<Access>, DbErr> {
    let rows = db.query_all(select.as_query()).await?;
    let access = |row: &QueryResult| {
        let record = access_record::Model::from_query_result(row, "")?;
        let of_person = match is_of_person {
            true => {
                let set = row.try_get("", SET)?;
                Some(shown_of(&record.fields, record.shown.as_deref(), set))
            }
            false => None,
        };
        Ok(Access { record, of_person })
    };
    rows.iter().map(access).collect()
}

/// The column with the number of the person's set of fields.
const SET: &str = "set_of_person";

/// Those records whose answers held this person's data.
pub(super) fn of_person(
    backend: DbBackend,
    select: Select<access_record::Entity>,
    person_id: i64,
) -> Select<access_record::Entity> {
    if backend == DbBackend::Postgres {
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

/// Adds to records [of a person](of_person) the number of the person's set of fields.
pub(super) fn with_set(
    backend: DbBackend,
    select: Select<access_record::Entity>,
    person_id: i64,
) -> Select<access_record::Entity> {
    if backend == DbBackend::Postgres {
        let set = "(SELECT s.shown FROM access_subject s \
                   WHERE s.seq = access_record.seq AND s.person_id = $1)";
        return select.expr_as(Expr::cust_with_values(set, [person_id]), SET);
    }
    select.expr_as(access_subject::Column::Shown.into_expr(), SET)
}
