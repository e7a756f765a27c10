//! Which part of the chain a period is: instants never run backwards on it, so the places of a period
//! are found by bisection along the primary key, without an index that every record would pay for.

use chrono::{DateTime, TimeDelta, Utc};
use entity::access_record::{Column, Entity};
use sea_orm::{
    ColumnTrait as _, DatabaseConnection, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::rows;

/// Chains of before order instants to within the time that a request may take.
const MARGIN: TimeDelta = TimeDelta::minutes(1);

/// A period: from an instant on, and up to and without another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// From this instant; from the first record without.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant; up to the last record without.
    pub to: Option<DateTime<Utc>>,
}

impl Period {
    /// Whether an instant is in it.
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }

    /// Places between which, both included, all its records are; others may be, too.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(super) async fn places(&self, db: &DatabaseConnection) -> Result<(i64, i64), DbErr> {
        let last = rows::head(db).await?.map_or(0, |head| head.seq);
        let first = match self.from {
            Some(from) => first_since(db, from - MARGIN, last).await?,
            None => 1,
        };
        let end = match self.to {
            Some(to) => first_since(db, to + MARGIN, last).await?,
            None => last + 1,
        };
        Ok((first, end - 1))
    }
}

/// The first place up to `last` whose record is not before an instant; the one after `last` where all
/// are.
#[expect(clippy::disallowed_methods, reason = "this module keeps the records")]
async fn first_since(
    db: &DatabaseConnection,
    instant: DateTime<Utc>,
    last: i64,
) -> Result<i64, DbErr> {
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        // Records that were removed leave gaps: whoever stands next speaks for them.
        let found: Option<(i64, DateTime<Utc>)> = Entity::find()
            .select_only()
            .columns([Column::Seq, Column::At])
            .filter(Column::Seq.gte(middle))
            .filter(Column::Seq.lt(high))
            .order_by_asc(Column::Seq)
            .limit(1)
            .into_tuple()
            .one(db)
            .await?;
        match found {
            Some((seq, at)) if at < instant => low = seq + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}
