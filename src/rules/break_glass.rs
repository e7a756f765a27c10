//! Emergency access (PIPL 13(4), 18): how long it lasts, why it may be opened, who may go on.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long an event is open when nobody closes it, in minutes.
const OPEN_MINUTES: i64 = 60;

/// Within how many hours of its opening a second person reviews an event.
const REVIEW_HOURS: i64 = 24;

/// How many patients a clinician has open at once.
pub const OPEN_AT_ONCE: u32 = 3;

/// How many accesses an organization opens in 24 hours.
pub const OPENED_A_DAY: u32 = 20;

/// How many attempts of 24 hours may find nobody before the next has to wait.
pub const MISSES: usize = 5;

/// How long the first such wait is, in minutes; every further attempt that finds nobody doubles it.
const FIRST_PAUSE_MINUTES: i64 = 1;

/// How far back attempts count, and how long the longest wait is.
pub const DAY: TimeDelta = TimeDelta::hours(24);

/// The flag of a review by somebody whose own access the other one reviewed.
pub const RECIPROCAL: &str = "RECIPROCAL";

/// How many accesses may be opened. A configuration may lower them; what raises them is signed by
/// two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmergencyLimits {
    /// Patients that a clinician has open at once.
    pub open_at_once: u32,
    /// Accesses that an organization opens in 24 hours.
    pub opened_a_day: u32,
}

impl Default for EmergencyLimits {
    fn default() -> Self {
        Self { open_at_once: OPEN_AT_ONCE, opened_a_day: OPENED_A_DAY }
    }
}

/// The closed list of reasons: code, Chinese label, English label.
pub const REASONS: [(&str, &str, &str); 6] = [
    ("UNCONSCIOUS", "意识丧失", "unconscious"),
    ("RESUSCITATION", "心肺复苏", "resuscitation"),
    ("ACUTE_POISONING", "急性中毒", "acute poisoning"),
    ("SEVERE_TRAUMA", "严重创伤", "severe trauma"),
    ("ACUTE_PSYCHIATRIC_EMERGENCY", "急性精神科急症", "acute psychiatric emergency"),
    ("OTHER", "其他紧急情况", "another emergency"),
];

/// What a review finds: code, Chinese label, English label.
pub const VERDICTS: [(&str, &str, &str); 2] =
    [("JUSTIFIED", "合理", "justified"), ("UNJUSTIFIED", "不合理", "unjustified")];

/// The Chinese label of a reason.
pub fn reason_zh(code: &str) -> Option<&'static str> {
    REASONS.iter().find(|(known, ..)| *known == code).map(|(_, label, _)| *label)
}

/// The instant from which an event opened at `opened` is over.
pub fn expires(opened: DateTime<Utc>) -> DateTime<Utc> {
    opened + TimeDelta::minutes(OPEN_MINUTES)
}

/// From when to when an event opens its patient's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The clinician opened it.
    pub opened_at: DateTime<Utc>,
    /// It is over by itself.
    pub expires_at: DateTime<Utc>,
    /// The clinician ended it before.
    pub closed_at: Option<DateTime<Utc>>,
}

impl Span {
    /// Whether the event opens its patient's record at an instant.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.opened_at <= now
            && now < self.expires_at
            && self.closed_at.is_none_or(|closed| now < closed)
    }
}

/// The same of a row of `break_glass` under an alias, at the instant in the parameter `now`.
pub fn is_open_sql(event: &str, now: &str) -> String {
    format!(
        "{event}.opened_at <= {now} AND {event}.expires_at > {now} \
         AND ({event}.closed_at IS NULL OR {event}.closed_at > {now})"
    )
}

/// Until when whoever missed at these instants, the latest last, opens nothing. Misses of more than
/// a day ago count no more.
pub fn paused_until(misses: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let recent = misses.iter().filter(|at| now - **at < DAY).count();
    let beyond = recent.checked_sub(MISSES)?;
    let doubled = 1_i64.checked_shl(u32::try_from(beyond).ok()?.min(20))?;
    let pause = TimeDelta::minutes(FIRST_PAUSE_MINUTES * doubled).min(DAY);
    misses.last().map(|last| *last + pause).filter(|end| now < *end)
}

/// Whether whoever opened events at these instants, which nobody reviewed, may open no more: one of
/// them went 24 hours without review.
pub fn is_suspended(
    unreviewed: impl IntoIterator<Item = DateTime<Utc>>,
    now: DateTime<Utc>,
) -> bool {
    unreviewed.into_iter().any(|opened| opened + TimeDelta::hours(REVIEW_HOURS) <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: TimeDelta = TimeDelta::seconds(1);

    fn noon() -> DateTime<Utc> {
        "2026-11-20T04:00:00Z".parse().unwrap()
    }

    fn event(opened_at: DateTime<Utc>) -> Span {
        Span { opened_at, expires_at: expires(opened_at), closed_at: None }
    }

    #[test]
    fn five_misses_pause_for_a_minute_and_each_further_one_doubles_it_up_to_a_day() {
        let mut misses = vec![noon(); 4];
        assert_eq!(paused_until(&misses, noon()), None);
        for minutes in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440] {
            misses.push(noon());
            let end = noon() + TimeDelta::minutes(minutes);
            assert_eq!(paused_until(&misses, end - SECOND), Some(end), "{}", misses.len());
            assert_eq!(paused_until(&misses, end), None);
        }
    }

    #[test]
    fn misses_of_yesterday_pause_nobody() {
        let misses = vec![noon(); 5];
        assert_eq!(paused_until(&misses, noon() + TimeDelta::hours(24)), None);
    }

    #[test]
    fn an_event_is_open_for_sixty_minutes_to_the_second() {
        let event = event(noon());
        let end = noon() + TimeDelta::minutes(60);
        assert!(!event.is_open(noon() - SECOND));
        assert!(event.is_open(noon()));
        assert!(event.is_open(end - SECOND));
        assert!(!event.is_open(end));
    }

    #[test]
    fn an_event_ends_the_moment_it_is_closed() {
        let closed_at = noon() + TimeDelta::minutes(5);
        let event = Span { closed_at: Some(closed_at), ..event(noon()) };
        assert!(event.is_open(closed_at - SECOND));
        assert!(!event.is_open(closed_at));
    }

    #[test]
    fn an_event_without_review_suspends_from_the_24th_hour_to_the_second() {
        let day = noon() + TimeDelta::hours(24);
        let unreviewed = [noon(), noon() + TimeDelta::hours(23)];
        assert!(!is_suspended(unreviewed, day - SECOND));
        assert!(is_suspended(unreviewed, day));
        assert!(!is_suspended([unreviewed[1]], day));
    }
}
