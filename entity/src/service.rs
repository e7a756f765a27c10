//! Services (服务项目): the categories of basic public health services in the editions of their specification,
//! what the documents add to them, and which of them migrants are served with first.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

/// The codes that services have, in whichever edition.
pub static CODES: &[&str] = &[
    "HEALTH_RECORD",
    "HEALTH_EDUCATION",
    "IMMUNIZATION",
    "CHILD_CARE",
    "MATERNAL_CARE",
    "ELDERLY_CARE",
    "HYPERTENSION",
    "DIABETES",
    "CHRONIC_DISEASE",
    "SEVERE_MENTAL_DISORDER",
    "INFECTIOUS_DISEASE",
    "TCM",
    "HEALTH_SUPERVISION",
    "FAMILY_PLANNING",
    "EMERGENCY_AID",
    "LEFT_BEHIND_CARE",
    "MEDICAL_ASSISTANCE",
];

/// The edition that is meant where none is named: the one in force when the documents were written.
pub const DEFAULT_EDITION: &str = "2013";

/// The edition of what the documents add to the categories.
pub const ADDITIONS: &str = "addition";

/// A service as an edition numbers and names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Service {
    /// `2011`, `2013`, or [`ADDITIONS`].
    pub edition: String,
    /// Its number in the edition.
    pub number: u8,
    /// Its code, the same in every edition.
    pub code: String,
    /// Its name.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// Which of the six priorities it is part of.
    pub priority: Option<u8>,
    /// The name of that priority.
    pub priority_zh: String,
    /// Where this is written.
    pub source: String,
    /// `yes` where the text of the source was read.
    pub confirmed: String,
    /// The first day on which the edition is in force.
    pub valid_from: NaiveDate,
    /// The last one, where it has ended.
    pub valid_until: Option<NaiveDate>,
}

impl Service {
    /// Whether its edition is in force on a day.
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|last| day <= last)
    }
}

#[expect(clippy::expect_used, reason = "the list is the project's own, and a test reads it")]
static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("../data/services.csv").as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("the list of services has this form")
});

/// All services of all editions, in the order of the list.
pub fn services() -> &'static [Service] {
    &SERVICES
}

/// The services that are owed on a day: those of the edition in force, and the additions.
pub fn in_force(day: NaiveDate) -> impl Iterator<Item = &'static Service> {
    services().iter().filter(move |service| service.is_in_force(day))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn of(edition: &str) -> Vec<&'static Service> {
        services().iter().filter(|service| service.edition == edition).collect()
    }

    #[test]
    fn the_list_of_codes_has_the_codes_of_all_editions_and_no_others() {
        let listed: BTreeSet<&str> = services().iter().map(|service| &*service.code).collect();
        assert_eq!(listed, CODES.iter().copied().collect());
        assert_eq!(listed.len(), CODES.len());
    }

    #[test]
    fn each_edition_has_eleven_categories_and_the_documents_add_four() {
        for (edition, count) in [("2011", 11), (DEFAULT_EDITION, 11), (ADDITIONS, 4)] {
            let numbers: Vec<u8> = of(edition).iter().map(|service| service.number).collect();
            assert_eq!(numbers, (1..=count).collect::<Vec<_>>(), "{edition}");
        }
    }

    #[test]
    fn the_six_priorities_are_seven_codes() {
        let first: Vec<_> = in_force(NaiveDate::from_ymd_opt(2015, 11, 20).unwrap())
            .filter_map(|service| Some((service.priority?, &*service.code)))
            .collect();
        let numbers: BTreeSet<u8> = first.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, (1..=6).collect());
        assert_eq!(first.len(), 7);
        // Mothers and children are one priority of two categories.
        let third = first.iter().filter(|(number, _)| *number == 3).map(|(_, code)| *code);
        assert_eq!(third.collect::<BTreeSet<_>>(), ["CHILD_CARE", "MATERNAL_CARE"].into());
    }

    #[test]
    fn an_edition_is_in_force_until_the_next_begins() {
        let editions = |day: &str| -> BTreeSet<&str> {
            in_force(day.parse().unwrap()).map(|service| &*service.edition).collect()
        };
        assert_eq!(editions("2012-12-31"), ["2011"].into());
        assert_eq!(editions("2013-01-01"), ["2013"].into());
        assert_eq!(editions("2015-03-06"), ["2013", "addition"].into());
    }
}
