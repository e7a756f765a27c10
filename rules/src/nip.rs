//! The national immunization programme (国家免疫规划) by series and birth cohort.
//!
//! `nip_cohorts.csv` is project data: a row applies to children born in its span; `dose` numbers the doses
//! of the series (POLIO: IPV and OPV together). Spans whose first or last day rests on memory are
//! marked unconfirmed. A and B are alternatives, of which a province chooses one: each is counted for
//! itself.

use std::sync::LazyLock;

use crate::{
    calendar::{Day, add_days, add_months, days_between},
    table,
};

/// Series of HPV: outside the ages 0 to 6, with a list of its own, and not in T1.
pub const HPV: &str = "HPV";

/// Days after the valid dose before it from which a dose is valid; for the second of JE-I the other.
const INTERVAL_DAYS: i64 = 28;
const INTERVAL_DAYS_JE_I_2: i64 = 7;

/// Months after its due day from which a missing dose makes a child incomplete (choice).
const TOLERANCE_MONTHS: i32 = 1;

/// An age in months at which every dose of a child has been due.
const LAST_MONTHS: i32 = 18 * 12;

/// A dose of a series for a birth cohort.
#[derive(Clone, Debug)]
pub struct Scheduled {
    /// The series: `POLIO`.
    pub series: String,
    /// The vaccine: `IPV`.
    pub vaccine: String,
    /// Which dose of the series, from 1.
    pub dose: usize,
    /// Age in months and days when it is due.
    due: Option<(i32, i64)>,
    /// Age in months and days from which it is late.
    late: Option<(i32, i64)>,
    /// Months after the dose before it, where no age is given.
    after_previous: Option<i32>,
    born_from: Option<Day>,
    born_until: Option<Day>,
    /// The edition: `2016`.
    pub edition: String,
    /// `A` or `B`, where a province chooses.
    pub alternative: String,
    /// Where it is written.
    pub source: String,
    /// Whether the span of births is confirmed.
    pub confirmed: bool,
}

#[expect(clippy::expect_used, reason = "the list is the project's own, and a test reads it")]
static SCHEDULE: LazyLock<Vec<Scheduled>> = LazyLock::new(|| {
    let number =
        |text: &str| -> Option<i64> { (!text.is_empty()).then(|| text.parse().expect("a number")) };
    let age = |months: &str, days: &str| {
        let months = number(months);
        let days = number(days);
        months.or(days)?;
        Some((i32::try_from(months.unwrap_or(0)).expect("months"), days.unwrap_or(0)))
    };
    let day = |text: &str| (!text.is_empty()).then(|| text.parse().expect("a day"));
    table::rows(include_str!("../data/nip_cohorts.csv"))
        .into_iter()
        .map(|row| Scheduled {
            series: row[0].to_owned(),
            vaccine: row[1].to_owned(),
            dose: row[2].parse().expect("the number of a dose"),
            due: age(&row[3], &row[4]),
            after_previous: number(&row[5]).map(|months| i32::try_from(months).expect("months")),
            late: age(&row[6], &row[7]),
            born_from: day(&row[8]),
            born_until: day(&row[9]),
            edition: row[10].to_owned(),
            alternative: row[11].to_owned(),
            source: row[12].to_owned(),
            confirmed: &row[13] == "yes",
        })
        .collect()
});

impl Scheduled {
    /// Whether it applies to a child born on a day.
    fn is_for(&self, birth: Day) -> bool {
        self.born_from.is_none_or(|from| from <= birth)
            && self.born_until.is_none_or(|until| birth <= until)
    }

    /// The day it is due for a child; none where it follows another dose.
    pub fn due_on(&self, birth: Day) -> Option<Day> {
        self.due.map(|(months, days)| add_days(add_months(birth, months), days))
    }

    /// The day from which it is late: the late bound, where there is none a month after it is due.
    pub fn late_on(&self, birth: Day) -> Option<Day> {
        let bound = self.late.map(|(months, days)| add_days(add_months(birth, months), days));
        bound.or_else(|| self.due_on(birth).map(|due| add_months(due, 1)))
    }

    /// Months after the dose before it.
    pub fn months_after_previous(&self) -> Option<i32> {
        self.after_previous
    }
}

/// All rows of the schedule.
pub fn schedule() -> &'static [Scheduled] {
    &SCHEDULE
}

/// The doses for a child, by series and number.
pub fn of_birth(birth: Day) -> Vec<&'static Scheduled> {
    SCHEDULE.iter().filter(|dose| dose.is_for(birth)).collect()
}

/// The series for a child, with its edition (`POLIO`, `2016`), in the order of the list.
pub fn editions(birth: Day) -> Vec<(&'static str, &'static str)> {
    let mut editions = Vec::new();
    for dose in of_birth(birth) {
        if editions.last().is_none_or(|(series, _)| *series != dose.series) {
            editions.push((&*dose.series, &*dose.edition));
        }
    }
    editions
}

/// The series that a vaccine is of.
pub fn series_of(vaccine: &str) -> Option<&'static str> {
    let own = SCHEDULE.iter().find(|dose| dose.vaccine.eq_ignore_ascii_case(vaccine));
    own.map(|dose| &*dose.series)
}

/// The abbreviation of a vaccine as the list writes it.
pub fn vaccine(text: &str) -> Option<&'static str> {
    let own = SCHEDULE.iter().find(|dose| dose.vaccine.eq_ignore_ascii_case(text));
    own.map(|dose| &*dose.vaccine)
}

/// A dose that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The vaccine's abbreviation.
    pub vaccine: String,
    /// The day.
    pub on: Day,
    /// Whether a correction withdrew it.
    pub withdrawn: bool,
}

/// The days of the valid doses of a way to do a series, by a day: not withdrawn, from birth on, at least
/// 28 days after the valid one before (the second of JE-I: 7).
pub fn valid(given: &[Given], birth: Day, on: Day, counts: impl Fn(&Given) -> bool) -> Vec<Day> {
    let mut doses: Vec<&Given> = given
        .iter()
        .filter(|dose| !dose.withdrawn && birth <= dose.on && dose.on <= on && counts(dose))
        .collect();
    doses.sort_by_key(|dose| dose.on);
    let mut valid: Vec<Day> = Vec::new();
    for dose in doses {
        let interval = match (&*dose.vaccine, valid.len()) {
            ("JE-I", 1) => INTERVAL_DAYS_JE_I_2,
            _ => INTERVAL_DAYS,
        };
        if valid.last().is_none_or(|before| days_between(*before, dose.on) >= interval) {
            valid.push(dose.on);
        }
    }
    valid
}

/// One way to do a series: the series itself, or one of its alternatives.
#[derive(Clone, Debug)]
pub struct Way {
    /// The series.
    pub series: &'static str,
    /// The doses that are due in it, at whatever time.
    pub doses: Vec<&'static Scheduled>,
    /// The days of its valid doses.
    pub valid: Vec<Day>,
}

impl Way {
    /// The doses that are due by a day and not given.
    pub fn missing(&self, birth: Day, on: Day) -> impl Iterator<Item = &'static Scheduled> {
        let is_due = move |dose: &&Scheduled| dose.due_on(birth).is_some_and(|due| due <= on);
        self.doses.clone().into_iter().skip(self.valid.len()).filter(is_due)
    }

    /// Whether as many valid doses were given as have been due for a month.
    fn is_complete(&self, birth: Day, on: Day) -> bool {
        let is_due = |dose: &&&Scheduled| {
            let due = dose.due_on(birth);
            due.is_some_and(|due| add_months(due, TOLERANCE_MONTHS) <= on)
        };
        self.valid.len() >= self.doses.iter().filter(is_due).count()
    }
}

/// The series of a child with the ways to do each, as they stand on a day. HPV is not among them.
pub fn ways(birth: Day, given: &[Given], on: Day) -> Vec<Vec<Way>> {
    let doses = of_birth(birth);
    let mut all: Vec<Vec<Way>> = Vec::new();
    for (series, _) in editions(birth).into_iter().filter(|(series, _)| *series != HPV) {
        let of: Vec<_> = doses.iter().copied().filter(|dose| dose.series == series).collect();
        let mut names: Vec<&str> = of.iter().map(|dose| &*dose.alternative).collect();
        names.dedup();
        let ways = names.into_iter().map(|name| {
            let doses: Vec<_> =
                of.iter().copied().filter(|dose| dose.alternative == name).collect();
            // An alternative counts its own vaccine; a series counts any of its vaccines.
            let vaccine = doses.first().map(|dose| &*dose.vaccine);
            let counts = |dose: &Given| match name {
                "" => series_of(&dose.vaccine) == Some(series),
                _ => Some(&*dose.vaccine) == vaccine,
            };
            let valid = valid(given, birth, on, counts);
            Way { series, doses, valid }
        });
        all.push(ways.collect());
    }
    all
}

/// The way that a child goes in a series: one that is complete, else the one with the most doses given,
/// else the first, which is the programme's own.
fn way_gone(ways: &[Way], birth: Day, on: Day) -> Option<&Way> {
    let done = |way: &&Way| way.missing(birth, on).next().is_none() && !way.valid.is_empty();
    let most = ways.iter().rev().max_by_key(|way| way.valid.len());
    ways.iter().find(done).or(most)
}

/// A dose that is due and was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The series.
    pub series: &'static str,
    /// The vaccine.
    pub vaccine: &'static str,
    /// Which dose of the series.
    pub dose: usize,
    /// When it was due.
    pub due_on: Day,
    /// From when it is late.
    pub late_on: Day,
}

/// `dueDoses` on a day: every dose due by then that was not given, HPV aside.
pub fn due_doses(birth: Day, given: &[Given], on: Day) -> Vec<Due> {
    let mut due = Vec::new();
    for ways in ways(birth, given, on) {
        for dose in way_gone(&ways, birth, on).into_iter().flat_map(|way| way.missing(birth, on)) {
            let (Some(due_on), Some(late_on)) = (dose.due_on(birth), dose.late_on(birth)) else {
                continue;
            };
            due.push(Due {
                series: &dose.series,
                vaccine: &dose.vaccine,
                dose: dose.dose,
                due_on,
                late_on,
            });
        }
    }
    due.sort_by_key(|due| (due.due_on, due.series, due.dose));
    due
}

/// All doses that are not given, those of days to come, too: what is due on a day are those of them that are
/// due by then, as long as no further dose is given.
pub fn pending_doses(birth: Day, given: &[Given]) -> Vec<Due> {
    due_doses(birth, given, add_months(birth, LAST_MONTHS))
}

/// The series in which a child is not complete on a day in the sense of T1: none for a complete child.
/// One way that is complete is enough; a mixture of alternatives is none.
pub fn incomplete(birth: Day, given: &[Given], on: Day) -> Vec<&'static str> {
    let all = ways(birth, given, on);
    let open = all.iter().filter(|ways| !ways.iter().any(|way| way.is_complete(birth, on)));
    open.filter_map(|ways| ways.first().map(|way| way.series)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::day;

    fn edition(birth: &str, series: &str) -> &'static str {
        let editions = editions(day(birth));
        editions.iter().find(|(own, _)| *own == series).unwrap().1
    }

    #[test]
    fn nip_editions_follow_the_birth_cohort_of_each_series() {
        for (series, last, before, first, after) in [
            ("POLIO", "2016-02-29", "2008", "2016-03-01", "2016"),
            ("POLIO", "2019-09-30", "2016", "2019-10-01", "2021"),
            ("MEASLES", "2019-09-30", "2008", "2019-10-01", "2021"),
            ("DTP", "2018-12-31", "2008", "2019-01-01", "2025a"),
            ("DTP", "2024-10-31", "2025a", "2024-11-01", "2025b"),
        ] {
            assert_eq!(
                (edition(last, series), edition(first, series)),
                (before, after),
                "{series}"
            );
        }
    }

    #[test]
    fn nip_every_cohort_has_twenty_two_doses_by_the_programmes_own_vaccines() {
        for birth in ["2008-01-01", "2016-06-01", "2019-06-01", "2021-06-01", "2025-06-01"] {
            let doses = of_birth(day(birth));
            let own = doses.iter().filter(|dose| dose.series != HPV && dose.alternative != "B");
            assert_eq!(own.count(), 22, "{birth}");
        }
    }

    #[test]
    fn nip_unconfirmed_spans_are_marked() {
        let marked = |series: &str| schedule().iter().find(|dose| dose.series == series).unwrap();
        assert!(marked("HEPB").confirmed && !marked("POLIO").confirmed);
    }

    fn given(doses: &[(&str, &str)]) -> Vec<Given> {
        let dose = |(vaccine, on): &(&str, &str)| Given {
            vaccine: (*vaccine).to_owned(),
            on: day(on),
            withdrawn: false,
        };
        doses.iter().map(dose).collect()
    }

    #[test]
    fn nip_a_dose_is_valid_28_days_after_the_one_before_and_the_second_of_je_i_after_7() {
        let birth = day("2015-01-01");
        let count = |doses: &[(&str, &str)], series: &str| {
            let counts = |dose: &Given| series_of(&dose.vaccine) == Some(series);
            valid(&given(doses), birth, day("2016-12-31"), counts).len()
        };
        assert_eq!(count(&[("OPV", "2015-03-01"), ("OPV", "2015-03-28")], "POLIO"), 1);
        assert_eq!(count(&[("OPV", "2015-03-01"), ("IPV", "2015-03-29")], "POLIO"), 2);
        assert_eq!(count(&[("JE-I", "2015-09-01"), ("JE-I", "2015-09-07")], "JE"), 1);
        assert_eq!(count(&[("JE-I", "2015-09-01"), ("JE-I", "2015-09-08")], "JE"), 2);
        assert_eq!(count(&[("OPV", "2014-12-31"), ("OPV", "2017-01-01")], "POLIO"), 0);
        let withdrawn = Given { withdrawn: true, ..given(&[("OPV", "2015-03-01")]).remove(0) };
        assert!(valid(&[withdrawn], birth, day("2016-12-31"), |_| true).is_empty());
    }

    #[test]
    fn nip_alternatives_are_counted_each_for_itself_and_a_mixture_is_none() {
        let birth = day("2012-01-15");
        let on = day("2014-03-15");
        let is_open = |doses: &[(&str, &str)]| incomplete(birth, &given(doses), on).contains(&"JE");
        assert!(!is_open(&[("JE-L", "2012-09-15"), ("JE-L", "2014-01-15")]));
        assert!(!is_open(&[
            ("JE-I", "2012-09-15"),
            ("JE-I", "2012-09-22"),
            ("JE-I", "2014-01-15")
        ]));
        assert!(is_open(&[("JE-L", "2012-09-15"), ("JE-I", "2014-01-15")]));
        assert!(is_open(&[]));
    }

    #[test]
    fn nip_incomplete_begins_a_month_after_a_dose_was_due() {
        let birth = day("2015-01-31");
        let is_open = |on: &str| incomplete(birth, &[], day(on)).contains(&"BCG");
        assert!(!is_open("2015-02-27") && is_open("2015-02-28"));
    }

    #[test]
    fn nip_due_doses_are_those_due_and_not_given_whatever_number_was_written() {
        let birth = day("2020-03-31");
        let due = |doses: &[(&str, &str)], on: &str| -> Vec<(&str, usize, Day)> {
            let due = due_doses(birth, &given(doses), day(on));
            due.into_iter()
                .filter(|due| due.series == "HEPB")
                .map(|due| (due.vaccine, due.dose, due.due_on))
                .collect()
        };
        let doses = [("HepB", "2020-03-31"), ("HepB", "2020-04-30")];
        assert!(due(&doses, "2020-09-29").is_empty());
        assert_eq!(due(&doses, "2020-09-30"), [("HepB", 3, day("2020-09-30"))]);
        assert_eq!(due(&doses[..1], "2020-04-30").len(), 1);
    }

    #[test]
    fn nip_a_child_that_began_an_alternative_goes_on_with_it() {
        let birth = day("2012-01-15");
        let due = |doses: &[(&str, &str)]| -> Vec<(&str, usize)> {
            let due = due_doses(birth, &given(doses), day("2014-01-15"));
            due.into_iter()
                .filter(|due| due.series == "JE")
                .map(|due| (due.vaccine, due.dose))
                .collect()
        };
        assert_eq!(due(&[]), [("JE-L", 1), ("JE-L", 2)]);
        assert_eq!(due(&[("JE-I", "2012-09-15"), ("JE-I", "2012-09-22")]), [("JE-I", 3)]);
        assert_eq!(due(&[("JE-L", "2012-09-15"), ("JE-L", "2013-12-01")]), []);
    }

    /// Doses as they may be given: any vaccine of the programme, at any time of the first seven years.
    fn doses() -> impl Strategy<Value = Vec<(usize, i64, bool)>> {
        proptest::collection::vec(
            (0..SCHEDULE.len(), 0_i64..2_500, proptest::bool::weighted(0.1)),
            0..24,
        )
    }

    proptest! {
        #[test]
        fn nip_what_is_due_on_a_day_are_the_pending_doses_due_by_then(
            offset in 0_i64..7_000, doses in doses(), later in 0_i64..3_000,
        ) {
            let birth = add_days(day("2006-01-01"), offset);
            let on = add_days(birth, later);
            let given: Vec<Given> = doses
                .into_iter()
                .map(|(row, days, withdrawn)| Given {
                    vaccine: SCHEDULE[row].vaccine.clone(),
                    on: add_days(birth, days),
                    withdrawn,
                })
                .filter(|dose| dose.on <= on)
                .collect();
            let by_then: Vec<Due> =
                pending_doses(birth, &given).into_iter().filter(|due| due.due_on <= on).collect();
            prop_assert_eq!(due_doses(birth, &given, on), by_then);
        }

        #[test]
        fn nip_each_series_has_one_edition_for_each_birth(offset in 0_i64..9_000) {
            let birth = add_days(day("2004-01-01"), offset);
            let mut seen = std::collections::BTreeMap::new();
            for dose in of_birth(birth) {
                prop_assert_eq!(seen.entry(&dose.series).or_insert(&dose.edition), &&dose.edition);
            }
            prop_assert_eq!(seen.len(), if birth > day("2011-11-10") { 10 } else { 9 });
        }

        #[test]
        fn nip_a_dose_given_on_its_due_day_is_never_due_again(offset in 0_i64..7_000, later in 0_i64..2_500) {
            let birth = add_days(day("2006-01-01"), offset);
            let on = add_days(birth, later);
            let own = of_birth(birth).into_iter().filter(|dose| dose.alternative != "B");
            let given: Vec<Given> = own
                .filter_map(|dose| {
                    Some(Given { vaccine: dose.vaccine.clone(), on: dose.due_on(birth)?, withdrawn: false })
                })
                .collect();
            prop_assert_eq!(due_doses(birth, &given, on), vec![]);
            prop_assert!(incomplete(birth, &given, on).is_empty());
        }
    }
}
