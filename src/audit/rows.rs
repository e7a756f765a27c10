//! Reads records as they are stored, also where somebody made them unreadable.
#![expect(clippy::disallowed_methods, reason = "this module keeps the records")]

use entity::{access_head, access_record};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait,
    FromQueryResult, QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait, Select,
};

use crate::db::sqlite_instant;

/// How many records are read at a time.
const PAGE: u64 = 1000;
/// How many candidates are looked at for one displaced record.
const CANDIDATES: u64 = 100;

/// A stored row; `record` is `None` where a value does not have its column's type.
pub(super) struct Row {
    pub seq: i64,
    pub record: Option<access_record::Model>,
}

/// The head of the chain; `None` where it is missing or unreadable.
pub(super) async fn head(db: &DatabaseConnection) -> Result<Option<access_head::Model>, DbErr> {
    let row = db.query_one(access_head::Entity::find_by_id(1).as_query()).await?;
    Ok(row.and_then(|row| access_head::Model::from_query_result(&row, "").ok()))
}

/// The next records after `after` and up to `through`, in order; from the very first without
/// `after`, whatever its number.
pub(super) async fn page(
    db: &DatabaseConnection,
    after: Option<i64>,
    through: i64,
) -> Result<Vec<Row>, DbErr> {
    let mut select =
        access_record::Entity::find().filter(access_record::Column::Seq.lte(through)).limit(PAGE);
    if let Some(after) = after {
        select = select.filter(access_record::Column::Seq.gt(after));
    }
    read(db, select).await
}

/// The first record with a number above `seq`.
pub(super) async fn first_after(db: &DatabaseConnection, seq: i64) -> Result<Option<Row>, DbErr> {
    let select = access_record::Entity::find().filter(access_record::Column::Seq.gt(seq)).limit(1);
    Ok(read(db, select).await?.pop())
}

/// The records that name `hash` as the one before them. Reads the whole table.
pub(super) async fn naming(db: &DatabaseConnection, hash: &str) -> Result<Vec<Row>, DbErr> {
    let names = access_record::Column::PreviousHash.eq(hash);
    read(db, access_record::Entity::find().filter(names).limit(CANDIDATES)).await
}

/// The largest `seq` of a table; the largest there is where it cannot be read.
pub(super) async fn last_seq<E: EntityTrait>(
    db: &DatabaseConnection,
    seq: E::Column,
) -> Result<Option<i64>, DbErr> {
    let select = E::find().select_only().column(seq).order_by_desc(seq).limit(1);
    Ok(db.query_one(select.as_query()).await?.map(|row| integer(&row, "seq").unwrap_or(i64::MAX)))
}

/// An integer column, where it holds one.
pub(super) fn integer(row: &QueryResult, column: &str) -> Option<i64> {
    row.try_get("", column).ok()
}

async fn read(
    db: &DatabaseConnection,
    select: Select<access_record::Entity>,
) -> Result<Vec<Row>, DbErr> {
    let sqlite = db.get_database_backend() == DbBackend::Sqlite;
    let mut select = select.order_by_asc(access_record::Column::Seq);
    if sqlite {
        let spelling = Expr::col(access_record::Column::At).cast_as("text");
        select = select.expr_as(spelling, "at_spelling");
    }
    let rows = db.query_all(select.as_query()).await?;
    Ok(rows.iter().map(|row| to_row(row, sqlite)).collect())
}

fn to_row(row: &QueryResult, sqlite: bool) -> Row {
    let record = access_record::Model::from_query_result(row, "")
        .ok()
        .filter(|record| !sqlite || is_spelled_as_written(row, record));
    Row { seq: integer(row, "seq").unwrap_or(i64::MAX), record }
}

/// SQLite keeps instants as text, of which many spellings read as the same instant; only the one
/// the writer uses is unaltered.
fn is_spelled_as_written(row: &QueryResult, record: &access_record::Model) -> bool {
    let spelling: Option<String> = row.try_get("", "at_spelling").ok();
    spelling.is_some_and(|text| text == sqlite_instant(record.at))
}
