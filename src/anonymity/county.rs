//! The county that permits are judged by: 36,000 persons of the demonstration's distribution, as
//! many as a county of the province has migrants, in twelve streets of eight communities.

use chrono::NaiveDate;
use entity::administrative_unit::Model as Unit;

use crate::demo::{Batch, Kind, Options, Population, organizations};

/// As many as a county has.
pub const PERSONS: u64 = 36_000;

const STREETS: i64 = 12;
const COMMUNITIES: i64 = 8;

const PROVINCE: i64 = 100_000_000_000;
const PREFECTURE: i64 = PROVINCE + 1_000_000_000;
const COUNTY: i64 = PREFECTURE + 2_000_000;

/// The county, made anew at each look: the same persons every time.
pub struct County {
    /// The day on which it is looked at.
    pub today: NaiveDate,
    units: Vec<Unit>,
}

impl County {
    #[expect(clippy::expect_used, reason = "the day of the made-up county is one")]
    pub fn new() -> Self {
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
        Self { today, units: units() }
    }

    /// All persons with all their rows, household after household.
    pub fn batches(&self) -> impl Iterator<Item = Batch> {
        let options = Options { persons: PERSONS, seed: 1, today: self.today };
        let mut population = Population::new(options, &self.units);
        std::iter::from_fn(move || population.next_batch())
    }

    /// The key of its organization of a kind.
    pub fn organization(&self, kind: Kind) -> Option<i64> {
        let mut all = organizations(&self.units).into_iter();
        all.find(|organization| organization.kind == kind.name()).map(|found| found.id)
    }
}

fn units() -> Vec<Unit> {
    let mut all = vec![
        unit(PROVINCE, "220000".to_owned(), "province", PROVINCE),
        unit(PREFECTURE, "220100".to_owned(), "prefecture", 1_000_000_000),
        unit(COUNTY, "220102".to_owned(), "county", 1_000_000),
    ];
    for street in 1..=STREETS {
        let key = COUNTY + street * 1_000;
        all.push(unit(key, format!("220102{street:03}"), "street", 1_000));
        all.extend((1..=COMMUNITIES).map(|community| {
            unit(key + community, format!("220102{street:03}{community:03}"), "community", 1)
        }));
    }
    all
}

fn unit(id: i64, code: String, level: &str, size: i64) -> Unit {
    Unit {
        id,
        name: code.clone(),
        code,
        level: level.to_owned(),
        kind: String::new(),
        parent_id: None,
        subtree_end: id + size - 1,
        valid_from: None,
        valid_until: None,
    }
}
