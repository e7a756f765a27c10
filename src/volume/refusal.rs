//! The refusal of what would be too much.

use chrono::{DateTime, SecondsFormat, Utc};

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
