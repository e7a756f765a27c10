//! Days, calendar months and ages. All days are days of Asia/Shanghai.

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::{DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, Utc};

/// A day of the calendar in Asia/Shanghai.
pub type Day = NaiveDate;

/// The day so many calendar months on, or back where negative; the month's last day where that day of
/// the month is missing: 01-31 + 6 → 07-31, 08-31 + 6 → 02-28 or 29, 02-28 + 6 → 08-28.
pub fn add_months(day: Day, months: i32) -> Day {
    let count = Months::new(months.unsigned_abs());
    match months {
        ..0 => day.checked_sub_months(count).unwrap_or(Day::MIN),
        0.. => day.checked_add_months(count).unwrap_or(Day::MAX),
    }
}

/// The day so many days on, or back where negative.
pub fn add_days(day: Day, days: i64) -> Day {
    let count = Days::new(days.unsigned_abs());
    match days {
        ..0 => day.checked_sub_days(count).unwrap_or(Day::MIN),
        0.. => day.checked_add_days(count).unwrap_or(Day::MAX),
    }
}

/// The days from one day to another; negative when the second is earlier.
pub fn days_between(from: Day, until: Day) -> i64 {
    (until - from).num_days()
}

/// The day so many calendar months later.
pub fn months_after(day: Day, months: u32) -> Day {
    add_months(day, i32::try_from(months).unwrap_or(i32::MAX))
}

/// The whole calendar months from one day to another; none when the second is earlier.
pub fn whole_months(from: Day, until: Day) -> u32 {
    if until < from {
        return 0;
    }
    let years = until.year() - from.year();
    let months = years * 12 + until.month() as i32 - from.month() as i32;
    let months = months.unsigned_abs();
    if months_after(from, months) > until { months - 1 } else { months }
}

/// Whether so many calendar months are complete on a day.
pub fn months_complete(from: Day, until: Day, months: u32) -> bool {
    months_after(from, months) <= until
}

/// The age in years on a day: a birthday of 02-29 falls on 02-28 in common years. None before birth.
pub fn age(birth: Day, on: Day) -> Option<u32> {
    (birth <= on).then(|| whole_months(birth, on) / 12)
}

/// Whether somebody has not had the birthday of an age yet on a day. Nobody is before birth.
pub fn is_under(years: u32, birth: Day, on: Day) -> bool {
    age(birth, on).is_some_and(|age| age < years)
}

/// Eight hours east of Greenwich, without daylight saving since 1992.
#[expect(clippy::expect_used, reason = "eight hours are a valid offset")]
pub fn shanghai() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600).expect("eight hours are a valid offset")
}

/// The day it is in Asia/Shanghai at an instant.
pub fn day_of(instant: DateTime<Utc>) -> Day {
    instant.with_timezone(&shanghai()).date_naive()
}

/// The days that public holidays make free, and those that they make working days: of the years of which
/// the State Council's notice is at hand (`data/public_holidays.csv`).
static HOLIDAYS: LazyLock<BTreeMap<Day, bool>> = LazyLock::new(|| {
    let rows = crate::rows(include_str!("../data/public_holidays.csv"));
    rows.filter_map(|row| Some((row.first()?.parse().ok()?, *row.get(1)? == "work"))).collect()
});

/// Whether a day is worked: as the calendar of public holidays says, and else Monday to Friday (choice).
pub fn is_working_day(day: Day) -> bool {
    let usual = day.weekday().number_from_monday() <= 5;
    HOLIDAYS.get(&day).copied().unwrap_or(usual)
}

/// The day so many working days on.
pub fn add_working_days(day: Day, days: u32) -> Day {
    let mut end = day;
    let mut left = days;
    while left > 0 {
        end = add_days(end, 1);
        if is_working_day(end) {
            left -= 1;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::day;

    #[test]
    fn six_months_end_on_the_same_day_of_the_month_or_on_its_last() {
        for (arrival, complete) in [
            ("2015-01-31", "2015-07-31"),
            ("2014-08-31", "2015-02-28"),
            ("2015-08-31", "2016-02-29"),
            ("2015-02-28", "2015-08-28"),
            ("2015-03-15", "2015-09-15"),
        ] {
            let (arrival, complete) = (day(arrival), day(complete));
            let before = add_days(complete, -1);
            assert_eq!(add_months(arrival, 6), complete);
            assert_eq!((whole_months(arrival, complete), whole_months(arrival, before)), (6, 5));
            assert!(months_complete(arrival, complete, 6));
            assert!(!months_complete(arrival, before, 6));
        }
    }

    #[test]
    fn a_span_that_has_not_begun_has_no_months() {
        assert_eq!(whole_months(day("2015-07-31"), day("2015-07-30")), 0);
        assert_eq!(whole_months(day("2015-07-31"), day("2014-01-01")), 0);
        assert_eq!(whole_months(day("2015-07-31"), day("2015-07-31")), 0);
    }

    #[test]
    fn a_leap_days_birthday_is_the_last_of_february() {
        let birth = day("2008-02-29");
        assert_eq!(age(birth, day("2015-02-27")), Some(6));
        assert_eq!(age(birth, day("2015-02-28")), Some(7));
        assert_eq!(age(birth, day("2016-02-28")), Some(7));
        assert_eq!(age(birth, day("2016-02-29")), Some(8));
        assert_eq!(age(birth, day("2008-02-28")), None);
    }

    #[test]
    fn a_day_begins_at_four_in_the_afternoon_of_greenwich() {
        let at = |text: &str| day_of(text.parse().unwrap());
        assert_eq!(at("2015-07-30T15:59:59Z"), day("2015-07-30"));
        assert_eq!(at("2015-07-30T16:00:00Z"), day("2015-07-31"));
    }

    #[test]
    fn public_holidays_are_no_working_days_and_make_up_days_are() {
        assert!(!is_working_day(day("2026-10-01")) && is_working_day(day("2026-10-10")));
        assert_eq!(add_working_days(day("2026-09-30"), 1), day("2026-10-08"));
        // A year without a notice goes by the weekdays alone.
        assert!(is_working_day(day("2019-10-01")) && !is_working_day(day("2019-10-05")));
        // Each row is a day, and says what it is.
        let rows = crate::rows(include_str!("../data/public_holidays.csv"));
        assert_eq!(rows.count(), HOLIDAYS.len());
    }

    #[test]
    fn working_days_leave_out_the_weekend() {
        assert_eq!(add_working_days(day("2015-03-06"), 3), day("2015-03-11"));
        assert_eq!(add_working_days(day("2015-03-07"), 1), day("2015-03-09"));
    }

    fn days() -> impl Strategy<Value = Day> {
        (0_i64..60_000).prop_map(|days| add_days(day("1930-01-01"), days))
    }

    proptest! {
        #[test]
        fn adding_months_keeps_the_day_or_ends_the_month(from in days(), months in -600_i32..600) {
            let to = add_months(from, months);
            let serial = |day: Day| day.year() * 12 + day.month0() as i32;
            prop_assert_eq!(serial(to) - serial(from), months);
            let ends_month = add_days(to, 1).day() == 1;
            prop_assert!(to.day() == from.day() || (to.day() < from.day() && ends_month));
        }

        #[test]
        fn more_months_or_a_later_start_never_end_earlier(
            from in days(), later in 0_i64..400, months in 0_i32..600,
        ) {
            prop_assert!(add_months(from, months) < add_months(from, months + 1));
            prop_assert!(add_months(from, months) <= add_months(add_days(from, later), months));
        }

        #[test]
        fn whole_months_are_the_most_that_are_complete(from in days(), span in 0_i64..20_000) {
            let until = add_days(from, span);
            let months = whole_months(from, until);
            prop_assert!(months_complete(from, until, months));
            prop_assert!(!months_complete(from, until, months + 1));
            prop_assert_eq!(age(from, until), Some(months / 12));
        }
    }
}
