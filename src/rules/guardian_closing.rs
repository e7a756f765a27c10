//! When something is closed to the guardians of a minor (未成年人保护法 11). Said once, for values and for
//! columns side by side.

use chrono::{DateTime, Utc};

use super::consent;

type Instant = DateTime<Utc>;

/// How far ahead a closing may end, in months: then it is looked at again.
pub const LONGEST_MONTHS: u32 = 12;

/// Whether a closing holds at an instant: it was made, and has neither ended nor been taken back.
pub fn is_in_force(
    closed: Instant,
    until: Instant,
    reopened: Option<Instant>,
    now: Instant,
) -> bool {
    consent::is_in_force(closed, Some(until), reopened, now)
}

/// The same of a row of `guardian_closing` under an alias, at the instant in the parameter `now`.
pub fn is_in_force_sql(closing: &str, now: &str) -> String {
    format!(
        "{closing}.closed_at <= {now} AND {closing}.valid_until > {now} \
         AND ({closing}.reopened_at IS NULL OR {closing}.reopened_at > {now})"
    )
}

#[test]
fn a_closing_holds_until_its_end_or_until_it_is_reopened() {
    use chrono::TimeDelta;

    let closed: Instant = "2026-11-20T04:00:00Z".parse().unwrap();
    let (moment, end) = (TimeDelta::microseconds(1), closed + TimeDelta::days(1));
    for (until, reopened) in [(end, None), (end + TimeDelta::days(1), Some(end))] {
        let at = |now| is_in_force(closed, until, reopened, now);
        assert!(!at(closed - moment) && at(closed) && at(end - moment) && !at(end));
    }
}
