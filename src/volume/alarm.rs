//! What is usual for a role, and the alarm where somebody reads three times as much, with whatever
//! reasons on file.
#![expect(clippy::disallowed_types, reason = "sums counts in the database")]

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

use super::{
    account::{DAY_HOURS, hour},
    category::{Category, Each},
};
use crate::policy::Role;

/// How far back it is looked what is usual, in hours.
pub(super) const BASELINE_HOURS: i64 = 90 * 24;

/// How many times the usual is alarming.
const ALARMING: f64 = 3.0;

/// Somebody read more than is usual.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    pub at: DateTime<Utc>,
    pub issuer: String,
    pub subject: String,
    pub role: Role,
    pub category: Category,
    /// Explained rows of the last 24 hours.
    pub rows: u64,
    /// What is usual.
    pub usual: f64,
}

/// The mean of explained rows that one principal of a role reads on a day on which it reads any, over
/// the 90 days before the last; by category, where there is any.
#[derive(Clone, Debug, Default)]
pub struct Baselines(HashMap<Role, Each<Option<f64>>>);

/// Days are spans of 24 hours here: what matters is their length.
const SQL: &str = "SELECT role, \
    CAST(SUM(movement) AS BIGINT) AS movement, CAST(SUM(health) AS BIGINT) AS health, \
    CAST(SUM(identity) AS BIGINT) AS identity, \
    CAST(SUM(CASE WHEN movement > 0 THEN 1 ELSE 0 END) AS BIGINT) AS movement_days, \
    CAST(SUM(CASE WHEN health > 0 THEN 1 ELSE 0 END) AS BIGINT) AS health_days, \
    CAST(SUM(CASE WHEN identity > 0 THEN 1 ELSE 0 END) AS BIGINT) AS identity_days \
    FROM (SELECT role, issuer, subject, hour / 24 AS day, \
    SUM(explained_movement) AS movement, SUM(explained_health) AS health, \
    SUM(explained_identity) AS identity FROM volume_usage WHERE hour >= $1 AND hour < $2 \
    GROUP BY role, issuer, subject, hour / 24) days GROUP BY role";

impl Baselines {
    /// What is usual at an instant.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn load(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<Self, DbErr> {
        let now = hour(now);
        let values = [now - BASELINE_HOURS, now - DAY_HOURS].map(sea_orm::Value::from);
        let select = Statement::from_sql_and_values(db.get_database_backend(), SQL, values);
        let mut all = HashMap::new();
        for row in db.query_all_raw(select).await? {
            let Some(role) = Role::parse(&row.try_get::<String>("", "role")?) else { continue };
            let mut usual = Each::default();
            for category in Category::ALL {
                let name = category.name();
                let rows: i64 = row.try_get("", name)?;
                let days: i64 = row.try_get("", &format!("{name}_days"))?;
                usual[category as usize] = (days > 0).then(|| rows as f64 / days as f64);
            }
            all.insert(role, usual);
        }
        Ok(Self(all))
    }

    /// What is usual for a role.
    pub fn of(&self, role: Role) -> Option<&Each<Option<f64>>> {
        self.0.get(&role)
    }

    /// Whether so many rows of a day are no longer usual.
    pub fn is_alarming(rows: u64, usual: f64) -> bool {
        rows as f64 > ALARMING * usual
    }
}
