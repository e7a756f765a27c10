//! Values that name a further person: a child's row names its guardian, a person's its emergency contact.

use entity::person;

use super::{Params, RowRules, Scoping};
use crate::{
    catalogue::catalogue,
    policy::{Decision, Permit},
};

/// A value of a row under `alias`, where the person in the column `person` is one whose name the
/// caller may see; null elsewhere, so that selecting and filtering tell the same. `strangers` says that it
/// is shown where the column is null, too: of somebody who is no person here.
pub fn named(
    scoping: &Scoping<'_>,
    alias: &str,
    (person, strangers): (&str, bool),
    value: &str,
    params: &mut Params,
) -> String {
    let kind = catalogue().kind_of::<person::Entity>();
    let Some(rule) = name(scoping.permit).rows else {
        return format!("CASE WHEN FALSE THEN {value} END");
    };
    let mut rules = RowRules::default();
    rules.demand(rule);
    let other = params.alias();
    // The other person has its own unit, age and cases: nothing that is known of the row holds.
    let scoping = Scoping::new(scoping.permit, scoping.context, None);
    let within = rules.condition(&scoping, kind, &other, params);
    let or = if strangers { format!("{alias}.{person} IS NULL OR ") } else { String::new() };
    format!(
        "CASE WHEN {or}EXISTS (SELECT 1 FROM {} {other} WHERE {other}.id = {alias}.{person} \
         AND {within}) THEN {value} END",
        kind.table
    )
}

fn name(permit: &Permit) -> &Decision {
    permit.field(catalogue().field_of(person::Column::Name).id)
}
