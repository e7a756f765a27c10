//! The national immunization schedule by edition: which doses are due when.
//!
//! Nothing but the demonstration calls this, which makes up doses by it: no field tells what is due, and
//! what a collector brings is not checked by it until records are imported.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{residence::months_after, rows};

/// An edition of the schedule (国家免疫规划疫苗儿童免疫程序).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edition {
    /// 2008.
    E2008,
    /// 2016.
    E2016,
    /// 2021.
    E2021,
    /// 2025.
    E2025,
}

impl Edition {
    /// All editions, oldest first.
    pub const ALL: [Edition; 4] = [Edition::E2008, Edition::E2016, Edition::E2021, Edition::E2025];

    /// The code: the year.
    pub const fn code(self) -> &'static str {
        match self {
            Edition::E2008 => "2008",
            Edition::E2016 => "2016",
            Edition::E2021 => "2021",
            Edition::E2025 => "2025",
        }
    }

    /// The edition with this code.
    pub fn parse(code: &str) -> Option<Edition> {
        Edition::ALL.into_iter().find(|edition| edition.code() == code)
    }

    /// The edition a child follows: the one of the year it was born in.
    ///
    /// The gateway's convention: editions took effect within their year, on different days in
    /// different provinces, and a clinic may record another one for a child.
    pub fn of_birth(birth: NaiveDate) -> Edition {
        match birth.year() {
            ..2016 => Edition::E2008,
            2016..2021 => Edition::E2016,
            2021..2025 => Edition::E2021,
            _ => Edition::E2025,
        }
    }
}

/// One dose of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduledDose {
    /// Abbreviation of the vaccine.
    pub vaccine: &'static str,
    /// Which dose of it, from 1.
    pub number: i32,
    /// The age in calendar months from which it is due.
    pub age_months: u32,
}

impl ScheduledDose {
    /// The day it is due for a child.
    pub fn due_on(&self, birth: NaiveDate) -> NaiveDate {
        months_after(birth, self.age_months)
    }
}

/// A dose not yet given, with the day it is or was due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DueDose {
    /// Abbreviation of the vaccine.
    pub vaccine_code: String,
    /// Which dose of it, from 1.
    pub dose_number: i32,
    /// When it is due.
    pub due_on: NaiveDate,
}

#[expect(clippy::expect_used, reason = "the list is the project's own, and a test reads it")]
static SCHEDULES: LazyLock<BTreeMap<Edition, Vec<ScheduledDose>>> = LazyLock::new(|| {
    let mut schedules = BTreeMap::<_, Vec<_>>::new();
    for row in rows(include_str!("../data/nip_schedule.csv")) {
        schedules.entry(Edition::parse(row[0]).expect("a known edition")).or_default().push(
            ScheduledDose {
                vaccine: row[1],
                number: row[2].parse().expect("the number of a dose"),
                age_months: row[3].parse().expect("an age in months"),
            },
        );
    }
    for doses in schedules.values_mut() {
        doses.sort_by_key(|dose| (dose.age_months, dose.vaccine, dose.number));
    }
    schedules
});

/// The doses of an edition by age. The default vaccines only: the inactivated alternatives of
/// JE-L and HepA-L are a choice the parents pay for.
pub fn schedule(edition: Edition) -> &'static [ScheduledDose] {
    SCHEDULES.get(&edition).map_or(&[], Vec::as_slice)
}

/// Every dose of the edition that was not given, by due date; those of the future too.
pub fn pending_doses(birth: NaiveDate, edition: Edition, given: &[(&str, i32)]) -> Vec<DueDose> {
    schedule(edition)
        .iter()
        .filter(|dose| !given.contains(&(dose.vaccine, dose.number)))
        .map(|dose| DueDose {
            vaccine_code: dose.vaccine.to_owned(),
            dose_number: dose.number,
            due_on: dose.due_on(birth),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_edition_has_twenty_two_doses() {
        for edition in Edition::ALL {
            assert_eq!(schedule(edition).len(), 22, "{}", edition.code());
        }
    }

    #[test]
    fn the_year_of_birth_decides_the_edition() {
        for (birth, edition) in [
            ("2015-12-31", Edition::E2008),
            ("2016-01-01", Edition::E2016),
            ("2020-12-31", Edition::E2016),
            ("2021-01-01", Edition::E2021),
            ("2025-01-01", Edition::E2025),
        ] {
            assert_eq!(Edition::of_birth(day(birth)), edition, "{birth}");
        }
    }

    #[test]
    fn due_dates_keep_to_month_ends() {
        let pending = pending_doses(day("2022-08-31"), Edition::E2021, &[]);
        let due = |vaccine: &str, number| {
            let found =
                |dose: &&DueDose| (&*dose.vaccine_code, dose.dose_number) == (vaccine, number);
            pending.iter().find(found).unwrap().due_on
        };
        assert_eq!(due("HepB", 3), day("2023-02-28"));
        assert_eq!(due("MMR", 2), day("2024-02-29"));
        assert_eq!(due("DT", 1), day("2028-08-31"));
    }

    #[test]
    fn what_was_given_is_no_longer_pending() {
        let given = [("HepB", 1), ("BCG", 1), ("HepB", 2)];
        let pending = pending_doses(day("2024-01-15"), Edition::E2021, &given);
        assert_eq!(pending.len(), 19);
        assert!(pending.windows(2).all(|pair| pair[0].due_on <= pair[1].due_on));
        assert!(pending.iter().all(|dose| dose.vaccine_code != "BCG"));
    }
}
