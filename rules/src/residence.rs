//! How long somebody has lived at a place, in whole calendar months.

use chrono::{Datelike, Months, NaiveDate};

/// The day so many calendar months later; the last day of the month when the day is missing there.
pub fn months_after(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// The whole calendar months from one day to another; none when the second is earlier.
pub fn whole_months(from: NaiveDate, until: NaiveDate) -> u32 {
    if until < from {
        return 0;
    }
    let years = until.year() - from.year();
    let months = years * 12 + until.month() as i32 - from.month() as i32;
    let months = months.unsigned_abs();
    if months_after(from, months) > until { months - 1 } else { months }
}

/// Whether so many calendar months are complete on a day.
pub fn months_complete(from: NaiveDate, until: NaiveDate, months: u32) -> bool {
    months_after(from, months) <= until
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn six_months_end_on_the_same_day_of_the_month_or_on_its_last() {
        for (arrival, complete) in [
            ("2015-01-31", "2015-07-31"),
            ("2014-08-31", "2015-02-28"),
            ("2015-08-31", "2016-02-29"),
            ("2015-03-15", "2015-09-15"),
        ] {
            let (arrival, complete) = (day(arrival), day(complete));
            let before = complete.pred_opt().unwrap();
            assert_eq!(months_after(arrival, 6), complete);
            assert_eq!(whole_months(arrival, complete), 6);
            assert_eq!(whole_months(arrival, before), 5);
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
}
