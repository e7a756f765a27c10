//! Who lives where on a day, and since when: open residences and stays (rules ).

use crate::calendar::{Day, days_between};
use crate::regions::{self, County, Sense};

pub use crate::calendar::{months_after, months_complete, whole_months};

/// Residences of one county join when no more days lie between them, and an absence of no more days
/// is none.
const GAP_DAYS: i64 = 30;

/// Days away, from the first to the day of return, which is none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The first day away.
    pub from: Day,
    /// The day of return; none while the person is away.
    pub until: Option<Day>,
}

/// A registration of residence, or an accepted notice of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Residence {
    /// The code of the place: 6, 9 or 12 digits, or a management unit.
    pub region: Option<String>,
    /// The day of arrival.
    pub arrival: Day,
    /// The day of departure, on which the person is gone.
    pub departure: Option<Day>,
    /// Days away.
    pub absences: Vec<Absence>,
    /// The code of the reason for moving.
    pub move_reason: Option<String>,
    /// The day on which it was last collected.
    pub collected: Option<Day>,
}

impl Residence {
    /// The county, management units counted as counties.
    pub fn county(&self) -> Option<County> {
        regions::county(self.region.as_deref()?, Sense::Health)
    }

    /// Whether it is open on a day: from the arrival until the day before the departure (choice).
    pub fn is_open(&self, on: Day) -> bool {
        self.arrival <= on && self.departure.is_none_or(|departure| on < departure)
    }

    /// The spans of it that began by a day, each without its last day: an absence of more than 30
    /// days ends one and the return begins another.
    fn spans(&self, on: Day) -> Vec<(Day, Day)> {
        let end = self.departure.unwrap_or(Day::MAX);
        let is_long =
            |away: &&Absence| days_between(away.from, away.until.unwrap_or(on)) > GAP_DAYS;
        let mut long: Vec<&Absence> = self.absences.iter().filter(is_long).collect();
        long.sort_by_key(|away| away.from);
        let mut spans = Vec::new();
        let mut start = self.arrival;
        for away in long {
            spans.push((start, away.from.min(end)));
            start = start.max(away.until.unwrap_or(Day::MAX));
        }
        spans.push((start, end));
        spans.retain(|(start, end)| start < end && *start <= on);
        spans
    }
}

/// Somebody's residences, with what rules ask beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resident {
    /// The birth date.
    pub birth: Option<Day>,
    /// The code of the place of hukou (户籍地); none where unknown.
    pub hukou: Option<String>,
    /// All residences.
    pub residences: Vec<Residence>,
}

impl Resident {
    /// The residence on a day, of which a person has one: of several open ones that of the latest
    /// arrival, then the one collected last.
    pub fn open_on(&self, on: Day) -> Option<&Residence> {
        let open = self.residences.iter().filter(|residence| residence.is_open(on));
        open.max_by_key(|residence| (residence.arrival, residence.collected))
    }

    /// The first day of the stay that holds the residence of a day. Residences of one county whose gap
    /// is at most 30 days join, also over a stay elsewhere in between; a child born there begins with
    /// its birth. None where no residence is open, or the person has been away for more than 30 days.
    pub fn stay_on(&self, on: Day) -> Option<Day> {
        let open = self.open_on(on)?;
        open.spans(on).iter().find(|(start, end)| *start <= on && on < *end)?;
        let county = open.county();
        let here = self.residences.iter().filter(|residence| residence.county() == county);
        let mut spans: Vec<(Day, Day)> = here.flat_map(|residence| residence.spans(on)).collect();
        spans.sort_unstable();
        let mut stay: Option<(Day, Day)> = None;
        for (start, end) in spans {
            stay = match stay {
                Some((first, last)) if days_between(last, start) <= GAP_DAYS => {
                    Some((first, last.max(end)))
                }
                _ => Some((start, end)),
            };
        }
        // The spans began by the day, and the open one holds it: so the last stay does.
        let (start, _) = stay?;
        Some(self.birth.map_or(start, |birth| start.max(birth)))
    }
}

/// The residences with the accepted notices that the police's value has not come to replace: a notice
/// gives way to a registration in the same county that is open on its arrival or later.
pub fn with_notices(mut registered: Vec<Residence>, notices: Vec<Residence>) -> Vec<Residence> {
    let known = registered.clone();
    let is_superseded = |notice: &Residence| {
        known.iter().any(|residence| {
            residence.county() == notice.county()
                && residence.departure.is_none_or(|departure| departure > notice.arrival)
        })
    };
    registered.extend(notices.into_iter().filter(|notice| !is_superseded(notice)));
    registered
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{calendar::add_days, testing::day};

    fn at(region: &str, arrival: &str, departure: Option<&str>) -> Residence {
        Residence {
            region: Some(region.to_owned()),
            arrival: day(arrival),
            departure: departure.map(day),
            absences: Vec::new(),
            move_reason: None,
            collected: None,
        }
    }

    fn of(residences: Vec<Residence>) -> Resident {
        Resident { birth: None, hukou: None, residences }
    }

    #[test]
    fn a_residence_is_open_from_arrival_until_the_day_before_departure() {
        let residence = at("220104", "2015-01-10", Some("2015-02-10"));
        let is_open = |text| residence.is_open(day(text));
        assert_eq!(
            ["2015-01-09", "2015-01-10", "2015-02-09", "2015-02-10"].map(is_open),
            [false, true, true, false]
        );
    }

    #[test]
    fn of_several_open_residences_the_latest_arrival_counts_then_the_one_collected_last() {
        let mut first = at("220104", "2015-01-01", None);
        let mut second = at("220105", "2015-01-01", None);
        first.collected = Some(day("2015-02-01"));
        second.collected = Some(day("2015-01-15"));
        let person = of(vec![first.clone(), second.clone()]);
        assert_eq!(person.open_on(day("2015-03-01")), Some(&first));
        let third = at("220106", "2015-01-02", None);
        let person = of(vec![third.clone(), first, second]);
        assert_eq!(person.open_on(day("2015-03-01")), Some(&third));
    }

    #[test]
    fn a_gap_of_thirty_days_joins_and_one_of_thirty_one_does_not() {
        for (again, start) in [("2015-03-31", "2015-01-01"), ("2015-04-01", "2015-04-01")] {
            let person = of(vec![
                at("220104001", "2015-01-01", Some("2015-03-01")),
                at("220104002", again, None),
            ]);
            assert_eq!(person.stay_on(day("2015-06-01")), Some(day(start)), "{again}");
        }
    }

    #[test]
    fn a_short_stay_elsewhere_does_not_end_the_stay() {
        let person = of(vec![
            at("220104", "2015-01-01", Some("2015-03-01")),
            at("220802", "2015-03-01", Some("2015-03-20")),
            at("220104", "2015-03-20", None),
        ]);
        assert_eq!(person.stay_on(day("2015-03-10")), Some(day("2015-03-01")));
        assert_eq!(person.stay_on(day("2015-04-01")), Some(day("2015-01-01")));
    }

    #[test]
    fn an_absence_of_more_than_thirty_days_ends_the_stay() {
        let away = |until: Option<&str>| {
            let mut residence = at("220104", "2015-01-01", None);
            residence.absences = vec![Absence { from: day("2015-03-01"), until: until.map(day) }];
            of(vec![residence])
        };
        let stay = |until, on: &str| away(until).stay_on(day(on));
        assert_eq!(stay(Some("2015-03-31"), "2015-05-01"), Some(day("2015-01-01")));
        assert_eq!(stay(Some("2015-04-01"), "2015-05-01"), Some(day("2015-04-01")));
        assert_eq!(stay(Some("2015-04-01"), "2015-03-15"), None);
        assert_eq!(stay(None, "2015-03-31"), Some(day("2015-01-01")));
        assert_eq!(stay(None, "2015-04-01"), None);
    }

    #[test]
    fn moves_between_two_halves_of_a_management_unit_keep_the_start() {
        let person = of(vec![
            at("222426120001", "2015-01-01", Some("2015-02-01")),
            at("220621120001", "2015-02-01", None),
        ]);
        assert_eq!(person.stay_on(day("2015-05-01")), Some(day("2015-01-01")));
    }

    #[test]
    fn a_child_born_there_begins_with_its_birth() {
        let mut person = of(vec![at("220104", "2014-01-01", None)]);
        person.birth = Some(day("2015-02-03"));
        assert_eq!(person.stay_on(day("2015-05-01")), Some(day("2015-02-03")));
    }

    #[test]
    fn a_notice_counts_until_the_polices_value_comes() {
        let notice = at("220104001001", "2015-01-01", None);
        let elsewhere = at("220802", "2014-01-01", Some("2014-12-31"));
        let both = with_notices(vec![elsewhere], vec![notice.clone()]);
        assert_eq!(both.len(), 2);
        let police = at("220104", "2015-01-05", None);
        assert_eq!(with_notices(vec![police.clone()], vec![notice]), [police]);
    }

    proptest! {
        /// The order in which residences come is no part of the answer.
        #[test]
        fn a_stay_does_not_depend_on_the_order_of_residences(
            spans in prop::collection::vec((0_i64..900, 1_i64..300, 0_usize..2), 1..6),
            on in 0_i64..1_200,
        ) {
            let first = day("2014-01-01");
            let residences: Vec<Residence> = spans
                .iter()
                .map(|(arrival, length, county)| {
                    let arrival = add_days(first, *arrival);
                    let departure = add_days(arrival, *length).to_string();
                    let region = ["220104", "220802"][*county];
                    at(region, &arrival.to_string(), Some(&departure))
                })
                .collect();
            let on = add_days(first, on);
            let reversed = of(residences.iter().rev().cloned().collect());
            let person = of(residences);
            // Of two that came on one day neither is the later.
            let mut open: Vec<_> = person.residences.iter().filter(|own| own.is_open(on)).collect();
            open.sort_by_key(|own| own.arrival);
            let tied = open.len() > 1 && open[open.len() - 1].arrival == open[open.len() - 2].arrival;
            prop_assume!(!tied);
            prop_assert_eq!(person.stay_on(on), reversed.stay_on(on));
        }

        /// A move within the county, however often, keeps the start.
        #[test]
        fn moves_within_a_county_keep_the_start(
            moves in prop::collection::vec(1_i64..200, 1..8), gap in 0_i64..=30, later in 0_i64..100,
        ) {
            let first = day("2014-01-01");
            let mut residences = Vec::new();
            let mut arrival = first;
            for length in moves {
                let departure = add_days(arrival, length);
                residences.push(at("220104001", &arrival.to_string(), Some(&departure.to_string())));
                arrival = add_days(departure, gap);
            }
            residences.push(at("220104002", &arrival.to_string(), None));
            prop_assert_eq!(of(residences).stay_on(add_days(arrival, later)), Some(first));
        }
    }
}
