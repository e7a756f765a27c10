//! The refusal of what would be too much.

use chrono::{DateTime, SecondsFormat, Utc};

use super::category::Category;
use crate::error::{Code, GatewayError};

/// Refuses with what the limit is, that nothing is left of it, and when something is again.
pub fn exceeded(
    message: impl Into<String>,
    category: &str,
    limit: u64,
    reset_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> GatewayError {
    GatewayError::new(Code::QuotaExceeded, message)
        .with("category", category)
        .with("limit", limit)
        .with("remaining", 0)
        .with("resetAt", reset_at.to_rfc3339_opts(SecondsFormat::Secs, true))
        .with("retryAfterSeconds", (reset_at - now).num_seconds().max(0) + 1)
}

/// Refuses an answer about more persons than may be read without a reason that shows.
pub(super) fn of_rows(
    category: Category,
    window: i64,
    (limit, remaining): (u64, u64),
    reset_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> GatewayError {
    let days = window / 24;
    let message = format!(
        "too many persons' data ({}) for no reason on file: at most {limit} in {}, of which \
         {remaining} are left; a contracted volume allows more",
        category.name(),
        if days == 1 { "24 hours".to_owned() } else { format!("{days} days") },
    );
    exceeded(message, category.code(), limit, reset_at, now)
        .with("remaining", remaining)
        .with("window", format!("P{days}D"))
}
