//! When a consent is in force (PIPL 14, 15). Said once, for values and for columns side by side.

use chrono::{DateTime, Utc};

type Instant = DateTime<Utc>;

/// Whether a consent is over at an instant: it expired, or was withdrawn.
pub fn is_over(expires: Option<Instant>, withdrawn: Option<Instant>, now: Instant) -> bool {
    [expires, withdrawn].into_iter().flatten().any(|end| end <= now)
}

/// Whether a consent is in force at an instant: it was given, and is not over.
pub fn is_in_force(
    given: Instant,
    expires: Option<Instant>,
    withdrawn: Option<Instant>,
    now: Instant,
) -> bool {
    given <= now && !is_over(expires, withdrawn, now)
}

/// The same of columns, at the instant in the parameter `now`.
pub fn is_in_force_sql(given: &str, expires: &str, withdrawn: &str, now: &str) -> String {
    format!(
        "{given} <= {now} AND ({expires} IS NULL OR {expires} > {now}) \
         AND ({withdrawn} IS NULL OR {withdrawn} > {now})"
    )
}

/// The same of a row of `consent` under an alias.
pub fn row_is_in_force_sql(consent: &str, now: &str) -> String {
    let column = |name: &str| format!("{consent}.{name}");
    is_in_force_sql(&column("given_at"), &column("expires_at"), &column("withdrawn_at"), now)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_consent_is_in_force_from_the_instant_it_is_given_until_its_first_end() {
        let given: Instant = "2026-11-20T04:00:00Z".parse().unwrap();
        let (moment, end) = (TimeDelta::microseconds(1), given + TimeDelta::days(1));
        let later = Some(end + TimeDelta::days(1));
        for (expires, withdrawn) in [(Some(end), None), (Some(end), later), (later, Some(end))] {
            let at = |now| is_in_force(given, expires, withdrawn, now);
            assert!(!at(given - moment) && at(given) && at(end - moment) && !at(end));
        }
        assert!(is_in_force(given, None, None, end));
    }
}
