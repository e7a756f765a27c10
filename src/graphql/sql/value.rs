//! Values as SQL expressions: a column, or what is derived from columns inside the database.

use entity::sharing::{Computed, Mask};

use super::{Params, RowRules, Scoping, named};
use crate::{
    catalogue::{DatabaseField, DatabaseValue, catalogue},
    graphql::derivation,
};

/// Kinds of organization whose name alone would disclose (domain rule on `managingOrg`).
pub const DISCLOSING: [&str; 4] = ["精神专科", "传染病", "戒毒", "生殖"];

/// What stands in place of such a name.
pub const CLINIC: &str = "医疗机构";

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
    let value = expression(field, None, alias, scoping, params);
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

/// The SQL of a field's value under `alias`, at most as much of it as `mask` needs.
pub fn expression(
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
        (_, Some(Mask::OrganizationKind(kind))) => return generalized(alias, kind, kind),
        (DatabaseValue::Column(column), Some(Mask::AgeBand)) => {
            return derivation::expression(Computed::AgeBand(column), alias, context, params);
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
        Some(person) => named(scoping, alias, person, &value, params),
        None => value,
    }
}

/// A column of an organization, unless its kind is one that discloses by itself.
pub fn generalized(alias: &str, kind: &str, shown: &str) -> String {
    let (kinds, clinic) = (DISCLOSING.map(literal_text).join(", "), literal_text(CLINIC));
    format!("CASE WHEN {alias}.{kind} IN ({kinds}) THEN {clinic} ELSE {alias}.{shown} END")
}
