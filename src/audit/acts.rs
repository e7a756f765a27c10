//! Tells what administrators changed.

use chrono::{DateTime, Utc};
use entity::access_record;
use sea_orm::{
    ColumnTrait, DatabaseConnection, DbErr, DerivePartialModel, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::Value as Json;

use super::Page;

/// One administrative act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The record's place in the chain; [`Page::before`] for the next page.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: the subject of the token, or of the command line the user of the operating system.
    pub caller: String,
    /// Role code.
    pub role: String,
    /// What was done: `grant.approve`.
    pub action: String,
    /// To what.
    pub target: String,
    /// What stood there before.
    pub before: Json,
    /// What stands there now.
    pub after: Json,
}

/// The columns of a record that acts are made of.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "access_record::Entity")]
struct Row {
    seq: i64,
    at: DateTime<Utc>,
    caller: String,
    role: String,
    change: String,
}

/// What was changed, newest first.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
pub async fn acts(db: &DatabaseConnection, page: Page) -> Result<Vec<Act>, DbErr> {
    use access_record::Column::{Change, Seq};
    let mut select = access_record::Entity::find()
        .filter(Change.is_not_null())
        .order_by_desc(Seq)
        .limit(page.limit);
    if let Some(before) = page.before {
        select = select.filter(Seq.lt(before));
    }
    let rows = select.into_partial_model::<Row>().all(db).await?;
    Ok(rows.into_iter().map(Act::from).collect())
}

impl From<Row> for Act {
    fn from(row: Row) -> Self {
        // What somebody wrote over it is shown as it is: the chain tells that it was.
        let change = serde_json::from_str(&row.change).unwrap_or(Json::String(row.change));
        let text = |name: &str| change[name].as_str().unwrap_or_default().to_owned();
        Self {
            seq: row.seq,
            at: row.at,
            caller: row.caller,
            role: row.role,
            action: text("action"),
            target: text("target"),
            before: change["before"].clone(),
            after: if change.is_object() { change["after"].clone() } else { change },
        }
    }
}
