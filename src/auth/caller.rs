//! A verified caller.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::policy::{Purpose, Role};

/// Who asks: the content of a token that passed every check.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    /// `sub`: the client or person.
    pub subject: String,
    /// `jti`: the token.
    pub token_id: String,
    /// `iss`: who vouches for the caller.
    pub issuer: String,
    /// The one role the caller acts in.
    pub role: Role,
    /// The administrative unit's code.
    pub unit: String,
    /// The organization the caller acts for.
    pub organization: Option<String>,
    /// The person's key; set for, and only for, [`Role::SU`].
    pub person: Option<i64>,
    /// The purposes the caller may ask for: at least one, each open to the role, none twice.
    pub purposes: Vec<Purpose>,
    /// `exp`: the instant from which the token is refused.
    pub expires_at: DateTime<Utc>,
}

// Claim values stay out of logs, however a caller gets printed.
impl fmt::Debug for Caller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Caller").field("role", &self.role).finish_non_exhaustive()
    }
}
