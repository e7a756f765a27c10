//! What is left to a caller: in headers (draft-ietf-httpapi-ratelimit-headers-10) and in `entitlement`.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value as Json, json};

use super::{
    account::{DAY_HOURS, MONTH_HOURS, hour, leaves},
    category::Category,
};

/// One limit, and what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    category: Category,
    /// What the limit is of: the last part of its name.
    of: &'static str,
    /// Hours.
    window: i64,
    limit: u64,
    used: u64,
    now: DateTime<Utc>,
}

/// What is left of all limits that an answer counts for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing(Vec<Policy>);

impl Policy {
    /// Unexplained rows of 24 hours.
    pub(super) fn of_day(category: Category, limit: u64, used: u64, now: DateTime<Utc>) -> Self {
        Self { category, of: "day", window: DAY_HOURS, limit, used, now }
    }

    /// Unexplained rows of 30 days.
    pub(super) fn of_month(category: Category, limit: u64, used: u64, now: DateTime<Utc>) -> Self {
        Self { category, of: "month", window: MONTH_HOURS, limit, used, now }
    }

    /// Contracted rows of 24 hours.
    pub(super) fn contracted(
        category: Category,
        limit: u64,
        used: u64,
        now: DateTime<Utc>,
    ) -> Self {
        Self { category, of: "contract", window: DAY_HOURS, limit, used, now }
    }

    fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    /// By when all that is used now has left the window.
    fn reset(&self) -> DateTime<Utc> {
        if self.used == 0 { self.now } else { leaves(hour(self.now), self.window) }
    }
}

impl Standing {
    pub(super) fn add(&mut self, policy: Policy) {
        self.0.push(policy);
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `RateLimit-Policy` and `RateLimit`: Lists of Strings with Parameters (RFC 9651). The unit is
    /// persons of whom the answers tell. They stand on every answer, so they are put together by hand.
    pub fn headers(&self) -> (String, String) {
        let room = 56 * self.0.len();
        let (mut policies, mut limits) = (String::with_capacity(room), String::with_capacity(room));
        let mut number = itoa::Buffer::new();
        for policy in &self.0 {
            for list in [&mut policies, &mut limits] {
                list.push_str(if list.is_empty() { "\"" } else { ", \"" });
                list.push_str(policy.category.name());
                list.push('-');
                list.push_str(policy.of);
            }
            policies.push_str("\";q=");
            policies.push_str(number.format(policy.limit));
            policies.push_str(";w=");
            policies.push_str(number.format(policy.window * 3600));
            policies.push_str(";qu=\"persons\"");
            limits.push_str("\";r=");
            limits.push_str(number.format(policy.remaining()));
            limits.push_str(";t=");
            limits.push_str(number.format((policy.reset() - policy.now).num_seconds().max(0)));
        }
        (policies, limits)
    }

    /// The same as members of `entitlement`.
    pub fn to_json(&self) -> Json {
        self.0
            .iter()
            .map(|policy| {
                json!({
                    "category": policy.category.code(),
                    "labelZh": policy.category.label_zh(),
                    "ground": if policy.of == "contract" { "CONTRACT" } else { "UNEXPLAINED" },
                    "window": format!("P{}D", policy.window / 24),
                    "limit": policy.limit,
                    "remaining": policy.remaining(),
                    "resetAt": policy.reset().to_rfc3339_opts(SecondsFormat::Secs, true),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_lists_of_strings_with_parameters() {
        let now = "2026-11-20T04:10:00Z".parse().unwrap();
        let mut standing = Standing::default();
        standing.add(Policy::of_day(Category::Health, 20, 3, now));
        standing.add(Policy::of_month(Category::Health, 100, 0, now));
        let (policies, limits) = standing.headers();
        assert_eq!(
            policies,
            "\"health-day\";q=20;w=86400;qu=\"persons\", \
             \"health-month\";q=100;w=2592000;qu=\"persons\""
        );
        assert_eq!(limits, "\"health-day\";r=17;t=89400, \"health-month\";r=100;t=0");
    }
}
