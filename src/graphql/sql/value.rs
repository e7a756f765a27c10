//! Values as SQL expressions: a column, or what is derived from columns inside the database.

use entity::sharing::{Derivation, Mask};

use super::{Params, RowRules, Scoping, named};
use crate::{
    catalogue::{Field, Source, catalogue},
    read::Value,
    rules::{
        age::{AGE_OF_CONSENT, is_under_sql},
        consent,
    },
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
    field: &Field,
    alias: &str,
    rows: &RowRules,
    scoping: &Scoping<'_>,
    params: &mut Params,
) -> Option<String> {
    let value = expression(field, None, alias, scoping, params)?;
    Some(shown(field, &value, alias, rows, scoping, params))
}

/// The SQL of a value of a field in rows that show it, and null in others.
pub fn shown(
    field: &Field,
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
///
/// Values that only the gateway can finish (pseudonyms, months, lists) have none; their columns are
/// selected one by one.
pub fn expression(
    field: &Field,
    mask: Option<Mask>,
    alias: &str,
    scoping: &Scoping<'_>,
    params: &mut Params,
) -> Option<String> {
    match mask {
        Some(Mask::Coarser(column) | Mask::StreetOf(column)) => {
            return Some(format!("{alias}.{column}"));
        }
        Some(Mask::OrganizationKind(kind)) => return Some(generalized(alias, kind, kind)),
        _ => {}
    }
    let context = scoping.context;
    let derivation = match (field.source, mask) {
        (Source::Column(column), Some(Mask::AgeBand)) => Derivation::AgeBand(column),
        (Source::Column(column), mask) => {
            let value = match mask {
                // Nothing of the value is read.
                Some(Mask::Stars) => format!("CASE WHEN {alias}.{column} IS NOT NULL THEN '' END"),
                _ => format!("{alias}.{column}"),
            };
            return Some(match field.spec.names_person {
                Some(person) => named(scoping, alias, person, &value, params),
                None => value,
            });
        }
        (Source::Derived(derivation), _) => derivation,
    };
    let mut day = |date| params.bind(Value::Date(date));
    Some(match derivation {
        Derivation::AgeBand(column) => {
            let birth = format!("{alias}.{column}");
            let bands = [(7, "0-6"), (14, "7-13"), (18, "14-17"), (50, "18-49"), (65, "50-64")];
            let mut sql = format!("CASE WHEN {birth} IS NULL THEN NULL");
            for (years, band) in bands {
                sql += &format!(" WHEN {birth} > {} THEN '{band}'", day(context.born_by(years)));
            }
            sql + " ELSE '65+' END"
        }
        Derivation::UnderGuardianship { birth_date, incapacitated } => {
            let adult = day(context.born_by(AGE_OF_CONSENT));
            let is_minor = is_under_sql(&format!("{alias}.{birth_date}"), &adult);
            format!("({is_minor} OR {alias}.{incapacitated})")
        }
        Derivation::Equals(column, value) => {
            format!("({alias}.{column} = {})", literal_text(value))
        }
        Derivation::Present(column) => format!("({alias}.{column} IS NOT NULL)"),
        Derivation::AtMost(column, most) => format!("({alias}.{column} <= {most})"),
        Derivation::Reached(column) => {
            format!("COALESCE({alias}.{column} <= {}, FALSE)", day(context.today))
        }
        Derivation::MonthsAtLeast { from, until, months } => {
            let since = day(context.since_months(months));
            let today = day(context.today);
            format!(
                "({alias}.{from} <= {since} AND ({alias}.{until} IS NULL \
                 OR {alias}.{until} > {today}))"
            )
        }
        Derivation::InForce { given, expires, withdrawn } => {
            let now = params.bind(Value::Instant(context.now));
            let [given, expires, withdrawn] =
                [given, expires, withdrawn].map(|column| format!("{alias}.{column}"));
            format!("({})", consent::is_in_force_sql(&given, &expires, &withdrawn, &now))
        }
        Derivation::Generalized { name, kind } => generalized(alias, kind, name),
        Derivation::Pseudonym { .. }
        | Derivation::Months { .. }
        | Derivation::DueDoses(_)
        | Derivation::Parts(_) => return None,
    })
}

/// A column of an organization, unless its kind is one that discloses by itself.
fn generalized(alias: &str, kind: &str, shown: &str) -> String {
    let (kinds, clinic) = (DISCLOSING.map(literal_text).join(", "), literal_text(CLINIC));
    format!("CASE WHEN {alias}.{kind} IN ({kinds}) THEN {clinic} ELSE {alias}.{shown} END")
}
