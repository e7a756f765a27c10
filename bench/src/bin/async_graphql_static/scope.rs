//! Who may be seen, as plain arguments.

use async_graphql::InputObject;
use chrono::{DateTime, NaiveDate, Utc};
use entity::{caseload, consent, person};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait as _,
    sea_query::{ExprTrait as _, SelectStatement},
};

/// A unit, and what else is asked of its persons.
#[derive(InputObject)]
pub struct Scope {
    low: i64,
    high: i64,
    department: Option<String>,
    books: Option<Books>,
    consent: Option<Consented>,
}

/// On an organization's books on a day.
#[derive(Clone, PartialEq, Eq, Hash, InputObject)]
pub struct Books {
    pub organization: i64,
    pub today: NaiveDate,
}

/// Old enough to consent, and having done so.
#[derive(InputObject)]
struct Consented {
    born_by: NaiveDate,
    now: DateTime<Utc>,
}

impl Scope {
    /// The department that collected the rows, where it is asked for.
    pub fn department(&self) -> Option<&str> {
        self.department.as_deref()
    }

    /// The condition on persons.
    pub fn condition(&self) -> Condition {
        use person::Column;
        Condition::all()
            .add(Column::ResidenceUnitId.between(self.low, self.high))
            .add_option(
                self.department().map(|department| Column::CollectingDepartment.eq(department)),
            )
            .add_option(self.books.as_ref().map(|books| Column::Id.in_subquery(books.persons())))
            .add_option(self.consent.as_ref().map(|consent| {
                Column::BirthDate
                    .lte(consent.born_by)
                    .and(Column::Id.in_subquery(consented("G02", consent.now)))
            }))
    }
}

/// The persons of a unit alone.
pub fn of_unit(low: i64, high: i64) -> SelectStatement {
    person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::ResidenceUnitId.between(low, high))
        .into_query()
}

impl Books {
    /// Those on the books.
    pub fn persons(&self) -> SelectStatement {
        use caseload::Column;
        caseload::Entity::find()
            .select_only()
            .column(Column::PersonId)
            .filter(Column::OrganizationId.eq(self.organization))
            .filter(Column::StartedOn.lte(self.today))
            .filter(Column::EndedOn.is_null().or(Column::EndedOn.gt(self.today)))
            .into_query()
    }
}

/// Those who let migrant workers' services see a group of fields.
pub fn consented(group: &str, now: DateTime<Utc>) -> SelectStatement {
    use consent::Column;
    consent::Entity::find()
        .select_only()
        .column(Column::PersonId)
        .filter(Column::RecipientDepartment.eq("migrant_workers"))
        .filter(Column::Purpose.eq("P-EMP"))
        .filter(Column::FieldGroup.eq(group))
        .filter(Column::GivenAt.lte(now))
        .filter(Column::ExpiresAt.is_null().or(Column::ExpiresAt.gt(now)))
        .filter(Column::WithdrawnAt.is_null().or(Column::WithdrawnAt.gt(now)))
        .into_query()
}
