//! Counts of requests of persons, which are published.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Datelike as _, Months, NaiveDate, TimeDelta, Utc};
use entity::subject_request::{Column, Entity};
use sea_orm::{ColumnTrait as _, DerivePartialModel, QueryFilter as _};
use serde_json::{Value as Json, json};

use super::Gateway;
use crate::{
    clock::day_in_shanghai,
    db::columns,
    error::{Code, GatewayError, Result},
    rules::subject_request::{is_overdue, kind},
};

/// How long counts are told before they are made anew: anybody may ask for them.
const KEPT: TimeDelta = TimeDelta::minutes(5);

/// How far back they go, in months.
const MONTHS: u32 = 36;

/// The smallest count that is told.
const SMALLEST: u32 = 10;

/// What is read of a request: nothing of whom it is.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "Entity")]
struct Counted {
    kind: String,
    filed_at: DateTime<Utc>,
    due_on: NaiveDate,
    outcome: Option<String>,
    closed_at: Option<DateTime<Utc>>,
}

/// Requests of one quarter and kind.
#[derive(Default)]
struct Cell {
    filed: u32,
    answered: u32,
    refused: u32,
    withdrawn: u32,
    open: u32,
    overdue: u32,
}

/// Counts, and when they were made.
pub(super) type Kept = Option<(DateTime<Utc>, Arc<Json>)>;

impl Gateway {
    /// Requests by quarter and kind, small counts left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn request_counts(&self) -> Result<Arc<Json>> {
        let now = self.clock.now();
        let mut kept = self.request_counts.lock().await;
        if let Some((at, counts)) = kept.as_ref()
            && (TimeDelta::zero()..KEPT).contains(&(now - *at))
        {
            return Ok(counts.clone());
        }
        let since = now.checked_sub_months(Months::new(MONTHS)).unwrap_or(now);
        let rows = columns::all::<Entity, Counted>(&self.db, |requests| {
            requests.filter(Column::FiledAt.gte(since))
        });
        let rows = rows.await.map_err(|_| {
            GatewayError::new(Code::DatabaseUnavailable, "the requests cannot be counted now")
        })?;
        let counts = Arc::new(told(&rows, day_in_shanghai(now)));
        *kept = Some((now, counts.clone()));
        Ok(counts)
    }
}

fn told(rows: &[Counted], today: NaiveDate) -> Json {
    let mut cells: BTreeMap<(String, &str), Cell> = BTreeMap::new();
    for row in rows {
        let filed_on = day_in_shanghai(row.filed_at);
        let quarter = format!("{}-Q{}", filed_on.year(), filed_on.month0() / 3 + 1);
        let cell = cells.entry((quarter, &row.kind)).or_default();
        cell.filed += 1;
        match row.outcome.as_deref() {
            Some("ANSWERED") => cell.answered += 1,
            Some("REFUSED") => cell.refused += 1,
            Some(_) => cell.withdrawn += 1,
            None => cell.open += 1,
        }
        cell.overdue += u32::from(is_overdue(row.due_on, row.closed_at, today));
    }
    let items = cells.iter().map(|((quarter, stored), cell)| {
        let (code, label) = kind(stored).unwrap_or(("", ""));
        // A quarter with few of a kind tells its number of none.
        let number = |count: u32| (cell.filed >= SMALLEST).then_some(count);
        json!({
            "quarter": quarter,
            "kind": code,
            "kindLabelZh": label,
            "filed": number(cell.filed),
            "answered": number(cell.answered),
            "refused": number(cell.refused),
            "withdrawn": number(cell.withdrawn),
            "open": number(cell.open),
            "overdue": number(cell.overdue),
            "suppressed": cell.filed < SMALLEST,
        })
    });
    json!({ "title": "个人信息主体请求办理情况", "counts": items.collect::<Json>() })
}
