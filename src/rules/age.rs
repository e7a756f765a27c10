//! The ages from which persons decide for themselves. Said once, for values and for columns side by
//! side.

use chrono::NaiveDate;

use super::calendar::add_months;

/// From this birthday on a person consents for itself; under-fourteens are minors in the sense of
/// PIPL 28 and 31.
pub const AGE_OF_CONSENT: u32 = 14;

/// Until this birthday a person has a guardian (民法典 17, 27, 34); from 14 on not for everything.
pub const AGE_OF_MAJORITY: u32 = 18;

/// The latest birth date of those who have had their `years`th birthday by a day. A birthday of 02-29
/// falls on 02-28 in common years, so on that day those born on the 29th have had it, too.
pub fn born_by(today: NaiveDate, years: u32) -> NaiveDate {
    let months = i32::try_from(12 * years).unwrap_or(i32::MAX);
    let birth = add_months(today, -months);
    birth.succ_opt().filter(|next| add_months(*next, months) <= today).unwrap_or(birth)
}

/// Whether somebody has reached an age by a day; nobody has of whom the birth date is unknown.
pub fn has_reached(age: u32, birth: Option<NaiveDate>, today: NaiveDate) -> bool {
    birth.is_some_and(|birth| birth <= born_by(today, age))
}

/// The same of a column, where the parameter `bound` is [`born_by`] of the age.
pub fn has_reached_sql(birth: &str, bound: &str) -> String {
    format!("{birth} <= {bound}")
}

/// Whether somebody is under an age on a day; nobody is of whom the birth date is unknown.
pub fn is_under(age: u32, birth: Option<NaiveDate>, today: NaiveDate) -> bool {
    birth.is_some_and(|birth| birth > born_by(today, age))
}

/// The same of a column, where the parameter `bound` is [`born_by`] of the age.
pub fn is_under_sql(birth: &str, bound: &str) -> String {
    format!("{birth} > {bound}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn an_age_is_reached_on_the_birthday() {
        let born = Some(day("2012-11-25"));
        for (age, eve, birthday) in [
            (AGE_OF_CONSENT, "2026-11-24", "2026-11-25"),
            (AGE_OF_MAJORITY, "2030-11-24", "2030-11-25"),
        ] {
            let (eve, birthday) = (day(eve), day(birthday));
            assert!(is_under(age, born, eve) && !has_reached(age, born, eve));
            assert!(!is_under(age, born, birthday) && has_reached(age, born, birthday));
        }
    }

    #[test]
    fn a_leap_days_birthday_is_the_last_of_february() {
        let born = Some(day("2012-02-29"));
        for (today, reached) in [("2026-02-27", false), ("2026-02-28", true)] {
            let today = day(today);
            assert_eq!(has_reached(AGE_OF_CONSENT, born, today), reached, "{today}");
            assert_eq!(is_under(AGE_OF_CONSENT, born, today), !reached, "{today}");
        }
        let next = Some(day("2012-03-01"));
        assert!(!has_reached(AGE_OF_CONSENT, next, day("2026-02-28")));
        assert!(has_reached(AGE_OF_CONSENT, next, day("2026-03-01")));
    }

    /// The bound is that of the crate's ages, whatever the days.
    #[test]
    fn the_bound_is_of_the_age_that_rules_count() {
        use crate::rules::calendar::{add_days, age};
        let first = day("2024-02-20");
        for offset in 0..800 {
            let today = add_days(first, offset);
            for back in -3..4 {
                let birth = add_days(born_by(today, 14), back);
                let reached = age(birth, today).is_some_and(|age| age >= 14);
                assert_eq!(birth <= born_by(today, 14), reached, "{birth} on {today}");
            }
        }
    }

    #[test]
    fn an_unknown_birth_date_is_neither_over_an_age_nor_under_it() {
        let today = day("2026-11-25");
        assert!(
            !is_under(AGE_OF_CONSENT, None, today) && !has_reached(AGE_OF_CONSENT, None, today)
        );
    }
}
