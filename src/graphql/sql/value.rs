//! Values as SQL expressions: a column, or what is derived from columns inside the database.

use entity::sharing::{Computed, Mask, Type};

use super::{Params, RowRules, Scoping, named::named};
use crate::{
    catalogue::{DatabaseField, DatabaseValue, Kind, catalogue},
    graphql::derivation,
    policy::{Role, RowRule},
};

/// Kinds of organization whose name alone would disclose (domain rule on `managingOrg`): as records of
/// persons name them, and as the register of organizations does.
pub const DISCLOSING: [&str; 8] = [
    "psychiatric_hospital",
    "infectious_hospital",
    "detoxification",
    "reproductive_hospital",
    "mental_health_clinic",
    "infectious_disease_division",
    "hiv_sti_desk",
    "maternal_child_hospital",
];

/// What stands in place of such a name.
pub const CLINIC: &str = "医疗机构";

/// What stands in place of such a code, of an organization or of a kind of them.
pub const CLINIC_CODE: &str = "clinic";

/// A text constant of this program as SQL.
pub fn literal_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The SQL of a field's value under `alias` as it is shown in rows of which `rows` hold: null in those
/// that the field's rule does not reach.
pub fn cell(
    field: DatabaseField,
    alias: &str,
    rows: &RowRules,
    scoping: &Scoping<'_>,
    params: &mut Params,
) -> String {
    let value = expression(field, None, (alias, rows), scoping, params);
    shown(field, &value, alias, rows, scoping, params)
}

/// The SQL of a value of a field in rows that show it, and null in others.
pub fn shown(
    field: DatabaseField,
    value: &str,
    alias: &str,
    rows: &RowRules,
    scoping: &Scoping<'_>,
    params: &mut Params,
) -> String {
    let rule = scoping.permit.field(field.id).rows;
    let kind = catalogue().kind(field.kind);
    match rule.and_then(|rule| scoping.cell(&rule, rows, kind, alias, params)) {
        Some(scope) => format!("CASE WHEN {scope} THEN {value} END"),
        None => value.to_owned(),
    }
}

/// The SQL of a field's value in rows under `alias` of which some rules hold, at most as much of it as
/// `mask` needs: where the caller sees what its own department collected, that.
pub fn expression(
    field: DatabaseField,
    mask: Option<Mask>,
    (alias, rows): (&str, &RowRules),
    scoping: &Scoping<'_>,
    params: &mut Params,
) -> String {
    let rule = scoping.permit.field(field.id).rows;
    let of = (catalogue().kind(field.kind), alias);
    scoping.collected(rule.as_ref(), rows, of, params, |alias, params| {
        of_row(field, mask, alias, scoping, params)
    })
}

/// The SQL of a column in rows under `alias` of which some rules hold, as a rule shows it: a key, or an
/// input to what the gateway finishes.
pub fn column(
    column: &str,
    rule: Option<&RowRule>,
    rows: &RowRules,
    (kind, alias): (&Kind, &str),
    scoping: &Scoping<'_>,
    params: &mut Params,
) -> String {
    let value = |alias: &str, _: &mut Params| format!("{alias}.{column}");
    let rule = rule.filter(|_| has_collectors(kind, column));
    scoping.collected(rule, rows, (kind, alias), params, value)
}

/// The same of the key of a further person, where the caller may see who that is.
pub fn named_key(
    column: &str,
    rule: Option<&RowRule>,
    rows: &RowRules,
    (kind, alias): (&Kind, &str),
    scoping: &Scoping<'_>,
    params: &mut Params,
) -> String {
    let value = |alias: &str, params: &mut Params| {
        named(scoping, alias, (column, false), &format!("{alias}.{column}"), params)
    };
    let rule = rule.filter(|_| has_collectors(kind, column));
    scoping.collected(rule, rows, (kind, alias), params, value)
}

/// Whether several departments may have a value of a column each.
fn has_collectors(kind: &Kind, column: &str) -> bool {
    kind.collected.as_ref().is_some_and(|collected| collected.holds(column))
}

/// The SQL of a field's value in the row under `alias`, whoever collected it.
pub(super) fn of_row(
    field: DatabaseField,
    mask: Option<Mask>,
    alias: &str,
    scoping: &Scoping<'_>,
    params: &mut Params,
) -> String {
    let context = scoping.context;
    let value = match (field.value, mask) {
        (_, Some(Mask::Coarser(column) | Mask::StreetOf(column))) => {
            return format!("{alias}.{column}");
        }
        (_, Some(Mask::OrganizationKind(kind))) => {
            return generalized(alias, kind, kind, CLINIC_CODE);
        }
        (DatabaseValue::Column(column), Some(Mask::AgeBand)) => {
            return derivation::expression(Computed::AgeBand(column), alias, context, params);
        }
        (DatabaseValue::Computed(Computed::Generalized { name, .. }), _)
            if field.spec.is_whole_to_the_person && scoping.permit.basis.role == Role::SU =>
        {
            return format!("{alias}.{name}");
        }
        (DatabaseValue::Computed(Computed::Generalized { name, kind }), _)
            if field.spec.ty == Type::Code =>
        {
            return generalized(alias, kind, name, CLINIC_CODE);
        }
        (DatabaseValue::Computed(computed), _) => {
            return derivation::expression(computed, alias, context, params);
        }
        // Nothing of the value is read.
        (DatabaseValue::Column(column), Some(Mask::Stars)) => {
            format!("CASE WHEN {alias}.{column} IS NOT NULL THEN '' END")
        }
        (DatabaseValue::Column(column), _) => format!("{alias}.{column}"),
    };
    match field.spec.names_person {
        Some(person) => {
            let whom = (person, field.spec.names_strangers);
            named(scoping, alias, whom, &value, params)
        }
        None => value,
    }
}

/// A column of an organization; `instead` where its kind is one that discloses by itself.
pub fn generalized(alias: &str, kind: &str, shown: &str, instead: &str) -> String {
    let (kinds, clinic) = (DISCLOSING.map(literal_text).join(", "), literal_text(instead));
    format!("CASE WHEN {alias}.{kind} IN ({kinds}) THEN {clinic} ELSE {alias}.{shown} END")
}
