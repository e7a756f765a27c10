//! Administrative units and organizations by the codes that tokens name, and laws: what is administered and
//! public.

use std::{collections::HashMap, sync::Arc};

use chrono::NaiveDate;
use entity::{administrative_unit, legal_basis, organization};
use parking_lot::Mutex;
use sea_orm::{DatabaseConnection, DbErr, EntityTrait, QueryOrder};

/// All units, organizations and laws, read once and replaced whole.
#[derive(Debug, Default)]
pub struct Directory {
    units: HashMap<String, Vec<administrative_unit::Model>>,
    by_id: HashMap<i64, administrative_unit::Model>,
    organizations: HashMap<String, organization::Model>,
    laws: Vec<legal_basis::Model>,
    /// Documents that were made of it.
    documents: Mutex<HashMap<String, Arc<str>>>,
}

impl Directory {
    /// Reads the tables.
    ///
    /// # Errors
    /// When the database cannot be read.
    #[expect(clippy::disallowed_methods, reason = "units, organizations and laws are public")]
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
        directory.laws =
            legal_basis::Entity::find().order_by_asc(legal_basis::Column::Code).all(db).await?;
        Ok(directory)
    }

    /// A document that is made of it, made once; none where there is none of this name.
    pub fn remembered(
        &self,
        name: &str,
        make: impl FnOnce() -> Option<String>,
    ) -> Option<Arc<str>> {
        if let Some(known) = self.documents.lock().get(name) {
            return Some(Arc::clone(known));
        }
        let made: Arc<str> = make()?.into();
        self.documents.lock().insert(name.to_owned(), Arc::clone(&made));
        Some(made)
    }

    /// The legal bases that grants may rest on, by code.
    pub fn laws(&self) -> &[legal_basis::Model] {
        &self.laws
    }

    /// The unit that bore a code on a day. A unit that moved keeps its code and has a row for each
    /// parent.
    pub fn unit(&self, code: &str, day: NaiveDate) -> Option<&administrative_unit::Model> {
        self.units.get(code)?.iter().find(|unit| unit.is_valid_on(day))
    }

    /// Whether a unit bears a code, or ever did.
    pub fn has_unit(&self, code: &str) -> bool {
        self.units.contains_key(code)
    }

    /// The name of the unit that bears a code on a day, or else of one that did.
    pub fn unit_name(&self, code: &str, day: NaiveDate) -> Option<&str> {
        let any = || self.units.get(code).and_then(|units| units.last());
        self.unit(code, day).or_else(any).map(|unit| unit.name.as_str())
    }

    /// All units, each above those within it.
    pub fn units(&self) -> impl Iterator<Item = &administrative_unit::Model> {
        let mut all: Vec<_> = self.by_id.values().collect();
        all.sort_by_key(|unit| unit.id);
        all.into_iter()
    }

    /// A unit by its key.
    pub fn unit_of_key(&self, key: i64) -> Option<&administrative_unit::Model> {
        self.by_id.get(&key)
    }

    /// All organizations, by code.
    pub fn organizations(&self) -> impl Iterator<Item = &organization::Model> {
        let mut all: Vec<_> = self.organizations.values().collect();
        all.sort_by(|one, other| one.code.cmp(&other.code));
        all.into_iter()
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
