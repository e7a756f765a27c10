//! Row scopes as SQL: which rows the caller may see, in the WHERE of every SELECT.

use std::collections::BTreeSet;

use entity::sharing::Group;

use super::{Params, literal_text};
use crate::{
    catalogue::Kind,
    graphql::context::Context,
    policy::{Permit, Position, ProtectedRows, RowRule, Scope, protected_rows},
    read::Value,
};

/// Under-fourteens are minors in the sense of PIPL 28 and 31.
const AGE_OF_CONSENT: u32 = 14;

/// The rules of all fields asked for: a row must satisfy every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowRules(BTreeSet<RowRule>);

impl RowRules {
    /// Adds the rule of one more field.
    pub fn add(&mut self, rule: RowRule) {
        self.0.insert(rule);
    }

    /// Adds the rules of others.
    pub fn extend(&mut self, others: &RowRules) {
        self.0.extend(&others.0);
    }

    /// Whether no field was asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The condition on rows of `kind` under `alias`. With no field asked for, a row must be one of
    /// which some field could be.
    pub fn condition(
        &self,
        permit: &Permit,
        kind: &Kind,
        alias: &str,
        context: &Context<'_>,
        params: &mut Params,
    ) -> String {
        let mut conditions = Vec::new();
        if self.is_empty() {
            let any: Vec<String> = presence(permit, kind)
                .0
                .iter()
                .map(|rule| rule_condition(rule, kind, alias, context, params))
                .collect();
            conditions.push(if any.is_empty() {
                "FALSE".to_owned()
            } else {
                format!("({})", any.join(" OR "))
            });
        }
        for rule in &self.0 {
            conditions.push(rule_condition(rule, kind, alias, context, params));
        }
        conditions.insert(0, within_unit(kind, alias, context, params));
        conditions.extend(unprotected(permit, kind, alias));
        conditions.join(" AND ")
    }
}

/// The rules of every field of a kind that may be selected.
pub fn presence(permit: &Permit, kind: &Kind) -> RowRules {
    RowRules(
        permit
            .fields_at(kind.id, Position::Select)
            .filter_map(|field| permit.field(field.id).rows)
            .collect(),
    )
}

/// Every scope is bounded by the caller's unit: the person lives in it now.
pub fn within_unit(kind: &Kind, alias: &str, context: &Context<'_>, params: &mut Params) -> String {
    let (low, high) = context.units;
    let low = params.bind(Value::Int(low));
    let high = params.bind(Value::Int(high));
    about_person(kind, alias, params, |person| {
        format!("{person}.residence_unit_id BETWEEN {low} AND {high}")
    })
}

/// Leaves out rows that tell of specially protected data by being there.
pub fn unprotected(permit: &Permit, kind: &Kind, alias: &str) -> Option<String> {
    Some(match protected_rows(permit.basis.role, kind)? {
        ProtectedRows::Flagged(column) => format!("NOT {alias}.{column}"),
        ProtectedRows::OfGroup(column) => {
            let groups: Vec<String> = Group::ALL
                .into_iter()
                .filter(|group| group.is_specially_protected())
                .map(|group| literal_text(group.code()))
                .collect();
            format!("{alias}.{column} NOT IN ({})", groups.join(", "))
        }
    })
}

fn rule_condition(
    rule: &RowRule,
    kind: &Kind,
    alias: &str,
    context: &Context<'_>,
    params: &mut Params,
) -> String {
    let subject = format!("{alias}.{}", kind.subject);
    let scope = match rule.scope {
        Scope::Unit => "TRUE".to_owned(),
        Scope::Caseload => caseload(&subject, context, params),
        Scope::Own => {
            let department = params.bind(Value::Text(context.department.code().to_owned()));
            format!("{alias}.{} = {department}", rule.collector)
        }
        Scope::Consent => consent(rule, &subject, context, params),
        Scope::Subject => subject_or_ward(&subject, context, params),
        // The permit refuses both; were one to come through, it reaches no row.
        Scope::Exchange | Scope::BreakGlass => "FALSE".to_owned(),
    };
    if rule.covers_minors {
        return scope;
    }
    let adult = params.bind(Value::Date(context.born_by(AGE_OF_CONSENT)));
    let of_age =
        about_person(kind, alias, params, |person| format!("{person}.birth_date <= {adult}"));
    format!("({scope} AND {of_age})")
}

/// A condition on the person a row tells of.
fn about_person(
    kind: &Kind,
    alias: &str,
    params: &mut Params,
    condition: impl FnOnce(&str) -> String,
) -> String {
    if kind.subject == "id" {
        return condition(alias);
    }
    let person = params.alias();
    format!(
        "EXISTS (SELECT 1 FROM person {person} WHERE {person}.id = {alias}.{} AND {})",
        kind.subject,
        condition(&person)
    )
}

fn caseload(subject: &str, context: &Context<'_>, params: &mut Params) -> String {
    let Some(organization) = context.organization else { return "FALSE".to_owned() };
    let organization = params.bind(Value::Int(organization));
    let today = params.bind(Value::Date(context.today));
    let case = params.alias();
    format!(
        "EXISTS (SELECT 1 FROM caseload {case} WHERE {case}.person_id = {subject} \
         AND {case}.organization_id = {organization} AND {case}.started_on <= {today} \
         AND ({case}.ended_on IS NULL OR {case}.ended_on > {today}))"
    )
}

fn consent(rule: &RowRule, subject: &str, context: &Context<'_>, params: &mut Params) -> String {
    let Some(group) = rule.consented else { return "FALSE".to_owned() };
    let department = params.bind(Value::Text(context.department.code().to_owned()));
    let purpose = params.bind(Value::Text(context.purpose.code().to_owned()));
    let group = params.bind(Value::Text(group.code().to_owned()));
    let now = params.bind(Value::Instant(context.now));
    let given = params.alias();
    format!(
        "EXISTS (SELECT 1 FROM consent {given} WHERE {given}.person_id = {subject} \
         AND {given}.recipient_department = {department} AND {given}.purpose = {purpose} \
         AND {given}.field_group = {group} AND {given}.given_at <= {now} \
         AND ({given}.expires_at IS NULL OR {given}.expires_at > {now}) \
         AND ({given}.withdrawn_at IS NULL OR {given}.withdrawn_at > {now}))"
    )
}

/// Oneself, and children under 14 whose guardian one is. A guardian sees nothing of those older:
/// whether at 14 to 17 some of it should open again is for counsel to say (PIPL 31).
fn subject_or_ward(subject: &str, context: &Context<'_>, params: &mut Params) -> String {
    let Some(person) = context.person else { return "FALSE".to_owned() };
    let person = params.bind(Value::Int(person));
    let minor = params.bind(Value::Date(context.born_by(AGE_OF_CONSENT)));
    let (bond, ward) = (params.alias(), params.alias());
    let persons = format!(
        "SELECT CAST({person} AS bigint) UNION ALL SELECT {bond}.person_id \
         FROM household_member {bond} JOIN person {ward} ON {ward}.id = {bond}.person_id \
         WHERE {bond}.guardian_person_id = {person} AND {ward}.birth_date > {minor}"
    );
    params.among(subject, &persons)
}
