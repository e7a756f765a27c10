//! What writing the rows of one household needs: its draws, the day, the batch to fill.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use entity::sharing::Department;
use serde::Serialize;

use super::batch::Batch;
use super::dice::Dice;
use super::places::Places;

/// The rows of a household in the making.
pub(super) struct Draft<'a> {
    pub dice: Dice,
    pub today: NaiveDate,
    pub places: &'a Places,
    pub batch: &'a mut Batch,
    /// The last key given out; one sequence for all tables but persons.
    pub last_key: &'a mut i64,
}

/// Where a row came from and when.
#[derive(Clone, Debug)]
pub(super) struct Stamp {
    pub source_system: &'static str,
    pub collecting_department: Department,
    pub collected_at: DateTime<Utc>,
    pub recorded_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Writes a row with its provenance: `row!(table { column: value }, stamp)`.
macro_rules! row {
    ($kind:ident { $($column:ident $(: $value:expr)?),* $(,)? }, $stamp:expr $(,)?) => {{
        let stamp: $crate::demo::draft::Stamp = $stamp;
        entity::$kind::Model {
            $($column $(: $value)?,)*
            source_system: stamp.source_system.to_owned(),
            collecting_department: stamp.collecting_department.code().to_owned(),
            collected_at: stamp.collected_at,
            recorded_at: stamp.recorded_at,
            updated_at: stamp.updated_at,
        }
    }};
}
pub(super) use row;

impl Draft<'_> {
    /// The next key.
    pub fn key(&mut self) -> i64 {
        *self.last_key += 1;
        *self.last_key
    }

    /// A day between two, both included and neither after today.
    pub fn day_between(&mut self, from: NaiveDate, until: NaiveDate) -> NaiveDate {
        let from = from.min(self.today);
        let span = (until.min(self.today) - from).num_days().max(0);
        from + Days::new(u64::from(self.dice.below(span as u32 + 1)))
    }

    /// A day up to so many days later, but not after today.
    pub fn soon_after(&mut self, day: NaiveDate, days: u64) -> NaiveDate {
        self.day_between(day, day + Days::new(days))
    }

    /// An instant in the working hours of a day, never after today begins in Shanghai.
    pub fn instant(&mut self, day: NaiveDate) -> DateTime<Utc> {
        let second = TimeDelta::seconds(i64::from(self.dice.below(9 * 3600)));
        (day.and_time(NaiveTime::MIN).and_utc() + second).min(latest(self.today))
    }

    /// Provenance of what was collected on a day, recorded soon and perhaps updated since.
    pub fn stamp(
        &mut self,
        source_system: &'static str,
        collecting_department: Department,
        day: NaiveDate,
    ) -> Stamp {
        let collected_at = self.instant(day);
        let recorded_at = self.later(collected_at, 3);
        let updated_at =
            if self.dice.chance(400) { self.later(recorded_at, 300) } else { recorded_at };
        Stamp { source_system, collecting_department, collected_at, recorded_at, updated_at }
    }

    /// An instant up to so many days later, spread over the time left before today.
    fn later(&mut self, instant: DateTime<Utc>, days: i64) -> DateTime<Utc> {
        let left = (latest(self.today) - instant).min(TimeDelta::days(days));
        instant + TimeDelta::seconds(i64::from(self.dice.below(left.num_seconds() as u32 + 1)))
    }

    /// Provenance of what a health worker collected on a day.
    pub fn health_stamp(&mut self, day: NaiveDate) -> Stamp {
        self.stamp("basic-public-health", Department::Health, day)
    }
}

/// The last instant a row may bear: the beginning of today in Shanghai.
pub(super) fn latest(today: NaiveDate) -> DateTime<Utc> {
    today.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(8)
}

/// A text column with a value.
pub(super) fn text(value: impl Into<String>) -> Option<String> {
    Some(value.into())
}

/// A structured column with a value.
#[expect(clippy::expect_used, reason = "plain values are JSON")]
pub(super) fn json(value: impl Serialize) -> Option<String> {
    Some(serde_json::to_string(&value).expect("plain values are JSON"))
}

/// A list column; empty lists are not stored, so that they leave no trace.
pub(super) fn list<T: Serialize>(items: Vec<T>) -> Option<String> {
    if items.is_empty() { None } else { json(items) }
}
