//! Loads what stands below many rows at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use chrono::{DateTime, Utc};
use entity::{employment, health_record, household_registration, person, residence_registration};
use sea_orm::{
    ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryTrait as _,
};

use crate::{
    objects::{Employment, HealthRecord, HouseholdRegistration, Person, Residence},
    scope::{Books, consented},
};

/// The loader of one request.
pub struct Below(pub DatabaseConnection);

/// One list of a person, as its key asks for it, from its table.
macro_rules! list {
    ($key:ident, $table:ident, $item:ident { $($column:ident),* }) => {
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $key {
            pub person: i64,
            pub department: Option<String>,
            pub consented_at: Option<DateTime<Utc>>,
        }

        impl Loader<$key> for Below {
            type Value = Vec<$item>;
            type Error = Arc<DbErr>;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>, Self::Error> {
                use $table::{Column, Entity};
                let Some(asked) = keys.first() else { return Ok(HashMap::new()) };
                let rows = Entity::find()
                    .filter(Column::PersonId.is_in(keys.iter().map(|key| key.person)))
                    .apply_if(asked.department.as_deref(), |select, department| {
                        select.filter(Column::CollectingDepartment.eq(department))
                    })
                    .apply_if(asked.consented_at, |select, now| {
                        select.filter(Column::PersonId.in_subquery(consented("G11", now)))
                    })
                    .order_by_asc(Column::Id)
                    .all(&self.0)
                    .await?;
                let mut lists: HashMap<$key, Vec<$item>> = HashMap::new();
                for row in rows {
                    let key = $key { person: row.person_id, ..asked.clone() };
                    lists.entry(key).or_default().push($item { $($column: row.$column),* });
                }
                Ok(lists)
            }
        }
    };
}

list!(
    ResidencesOf,
    residence_registration,
    Residence { id, residence_address, arrival_date, departure_date, dwelling_type }
);
list!(
    EmploymentsOf,
    employment,
    Employment { id, occupation, industry, employer_name, has_labor_contract }
);
list!(
    HouseholdsOf,
    household_registration,
    HouseholdRegistration { id, hukou_region_code, hukou_address }
);
list!(HealthRecordsOf, health_record, HealthRecord { id, record_number, blood_type });

/// A person, where it is on an organization's books.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonOnBooks {
    pub person: i64,
    pub books: Books,
}

impl Loader<PersonOnBooks> for Below {
    type Value = Person;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[PersonOnBooks],
    ) -> Result<HashMap<PersonOnBooks, Person>, Self::Error> {
        use person::{Column, Entity};
        let Some(asked) = keys.first() else { return Ok(HashMap::new()) };
        let rows = Entity::find()
            .filter(Column::Id.is_in(keys.iter().map(|key| key.person)))
            .filter(Column::Id.in_subquery(asked.books.persons()))
            .all(&self.0)
            .await?;
        let known = rows
            .into_iter()
            .map(|row| (PersonOnBooks { person: row.id, ..asked.clone() }, row.into()));
        Ok(known.collect())
    }
}
