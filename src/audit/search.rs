//! Finds accesses by what auditors know of them.

use entity::access_record::{Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, DatabaseConnection, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::{Access, Outcome, Page, period::Period, show};

/// How many places are looked at with one statement.
const STRIDE: i64 = 100_000;

/// A unit and those under it.
const WITHIN: &str = "unit IN (SELECT inner_unit.code FROM administrative_unit AS outer_unit \
    JOIN administrative_unit AS inner_unit \
    ON inner_unit.id BETWEEN outer_unit.id AND outer_unit.subtree_end WHERE outer_unit.code = ";

/// What is asked for; what is not said does not matter.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// When.
    pub period: Period,
    /// The department's code.
    pub department: Option<String>,
    /// The role's code.
    pub role: Option<String>,
    /// The purpose's code.
    pub purpose: Option<String>,
    /// The code of a unit: the caller's is it or one under it.
    pub unit: Option<String>,
    /// The subject of the token.
    pub caller: Option<String>,
    /// What it came to.
    pub decision: Option<Outcome>,
    /// The key of a person whose data was in the answer.
    pub person: Option<i64>,
}

/// The accesses that a search finds, newest first. `progress` hears of places looked at and in all.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
pub async fn search(
    db: &DatabaseConnection,
    search: &Search,
    page: Page,
    mut progress: impl FnMut(u64, u64),
) -> Result<Vec<Access>, DbErr> {
    let (first, last) = search.period.places(db).await?;
    let last = page.before.map_or(last, |before| last.min(before - 1));
    let total = (last - first + 1).max(0);
    // Who names a person has an index; the others walk along the chain, a stride at a time.
    let stride = if search.person.is_some() { i64::MAX } else { STRIDE };
    let mut found: Vec<Access> = Vec::new();
    let mut high = last;
    while high >= first {
        let low = first.max(high.saturating_sub(stride - 1));
        let wanted = page.limit - found.len() as u64;
        let mut select = Entity::find()
            .filter(Column::Seq.between(low, high))
            .filter(search.condition(db))
            .order_by_desc(Column::Seq)
            .limit(wanted);
        if let Some(person) = search.person {
            let backend = db.get_database_backend();
            select = show::of_person(backend, select, person);
            select = show::with_set(backend, select, person);
        }
        found.extend(show::read(db, select, search.person.is_some()).await?);
        if found.len() as u64 >= page.limit {
            break;
        }
        high = low - 1;
        progress((last - high).unsigned_abs(), total.unsigned_abs());
    }
    Ok(found)
}

impl Search {
    fn condition(&self, db: &DatabaseConnection) -> Condition {
        let equal = [
            (Column::Department, &self.department),
            (Column::Role, &self.role),
            (Column::Purpose, &self.purpose),
            (Column::Caller, &self.caller),
        ];
        let equal = equal
            .into_iter()
            .filter_map(|(column, value)| value.as_ref().map(|value| column.eq(value)));
        let mut all = Condition::all();
        for one in equal {
            all = all.add(one);
        }
        let decision = self.decision.map(|decision| Column::Decision.eq(decision.as_str()));
        let place = match db.get_database_backend() {
            sea_orm::DbBackend::Postgres => "$1)",
            _ => "?)",
        };
        all.add_option(decision)
            .add_option(
                self.unit
                    .as_ref()
                    .map(|unit| Expr::cust_with_values(format!("{WITHIN}{place}"), [unit.clone()])),
            )
            .add_option(self.period.from.map(|from| Column::At.gte(from)))
            .add_option(self.period.to.map(|to| Column::At.lt(to)))
    }
}
