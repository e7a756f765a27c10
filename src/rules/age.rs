//! The ages from which persons decide for themselves. Said once, for values and for columns side by
//! side.

use chrono::{Months, NaiveDate};

/// From this birthday on a person consents for itself; under-fourteens are minors in the sense of
/// PIPL 28 and 31.
pub const AGE_OF_CONSENT: u32 = 14;

/// Until this birthday a person has a guardian (民法典 17, 27, 34); from 14 on not for everything.
pub const AGE_OF_MAJORITY: u32 = 18;

/// The latest birth date of those who have had their `years`th birthday by a day.
pub fn born_by(today: NaiveDate, years: u32) -> NaiveDate {
    today.checked_sub_months(Months::new(12 * years)).unwrap_or(NaiveDate::MIN)
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
    fn an_unknown_birth_date_is_neither_over_an_age_nor_under_it() {
        let today = day("2026-11-25");
        assert!(
            !is_under(AGE_OF_CONSENT, None, today) && !has_reached(AGE_OF_CONSENT, None, today)
        );
    }
}
