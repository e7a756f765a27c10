//! Administrative units and organizations by the codes that tokens name.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{administrative_unit, organization};
use sea_orm::{DatabaseConnection, DbErr, EntityTrait};

/// All units and organizations, read once and replaced whole.
#[derive(Debug, Default)]
pub struct Directory {
    units: HashMap<String, Vec<administrative_unit::Model>>,
    by_id: HashMap<i64, administrative_unit::Model>,
    organizations: HashMap<String, organization::Model>,
}

impl Directory {
    /// Reads the tables.
    ///
    /// # Errors
    /// When the database cannot be read.
    #[expect(clippy::disallowed_methods, reason = "units and organizations are public")]
    pub async fn load(db: &DatabaseConnection) -> Result<Self, DbErr> {
        let mut directory = Self::default();
        for unit in administrative_unit::Entity::find().all(db).await? {
            directory.by_id.insert(unit.id, unit.clone());
            directory.units.entry(unit.code.clone()).or_default().push(unit);
        }
        directory.organizations = organization::Entity::find()
            .all(db)
            .await?
            .into_iter()
            .map(|organization| (organization.code.clone(), organization))
            .collect();
        Ok(directory)
    }

    /// The unit that bore a code on a day. A unit that moved keeps its code and has a row for each
    /// parent.
    pub fn unit(&self, code: &str, day: NaiveDate) -> Option<&administrative_unit::Model> {
        self.units.get(code)?.iter().find(|unit| unit.is_valid_on(day))
    }

    /// The organization with a code.
    pub fn organization(&self, code: &str) -> Option<&organization::Model> {
        self.organizations.get(code)
    }

    /// The contract by which an organization handles data for others, while it holds (PIPL 21).
    pub fn contract(organization: &organization::Model, day: NaiveDate) -> Option<&str> {
        let holds = organization.contract_ends_on.is_some_and(|end| day < end);
        organization.contract.as_deref().filter(|number| holds && !number.trim().is_empty())
    }

    /// Whether a unit is, or lies within, another.
    pub fn is_within(&self, unit: i64, other: &administrative_unit::Model) -> bool {
        self.by_id.contains_key(&unit) && (other.id..=other.subtree_end).contains(&unit)
    }
}
