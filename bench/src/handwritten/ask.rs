//! The query string of every route.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// What a request names; every route reads the part it needs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ask {
    /// The key of one person.
    pub id: i64,
    /// The key after which a page begins.
    pub after: i64,
    /// How many rows.
    pub first: i64,
    /// The first administrative unit of the caller's subtree.
    pub low: i64,
    /// The last one.
    pub high: i64,
    /// The collecting department.
    pub department: String,
    /// The organization whose caseload it is.
    pub organization: i64,
    /// The earliest day of arrival.
    pub since: NaiveDate,
    /// The day on which caseloads are read.
    pub today: NaiveDate,
    /// The latest birth date of those who may consent.
    pub born_by: NaiveDate,
    /// The instant before which reports were made.
    pub before: DateTime<Utc>,
}
