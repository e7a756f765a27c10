//! How many persons a proposal reaches: an estimate over the whole province.
//!
//! A single caller reaches those of its own unit and organization only; with scope `s`, itself.
//! Counts are rounded and small ones suppressed as all counts are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use entity::sharing::{BESIDE, Class};

use crate::{
    catalogue::{Kind, KindId, catalogue},
    clock::day_in_shanghai,
    error::Result,
    graphql::{rounded, sql::Params},
    policy::{Purpose, Role, RowRule, Scope, explain::Shift},
    read::{Reader, Value},
    rules::{
        age::{AGE_OF_CONSENT, born_by, has_reached_sql},
        caseload, consent,
    },
};

/// How many are counted at most; a whole matrix would take too long.
const COUNTED: usize = 64;

/// The persons of whom fields of a kind appear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// To whom.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
    /// Of which kind.
    pub kind: &'static str,
    /// How many, rounded to 5; absent when suppressed or not counted.
    pub count: Option<i64>,
    /// Whether they were counted: of a large proposal only the first are.
    pub is_counted: bool,
}

type Cohorts = BTreeMap<(Role, Purpose, KindId), (BTreeSet<RowRule>, bool)>;

/// Counts the persons of appearing fields.
pub(super) async fn reached(
    reader: &dyn Reader,
    shifts: &[Shift],
    now: DateTime<Utc>,
) -> Result<Vec<Reached>> {
    let mut cohorts = Cohorts::new();
    for line in shifts.iter().map(|shift| &shift.after) {
        if let Some(rule) = line.rows {
            let spec = &line.field.spec;
            let cohort = cohorts.entry((line.role, line.purpose, line.field.kind)).or_default();
            cohort.0.insert(rule);
            cohort.1 |= spec.class == Class::C4 || spec.group.is_specially_protected();
        }
    }
    let mut all = Vec::new();
    for ((role, purpose, kind), (rules, is_protected)) in cohorts {
        let kind = catalogue().kind(kind);
        // Rows of nobody reach nobody.
        let Some(person) = kind.person() else { continue };
        let is_counted = all.len() < COUNTED;
        let count = if is_counted {
            rounded(count(reader, role, purpose, (kind, person), &rules, now).await?, is_protected)
        } else {
            None
        };
        all.push(Reached { role, purpose, kind: kind.name, count, is_counted });
    }
    Ok(all)
}

async fn count(
    reader: &dyn Reader,
    role: Role,
    purpose: Purpose,
    (kind, person): (&Kind, &str),
    rules: &BTreeSet<RowRule>,
    now: DateTime<Utc>,
) -> Result<i64> {
    let mut params = Params::new(reader.dialect());
    let subject = format!("t.{person}");
    let cohorts: Vec<String> = rules
        .iter()
        .map(|rule| {
            let within = condition(*rule, role, purpose, (kind, &subject), now, &mut params);
            if rule.covers_minors {
                return format!("({within})");
            }
            let adult = born_by(day_in_shanghai(now), AGE_OF_CONSENT);
            let adult = params.bind(Value::Date(adult));
            format!("({within} AND {})", has_reached_sql("p.birth_date", &adult))
        })
        .collect();
    let sql = format!(
        "SELECT count(DISTINCT {subject}) FROM {} t JOIN person p ON p.id = {subject} \
         WHERE p.residence_unit_id IS NOT NULL AND ({})",
        kind.table,
        cohorts.join(" OR ")
    );
    let rows = reader.read(&params.finish(sql)).await?;
    Ok(if rows.is_empty() { 0 } else { rows.int(0, 0).unwrap_or(0) })
}

/// Whom a rule reaches, through any caller of the role.
fn condition(
    rule: RowRule,
    role: Role,
    purpose: Purpose,
    (kind, subject): (&Kind, &str),
    now: DateTime<Utc>,
    params: &mut Params,
) -> String {
    let department = role.department().code().to_owned();
    match (rule.scope, rule.consented) {
        (Scope::Unit | Scope::Subject, _) => "1 = 1".to_owned(),
        // Batches that would carry others' rows are not there yet.
        (Scope::Own | Scope::Exchange, _) => {
            let department = params.bind(Value::Text(department));
            let of_row = format!("t.{} = {department}", rule.collector);
            match kind.collected.is_some() && rule.beside {
                true => {
                    let bit = role.department().bit();
                    format!("({of_row} OR (t.{BESIDE} & {bit}) = {bit})")
                }
                false => of_row,
            }
        }
        (Scope::Caseload, _) => {
            let department = params.bind(Value::Text(department));
            let today = params.bind(Value::Date(day_in_shanghai(now)));
            let is_open = caseload::is_open_sql("c", &today);
            format!(
                "EXISTS (SELECT 1 FROM caseload c JOIN organization o ON o.id = c.organization_id \
                 WHERE c.person_id = {subject} AND o.department = {department} AND {is_open})"
            )
        }
        (Scope::Consent, Some(group)) => {
            let department = params.bind(Value::Text(department));
            let purpose = params.bind(Value::Text(purpose.code().to_owned()));
            let group = params.bind(Value::Text(group.code().to_owned()));
            let now = params.bind(Value::Instant(now));
            let is_in_force = consent::row_is_in_force_sql("c", &now);
            format!(
                "EXISTS (SELECT 1 FROM consent c WHERE c.person_id = {subject} \
                 AND c.recipient_department = {department} AND c.purpose = {purpose} \
                 AND c.field_group = {group} AND {is_in_force})"
            )
        }
        // The permit refuses these; they reach no row.
        (Scope::Consent | Scope::BreakGlass, _) => "1 = 0".to_owned(),
    }
}
