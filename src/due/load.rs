//! Reads what items are worked out of: of a span of persons, one statement a table.

use std::collections::HashMap;

use entity::{
    administrative_unit, child_care_record, chronic_care_record, health_record,
    household_registration, immunization_card, immunization_dose, infectious_disease_report,
    maternal_care_record, organization, person, residence_notice, residence_registration,
    severe_mental_disorder_record,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, PartialModelTrait, QueryFilter as _,
    QueryOrder as _, Select,
};

use super::{
    Sources,
    sources::{
        Card, Child, Chronic, Dose, Hukou, Mental, Mother, Notice, OfPerson, Person, Record,
        Report, Stay,
    },
};
use crate::db::columns;

/// The unit of each organization, by the name under which records know it.
#[derive(Clone, Debug, Default)]
pub struct Organizations(HashMap<String, String>);

impl Organizations {
    /// Of organizations and the codes of their units.
    pub fn new(units: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(units.into_iter().collect())
    }

    /// Reads them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn read(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        Self::narrowed(db, |all| all).await
    }

    /// Reads those with some names.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn named(db: &impl ConnectionTrait, names: Vec<String>) -> Result<Self, DbErr> {
        if names.is_empty() {
            return Ok(Self::default());
        }
        Self::narrowed(db, |all| all.filter(organization::Column::Name.is_in(names))).await
    }

    #[expect(clippy::disallowed_methods, reason = "reads organizations, which are public")]
    async fn narrowed(
        db: &impl ConnectionTrait,
        narrow: impl FnOnce(Select<organization::Entity>) -> Select<organization::Entity>,
    ) -> Result<Self, DbErr> {
        let all = narrow(organization::Entity::find()).all(db).await?;
        let units = all.iter().map(|of| of.unit_id).collect::<std::collections::BTreeSet<_>>();
        let units = administrative_unit::Entity::find()
            .filter(administrative_unit::Column::Id.is_in(units))
            .all(db)
            .await?;
        let codes: HashMap<i64, String> =
            units.into_iter().map(|unit| (unit.id, unit.code)).collect();
        let known = |of: organization::Model| Some((of.name, codes.get(&of.unit_id)?.clone()));
        Ok(Self(all.into_iter().filter_map(known).collect()))
    }

    /// The code of the unit of an organization.
    pub fn unit(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// The rows of some persons, each kind in the order of their persons.
#[derive(Default)]
pub struct Rows {
    pub persons: Vec<Person>,
    pub hukou: Vec<Hukou>,
    pub stays: Vec<Stay>,
    pub notices: Vec<Notice>,
    pub records: Vec<Record>,
    pub cards: Vec<Card>,
    pub doses: Vec<Dose>,
    pub chronic: Vec<Chronic>,
    pub mental: Vec<Mental>,
    pub children: Vec<Child>,
    pub mothers: Vec<Mother>,
    pub reports: Vec<Report>,
}

impl Rows {
    /// Reads the rows of the persons with keys from one to another, both among them.
    pub(super) async fn read(
        db: &impl ConnectionTrait,
        (from, to): (i64, i64),
    ) -> Result<Self, DbErr> {
        macro_rules! of {
            ($module:ident) => {
                span::<$module::Entity, _>(db, $module::Column::PersonId, (from, to)).await?
            };
        }
        Ok(Self {
            persons: span::<person::Entity, _>(db, person::Column::Id, (from, to)).await?,
            hukou: of!(household_registration),
            stays: of!(residence_registration),
            notices: of!(residence_notice),
            records: of!(health_record),
            cards: of!(immunization_card),
            doses: of!(immunization_dose),
            chronic: of!(chronic_care_record),
            mental: of!(severe_mental_disorder_record),
            children: of!(child_care_record),
            mothers: of!(maternal_care_record),
            reports: of!(infectious_disease_report),
        })
    }

    /// Looks at each person.
    pub fn each(&self, mut see: impl FnMut(&Sources<'_>)) {
        let mut rest = Rest::new(self);
        for person in &self.persons {
            see(&rest.of(person));
        }
    }
}

async fn span<E: EntityTrait, P: PartialModelTrait>(
    db: &impl ConnectionTrait,
    key: E::Column,
    (from, to): (i64, i64),
) -> Result<Vec<P>, DbErr> {
    columns::all::<E, P>(db, |rows| rows.filter(key.between(from, to)).order_by_asc(key)).await
}

/// What is left of each kind behind the persons that were looked at.
struct Rest<'a> {
    hukou: &'a [Hukou],
    stays: &'a [Stay],
    notices: &'a [Notice],
    records: &'a [Record],
    cards: &'a [Card],
    doses: &'a [Dose],
    chronic: &'a [Chronic],
    mental: &'a [Mental],
    children: &'a [Child],
    mothers: &'a [Mother],
    reports: &'a [Report],
}

impl<'a> Rest<'a> {
    fn new(rows: &'a Rows) -> Self {
        Self {
            hukou: &rows.hukou,
            stays: &rows.stays,
            notices: &rows.notices,
            records: &rows.records,
            cards: &rows.cards,
            doses: &rows.doses,
            chronic: &rows.chronic,
            mental: &rows.mental,
            children: &rows.children,
            mothers: &rows.mothers,
            reports: &rows.reports,
        }
    }

    fn of(&mut self, person: &'a Person) -> Sources<'a> {
        let key = person.id;
        Sources {
            person,
            hukou: take(&mut self.hukou, key),
            stays: take(&mut self.stays, key),
            notices: take(&mut self.notices, key),
            records: take(&mut self.records, key),
            cards: take(&mut self.cards, key),
            doses: take(&mut self.doses, key),
            chronic: take(&mut self.chronic, key),
            mental: take(&mut self.mental, key),
            children: take(&mut self.children, key),
            mothers: take(&mut self.mothers, key),
            reports: take(&mut self.reports, key),
        }
    }
}

/// The rows of a person from the beginning of some that stand in the order of persons.
fn take<'a, R: OfPerson>(rest: &mut &'a [R], person: i64) -> &'a [R] {
    let skipped = rest.iter().take_while(|row| row.person() < person).count();
    let from = &rest[skipped..];
    let own = from.iter().take_while(|row| row.person() == person).count();
    let (own, behind) = from.split_at(own);
    *rest = behind;
    own
}
