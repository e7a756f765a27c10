//! Conditions on the person a row tells of: where it lives, who it is, to whom it belongs.

use entity::{
    administrative_unit::COUNTY_SPAN,
    sharing::{Group, Subject},
};

use super::{
    Params,
    closed::{Closed, is_open},
};
use crate::{
    catalogue::Kind,
    graphql::context::Context,
    read::{Dialect, Value},
    rules::age::{AGE_OF_CONSENT, AGE_OF_MAJORITY, is_under_sql},
};

/// Every scope but break-glass is bounded by the caller's unit: the person lives in it now, or the
/// unit that a row tells of lies in it. What tells of no unit is everybody's.
pub fn within_unit(kind: &Kind, alias: &str, context: &Context<'_>, params: &mut Params) -> String {
    match kind.subject {
        Subject::Person(_) => lives_in_unit(kind, alias, context, params),
        Subject::Unit(column) | Subject::Figures(column) => {
            let (low, high) = context.units;
            let low = params.bind(Value::Int(low));
            let high = params.bind(Value::Int(high));
            format!("{alias}.{column} BETWEEN {low} AND {high}")
        }
        Subject::Nobody => "TRUE".to_owned(),
    }
}

fn lives_in_unit(kind: &Kind, alias: &str, context: &Context<'_>, params: &mut Params) -> String {
    let bound = match context.county() {
        // One number, which an index holds before the keys and dates that lists are ordered by.
        Some(county) => {
            let county = params.bind(Value::Int(county));
            format!("residence_unit_id / {COUNTY_SPAN} = {county}")
        }
        None => {
            let (low, high) = context.units;
            let low = params.bind(Value::Int(low));
            let high = params.bind(Value::Int(high));
            format!("residence_unit_id BETWEEN {low} AND {high}")
        }
    };
    about_person(kind, alias, params, |person| format!("{person}.{bound}"))
}

/// A condition on the person a row tells of. Rows of nobody meet it: there is nobody of whom it could
/// be untrue.
pub(super) fn about_person(
    kind: &Kind,
    alias: &str,
    params: &mut Params,
    condition: impl FnOnce(&str) -> String,
) -> String {
    let Some(key) = kind.person() else { return "TRUE".to_owned() };
    if kind.is_person() {
        return condition(alias);
    }
    let person = params.alias();
    format!(
        "EXISTS (SELECT 1 FROM person {person} WHERE {person}.id = {alias}.{key} AND {})",
        condition(&person)
    )
}

/// A SELECT of the keys of oneself, and of wards who have not reached an age and of whom no clinician
/// closed what is looked at.
pub fn own_persons(
    person: i64,
    age: u32,
    closed: &[Closed],
    context: &Context<'_>,
    params: &mut Params,
) -> String {
    let person = params.bind(Value::Int(person));
    let bound = params.bind(Value::Date(context.born_by(age)));
    let (bond, ward) = (params.alias(), params.alias());
    let is_under = is_under_sql(&format!("{ward}.birth_date"), &bound);
    let ward_of_bond = format!("{bond}.person_id");
    let are_open: String = closed
        .iter()
        .map(|closed| format!(" AND {}", is_open(*closed, &ward_of_bond, context, params)))
        .collect();
    format!(
        "SELECT CAST({person} AS bigint) UNION ALL SELECT {bond}.person_id \
         FROM household_member {bond} JOIN person {ward} ON {ward}.id = {bond}.person_id \
         WHERE {bond}.guardian_person_id = {person} AND {is_under}{are_open}"
    )
}

/// That a row tells of oneself or of a ward: under 14, or where it may be so of those under 18.
pub(super) fn subject_or_ward(
    kind: &Kind,
    alias: &str,
    with_older: bool,
    closed: [Option<Group>; 2],
    context: &Context<'_>,
    params: &mut Params,
) -> String {
    let (Some(person), Some(key)) = (context.person, kind.person()) else {
        return "FALSE".to_owned();
    };
    let age = if with_older { AGE_OF_MAJORITY } else { AGE_OF_CONSENT };
    let groups: Vec<Closed> = closed.into_iter().flatten().map(Closed::Group).collect();
    let closed = if groups.is_empty() { &[Closed::Everything] } else { groups.as_slice() };
    let persons = own_persons(person, age, closed, context, params);
    let is_one = params.among(&format!("{alias}.{key}"), &persons);
    match found_by_persons(kind, params) {
        Some(column) => format!("({is_one} AND {alias}.{column} && ARRAY({persons}))"),
        None => is_one,
    }
}

/// A condition that a row belongs to a key: of a parent, or of a row outside.
pub fn belongs(kind: &Kind, alias: &str, column: &str, key: &str, params: &Params) -> String {
    let is_it = format!("{alias}.{column} = {key}");
    match found_by_persons(kind, params) {
        Some(column) => format!("{is_it} AND {alias}.{column} @> ARRAY[{key}]"),
        None => is_it,
    }
}

/// The array in which the persons of a row stand too, whose index finds the rows of a person: on
/// PostgreSQL those of access events.
fn found_by_persons(kind: &Kind, params: &Params) -> Option<&'static str> {
    kind.persons.filter(|_| params.dialect() == Dialect::Postgres)
}
