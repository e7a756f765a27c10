//! When somebody is on the books of an organization. Said once, for values and for columns side by side.

use chrono::NaiveDate;

/// Whether a case is open on a day: from its first day until the day it ended, which is none of it.
pub fn is_open(started: NaiveDate, ended: Option<NaiveDate>, today: NaiveDate) -> bool {
    started <= today && ended.is_none_or(|ended| today < ended)
}

/// The same of a row of `caseload` under an alias, on the day in the parameter `today`.
pub fn is_open_sql(case: &str, today: &str) -> String {
    format!(
        "{case}.started_on <= {today} AND ({case}.ended_on IS NULL OR {case}.ended_on > {today})"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_open_from_its_first_day_until_the_day_before_it_ended() {
        let [before, first, last, ended]: [NaiveDate; 4] =
            ["2026-01-31", "2026-02-01", "2026-02-27", "2026-02-28"]
                .map(|day| day.parse().unwrap());
        let is_open_on = |day| is_open(first, Some(ended), day);
        assert_eq!([before, first, last, ended].map(is_open_on), [false, true, true, false]);
        assert!(is_open(first, None, NaiveDate::MAX));
    }
}
