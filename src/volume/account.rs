//! What one principal has read, in buckets of an hour: what all gateways have settled, and what this
//! one has still to settle.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::category::Each;
use crate::policy::Role;

/// Rows by ground and category.
pub type Counts = [Each<u64>; 3];

/// Why rows could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Nothing shows why.
    Unexplained,
    /// A case, an application or an event of the last 24 hours is on file.
    Explained,
    /// A contracted volume.
    Contracted,
}

/// Seconds of a bucket.
const HOUR: i64 = 3600;

/// Hours of the short window; a bucket leaves it when its last second is that long ago.
pub const DAY_HOURS: i64 = 24;

/// Hours of the long window.
pub const MONTH_HOURS: i64 = 30 * 24;

/// The hour of an instant, since 1970.
pub fn hour(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(HOUR)
}

/// When what was read in an hour leaves a window of so many hours.
pub fn leaves(hour: i64, window: i64) -> DateTime<Utc> {
    DateTime::from_timestamp((hour + 1 + window) * HOUR, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A row of the table of what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    pub role: Role,
    pub hour: i64,
    /// Grows with every change of the row.
    pub revision: i64,
    pub counts: Counts,
}

#[derive(Clone, Debug, Default)]
struct Bucket {
    settled: Counts,
    revision: i64,
    /// On their way to the table; of which nobody knows yet whether they arrived.
    sending: Counts,
    /// To be sent.
    pending: Counts,
}

/// What is read within the windows that end in an hour.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    hour: i64,
    /// In the short window.
    pub day: Counts,
    /// Unexplained, in the long window.
    pub month: Each<u64>,
}

/// What one principal has read.
#[derive(Debug, Default)]
pub struct Account {
    buckets: BTreeMap<(i64, Role), Bucket>,
    sums: Option<Sums>,
    has_pending: bool,
    /// When an alarm was raised last, by category: one a day is enough.
    pub alarmed: Each<Option<DateTime<Utc>>>,
}

fn add(to: &mut Counts, more: &Counts) {
    for (to, more) in to.iter_mut().flatten().zip(more.iter().flatten()) {
        *to = to.saturating_add(*more);
    }
}

fn is_zero(counts: &Counts) -> bool {
    counts.iter().flatten().all(|count| *count == 0)
}

impl Bucket {
    fn total(&self) -> Counts {
        let mut total = self.settled;
        add(&mut total, &self.sending);
        add(&mut total, &self.pending);
        total
    }
}

impl Account {
    /// What was read by an instant.
    pub fn sums(&mut self, now: DateTime<Utc>) -> &mut Sums {
        let now = hour(now);
        let is_current = self.sums.as_ref().is_some_and(|sums| sums.hour == now);
        if !is_current {
            // What no window reaches any more is of no use here; the table keeps it.
            self.buckets.retain(|(hour, _), bucket| {
                *hour >= now - MONTH_HOURS || !is_zero(&bucket.sending) || !is_zero(&bucket.pending)
            });
            let mut sums = Sums { hour: now, ..Sums::default() };
            for ((hour, _), bucket) in &self.buckets {
                let total = bucket.total();
                if *hour >= now - DAY_HOURS {
                    add(&mut sums.day, &total);
                }
                if *hour >= now - MONTH_HOURS {
                    let unexplained = total[Ground::Unexplained as usize];
                    for (sum, more) in sums.month.iter_mut().zip(unexplained) {
                        *sum = sum.saturating_add(more);
                    }
                }
            }
            self.sums = Some(sums);
        }
        self.sums.get_or_insert_default()
    }

    /// Adds what is read now.
    pub fn read(&mut self, role: Role, counts: &Counts, now: DateTime<Utc>) {
        let sums = self.sums(now);
        add(&mut sums.day, counts);
        for (sum, more) in sums.month.iter_mut().zip(counts[Ground::Unexplained as usize]) {
            *sum = sum.saturating_add(more);
        }
        let bucket = self.buckets.entry((hour(now), role)).or_default();
        add(&mut bucket.pending, counts);
        self.has_pending = true;
    }

    /// When so many unexplained rows of a category fit into a window again that holds `limit`.
    pub fn frees(
        &self,
        category: usize,
        window: i64,
        limit: u64,
        rows: u64,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let first = hour(now) - window;
        let mut left: Vec<(i64, u64)> = self
            .buckets
            .range((first, Role::HC)..)
            .map(|((hour, _), bucket)| {
                (*hour, bucket.total()[Ground::Unexplained as usize][category])
            })
            .filter(|(_, count)| *count > 0)
            .collect();
        let mut held: u64 = left.iter().map(|(_, count)| *count).sum();
        // What never fits comes no sooner than when anything does.
        let rows = rows.min(limit).max(1);
        let mut end = now;
        left.sort_unstable();
        for (hour, count) in left {
            if held + rows <= limit {
                break;
            }
            held -= count;
            end = leaves(hour, window);
        }
        end.max(now + TimeDelta::seconds(1))
    }

    /// Takes what is to be settled, with what was sent before and is not known to have arrived: then it
    /// may count twice, and never less than once.
    pub fn take(&mut self) -> Vec<(Role, i64, Counts)> {
        if !self.has_pending {
            return Vec::new();
        }
        let mut taken = Vec::new();
        for ((hour, role), bucket) in &mut self.buckets {
            let pending = std::mem::take(&mut bucket.pending);
            add(&mut bucket.sending, &pending);
            if !is_zero(&bucket.sending) {
                taken.push((*role, *hour, bucket.sending));
            }
        }
        taken
    }

    /// What was taken has arrived; what was read meanwhile is to be taken still. Where this is not told,
    /// all of it is taken again.
    pub fn arrived(&mut self) {
        let is_open = |bucket: &Bucket| !is_zero(&bucket.sending) || !is_zero(&bucket.pending);
        self.has_pending = self.buckets.values().any(is_open);
    }

    /// Goes by a row of the table; where it is the answer to what was sent, that has arrived.
    pub fn settle(&mut self, row: &Settled, is_answer: bool) {
        let bucket = self.buckets.entry((row.hour, row.role)).or_default();
        if row.revision > bucket.revision {
            bucket.settled = row.counts;
            bucket.revision = row.revision;
            self.sums = None;
        }
        if is_answer {
            bucket.sending = Counts::default();
            self.sums = None;
        }
    }

    /// Whether everything is settled.
    pub fn is_settled(&self) -> bool {
        !self.has_pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: Role = Role::HC;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn unexplained(health: u64) -> Counts {
        [[0, health, 0], [0; 3], [0; 3]]
    }

    #[test]
    fn what_was_read_leaves_each_window_an_hour_after_it_at_the_latest() {
        let mut account = Account::default();
        account.read(ROLE, &unexplained(20), at("2026-11-20T04:59:00Z"));
        for (now, day, month) in [
            ("2026-11-20T05:00:00Z", 20, 20),
            ("2026-11-21T04:59:59Z", 20, 20),
            ("2026-11-21T05:00:00Z", 0, 20),
            ("2026-12-20T04:59:59Z", 0, 20),
            ("2026-12-20T05:00:00Z", 0, 0),
        ] {
            let sums = account.sums(at(now));
            assert_eq!((sums.day[0][1], sums.month[1]), (day, month), "{now}");
        }
    }

    #[test]
    fn a_limit_frees_when_enough_has_left_the_window() {
        let mut account = Account::default();
        account.read(ROLE, &unexplained(5), at("2026-11-20T04:10:00Z"));
        account.read(Role::HO, &unexplained(15), at("2026-11-20T06:10:00Z"));
        let now = at("2026-11-20T07:00:00Z");
        let frees = |rows| account.frees(1, DAY_HOURS, 20, rows, now);
        assert_eq!(frees(5), at("2026-11-21T05:00:00Z"));
        assert_eq!(frees(6), at("2026-11-21T07:00:00Z"));
        assert_eq!(frees(1_000), at("2026-11-21T07:00:00Z"));
    }

    #[test]
    fn what_is_sent_counts_until_the_table_tells_of_it_and_once_afterwards() {
        let mut account = Account::default();
        let now = at("2026-11-20T04:10:00Z");
        account.read(ROLE, &unexplained(3), now);
        assert_eq!(account.take(), [(ROLE, hour(now), unexplained(3))]);
        account.read(ROLE, &unexplained(2), now);
        assert_eq!(account.sums(now).day[0][1], 5);
        // Another gateway settled four before.
        let row = |revision, health| Settled {
            role: ROLE,
            hour: hour(now),
            revision,
            counts: unexplained(health),
        };
        account.settle(&row(9, 7), true);
        assert_eq!(account.sums(now).day[0][1], 9);
        account.settle(&row(8, 4), false);
        assert_eq!(account.sums(now).day[0][1], 9, "an older row tells nothing new");
        account.arrived();
        assert!(!account.is_settled());
        assert_eq!(account.take(), [(ROLE, hour(now), unexplained(2))]);
        assert_eq!(account.take(), [(ROLE, hour(now), unexplained(2))], "nobody knows");
        account.settle(&row(10, 9), true);
        account.arrived();
        assert!(account.is_settled() && account.take().is_empty());
    }
}
