//! What the harness knows of the population: the unit, organizations, and each role's list of keys.

use std::collections::HashMap;

use anyhow::Context as _;
use chrono::{DateTime, Months, NaiveDate, Utc};
use migrant_gateway::clock::day_in_shanghai;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};

use super::callers::{Audience, UNIT};

/// Facts of a loaded database.
pub struct Facts {
    /// The first unit of the callers' subtree.
    pub low: i64,
    /// The last one.
    pub high: i64,
    /// The instant of the run.
    pub now: DateTime<Utc>,
    /// The day of the run, as the gateway counts days.
    pub today: NaiveDate,
    /// The latest birth date of those who are fourteen.
    pub born_by: NaiveDate,
    organizations: HashMap<Audience, i64>,
    lists: HashMap<Audience, Vec<i64>>,
}

impl Facts {
    /// Reads them, as they are at an instant.
    pub async fn read(db: &DatabaseConnection, now: DateTime<Utc>) -> anyhow::Result<Self> {
        let today = day_in_shanghai(now);
        let born_by = today.checked_sub_months(Months::new(14 * 12)).context("a day")?;
        let sql = format!("SELECT id FROM administrative_unit WHERE code = '{UNIT}'");
        let low = one(db, &sql).await?;
        let high =
            one(db, &format!("SELECT subtree_end FROM administrative_unit WHERE id = {low}"))
                .await?;
        let mut organizations = HashMap::new();
        let mut lists = HashMap::new();
        for audience in Audience::ALL {
            let code = audience.organization();
            let sql = format!("SELECT id FROM organization WHERE code = '{code}'");
            let organization = one(db, &sql).await?;
            organizations.insert(audience, organization);
            let rows = rows_of(audience, organization, today, born_by);
            let sql = format!(
                "SELECT p.id FROM person p WHERE p.residence_unit_id BETWEEN {low} AND {high} \
                 AND {rows} ORDER BY p.id"
            );
            let list = all(db, &sql).await?;
            anyhow::ensure!(
                list.len() > 20,
                "{audience:?} has {} persons in unit {UNIT}: take more --persons",
                list.len()
            );
            lists.insert(audience, list);
        }
        Ok(Self { low, high, now, today, born_by, organizations, lists })
    }

    /// The keys of the persons of an audience's list, in its order.
    pub fn list(&self, audience: Audience) -> &[i64] {
        &self.lists[&audience]
    }

    /// The key of an audience's organization.
    pub fn organization(&self, audience: Audience) -> i64 {
        self.organizations[&audience]
    }
}

fn rows_of(audience: Audience, organization: i64, today: NaiveDate, born_by: NaiveDate) -> String {
    match audience {
        Audience::Police | Audience::Population => "p.collecting_department = 'police'".to_owned(),
        Audience::Street | Audience::Clinic => format!(
            "EXISTS (SELECT 1 FROM caseload c WHERE c.person_id = p.id \
             AND c.organization_id = {organization} AND c.started_on <= '{today}' \
             AND (c.ended_on IS NULL OR c.ended_on > '{today}'))"
        ),
        Audience::Workers => format!(
            "p.birth_date <= '{born_by}' AND EXISTS (SELECT 1 FROM consent c \
             WHERE c.person_id = p.id AND c.recipient_department = 'migrant_workers' \
             AND c.purpose = 'P-EMP' AND c.field_group = 'G02' AND c.withdrawn_at IS NULL \
             AND (c.expires_at IS NULL OR c.expires_at > '{today}'))"
        ),
        Audience::Reports => "EXISTS (SELECT 1 FROM infectious_disease_report r \
             WHERE r.person_id = p.id)"
            .to_owned(),
    }
}

async fn one(db: &DatabaseConnection, sql: &str) -> anyhow::Result<i64> {
    all(db, sql).await?.first().copied().with_context(|| format!("no row: {sql}"))
}

async fn all(db: &DatabaseConnection, sql: &str) -> anyhow::Result<Vec<i64>> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
