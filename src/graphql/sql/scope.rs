//! Row scopes as SQL: which rows the caller may see, in the WHERE of every SELECT.

use std::collections::BTreeSet;

use entity::sharing::{Group, ProtectedRows};

use super::{
    Params,
    exchange::in_open_batch,
    literal_text,
    persons::{about_person, subject_or_ward, within_unit},
};
use crate::{
    catalogue::Kind,
    graphql::context::Context,
    policy::{Permit, Position, Role, RowRule, Scope, protected_rows},
    read::{Dialect, Value},
    rules::{
        age::{AGE_OF_CONSENT, has_reached_sql},
        break_glass, caseload, consent,
    },
};

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
        scoping: &Scoping<'_>,
        kind: &Kind,
        alias: &str,
        params: &mut Params,
    ) -> String {
        let scoping = Scoping { walk: None, ..*scoping };
        self.restriction(&scoping, kind, alias, params).condition
    }

    /// The same for a list, which may be a walk along persons.
    pub fn restriction(
        &self,
        scoping: &Scoping<'_>,
        kind: &Kind,
        alias: &str,
        params: &mut Params,
    ) -> Restriction {
        let permit = scoping.permit;
        let along =
            scoping.walk.and_then(|_| self.0.iter().find(|rule| scoping.leads(rule)).copied());
        let mut conditions = Vec::new();
        let is_bounded = scoping.is_bounded || self.bound_to_unit(permit);
        if is_bounded && !scoping.is_bounded {
            conditions.push(within_unit(kind, alias, scoping.context, params));
        }
        let scoping = &Scoping { along, is_bounded, ..*scoping };
        if self.is_empty() {
            let before = params.clone();
            let any: Option<Vec<String>> = presence(permit, kind)
                .0
                .iter()
                .map(|rule| scoping.rule(rule, kind, alias, params))
                .collect();
            match any {
                // One of them holds already; databases refuse what was bound for others in vain.
                None => *params = before,
                Some(any) if any.is_empty() => conditions.push("FALSE".to_owned()),
                Some(any) => conditions.push(format!("({})", any.join(" OR "))),
            }
        }
        let rules = self.0.iter().filter_map(|rule| scoping.rule(rule, kind, alias, params));
        conditions.extend(rules);
        conditions.extend(unprotected(permit, scoping.context, kind, alias, params));
        conditions.extend(present(permit, kind, alias));
        let joins = along.map(|rule| scoping.walk_along(&rule, alias, params)).unwrap_or_default();
        let condition =
            if conditions.is_empty() { "TRUE".to_owned() } else { conditions.join(" AND ") };
        Restriction { joins, condition }
    }

    /// Whether these keep a row within the caller's unit. All scopes do but break-glass, by which an
    /// emergency finds its patient wherever they live; one other rule among the fields asked for
    /// is enough.
    fn bound_to_unit(&self, permit: &Permit) -> bool {
        match self.is_empty() {
            true => !permit.breaks_glass,
            false => self.0.iter().any(|rule| !rule.break_glass),
        }
    }

    /// Whether what a rule demands of the person, other than its age, these demand too.
    fn imply(&self, rule: &RowRule) -> bool {
        self.0.iter().any(|known| {
            let is_same = (known.scope, known.consented) == (rule.scope, rule.consented)
                && (rule.older_wards || !known.older_wards)
                && (rule.entrusted || !known.entrusted);
            // Of caseload or emergency access, either alone is enough.
            let is_either = rule.break_glass && known.scope == Scope::BreakGlass;
            is_either || is_same && (rule.break_glass || !known.break_glass)
        })
    }

    /// Whether these leave out children.
    fn leaves_out_minors(&self) -> bool {
        self.0.iter().any(|rule| !rule.covers_minors)
    }
}

/// What bounds the rows of a list.
pub struct Restriction {
    /// Joins behind the table, each with a row at most for each of its rows.
    pub joins: String,
    /// The condition; holds together with the joins.
    pub condition: String,
}

/// Where a list of persons in the order of their keys begins and ends: the keys beyond which.
#[derive(Clone, Copy)]
pub struct Walk {
    pub after: Option<i64>,
    pub before: Option<i64>,
}

/// What the conditions on rows are made from.
#[derive(Clone, Copy)]
pub struct Scoping<'a> {
    /// What the caller may see.
    pub permit: &'a Permit,
    /// What is bound.
    pub context: &'a Context<'a>,
    /// The rules that the row above satisfies, which tells of the same person: nothing of this
    /// needs to be asked again.
    pub known: Option<&'a RowRules>,
    /// Whether the person is known to live in the caller's unit.
    pub is_bounded: bool,
    /// Whether rows are a list of persons in the order of their keys, and from where to where.
    pub walk: Option<Walk>,
    /// Whether the rows are few and found by their keys.
    pub is_keyed: bool,
    /// The rule that the walk goes along: its join says what it demands.
    pub along: Option<RowRule>,
}

impl<'a> Scoping<'a> {
    /// For rows that are neither few nor walked along.
    pub fn new(permit: &'a Permit, context: &'a Context<'a>, known: Option<&'a RowRules>) -> Self {
        let is_bounded = known.is_some_and(|known| known.bound_to_unit(permit));
        Self { permit, context, known, is_bounded, walk: None, is_keyed: false, along: None }
    }

    /// The condition that a rule puts on a row; none where it holds already.
    fn rule(
        &self,
        rule: &RowRule,
        kind: &Kind,
        alias: &str,
        params: &mut Params,
    ) -> Option<String> {
        let none = RowRules::default();
        let known = self.known.unwrap_or(&none);
        let subject = format!("{alias}.{}", kind.subject);
        let of_person = !matches!(rule.scope, Scope::Unit | Scope::Own | Scope::Exchange);
        if of_person && known.imply(rule) && (self.is_bounded || rule.break_glass) {
            return self.of_age(rule, kind, alias, params);
        }
        let unit = !self.is_bounded && rule.scope != Scope::BreakGlass;
        let unit = unit.then(|| within_unit(kind, alias, self.context, params));
        let scope = match rule.scope {
            Scope::Unit => None,
            _ if self.along == Some(*rule) => None,
            Scope::Caseload => Some(self.caseload(&subject, params)),
            Scope::Own => Some(self.own(rule, alias, params)),
            Scope::Exchange => {
                let own = self.own(rule, alias, params);
                Some(match in_open_batch(rule, kind, alias, params) {
                    Some(member) => format!("({own} OR {member})"),
                    None => own,
                })
            }
            Scope::Consent => {
                let consent = self.consent(rule, &subject, params);
                Some(if rule.entrusted {
                    format!("({consent} OR {})", self.entrusted(&subject, params))
                } else {
                    consent
                })
            }
            Scope::Subject => {
                Some(subject_or_ward(kind, alias, rule.older_wards, self.context, params))
            }
            Scope::BreakGlass => Some(self.emergency(&subject, params)),
        };
        let mut reached = both(unit, scope);
        if rule.break_glass && rule.scope != Scope::BreakGlass {
            let emergency = self.emergency(&subject, params);
            reached = reached.map(|reached| format!("({reached} OR {emergency})"));
        }
        both(reached, self.of_age(rule, kind, alias, params))
    }

    /// What the caller's department collected.
    fn own(&self, rule: &RowRule, alias: &str, params: &mut Params) -> String {
        let department = params.bind(Value::Text(self.context.department.code().to_owned()));
        format!("{alias}.{} = {department}", rule.collector)
    }

    /// That the person is old enough for a rule; none where it need not be, or is known to be.
    fn of_age(
        &self,
        rule: &RowRule,
        kind: &Kind,
        alias: &str,
        params: &mut Params,
    ) -> Option<String> {
        let is_known = self.known.is_some_and(RowRules::leaves_out_minors);
        (!rule.covers_minors && !is_known).then(|| {
            let adult = params.bind(Value::Date(self.context.born_by(AGE_OF_CONSENT)));
            about_person(kind, alias, params, |person| {
                has_reached_sql(&format!("{person}.birth_date"), &adult)
            })
        })
    }

    /// Whether a list of persons can be read in the order of what a rule rests on.
    fn leads(&self, rule: &RowRule) -> bool {
        match rule.scope {
            Scope::Caseload => self.context.organization.is_some() && !rule.break_glass,
            Scope::Consent => rule.consented.is_some() && !rule.entrusted,
            _ => false,
        }
    }

    /// The persons of the organization's cases, or of consents, one after the other. PostgreSQL
    /// plans a statement for any organization and recipient; taking one for small it would read
    /// all that a large one has for every page. The subquery in its order leaves it no choice.
    fn walk_along(&self, rule: &RowRule, alias: &str, params: &mut Params) -> String {
        let (led, walked) = (params.alias(), params.alias());
        let (table, open) = match (rule.scope, rule.consented) {
            (Scope::Consent, Some(group)) => ("consent", self.open_consent(group, &led, params)),
            _ => ("caseload", self.open_case(&led, params)),
        };
        let bounds = self.bounds(&led, params);
        format!(
            " JOIN (SELECT DISTINCT {led}.person_id FROM {table} {led} WHERE {open}{bounds} \
             ORDER BY {led}.person_id OFFSET 0) {walked} ON {walked}.person_id = {alias}.id"
        )
    }

    /// Where a walk begins and ends, of another table's persons.
    fn bounds(&self, alias: &str, params: &mut Params) -> String {
        let Some(walk) = self.walk else { return String::new() };
        [(">", walk.after), ("<", walk.before)]
            .into_iter()
            .filter_map(|(sign, key)| Some((sign, params.bind(Value::Int(key?)))))
            .map(|(sign, key)| format!(" AND {alias}.person_id {sign} {key}"))
            .collect()
    }

    /// Has PostgreSQL ask of each row by itself, where they are few, and not read all cases of the
    /// organization or all consents at once.
    fn each(&self, params: &Params) -> &'static str {
        match (self.is_keyed, params.dialect()) {
            (true, Dialect::Postgres) => " OFFSET 0",
            _ => "",
        }
    }

    fn caseload(&self, subject: &str, params: &mut Params) -> String {
        let case = params.alias();
        let open = self.open_case(&case, params);
        let each = self.each(params);
        format!(
            "EXISTS (SELECT 1 FROM caseload {case} WHERE {case}.person_id = {subject} \
             AND {open}{each})"
        )
    }

    /// A case of the caller's organization that is open today.
    fn open_case(&self, case: &str, params: &mut Params) -> String {
        let Some(organization) = self.context.organization else { return "FALSE".to_owned() };
        let organization = params.bind(Value::Int(organization));
        let today = params.bind(Value::Date(self.context.today));
        let is_open = caseload::is_open_sql(case, &today);
        format!("{case}.organization_id = {organization} AND {is_open}")
    }

    /// A case that the organization was entrusted with by the contract that holds today: not one that
    /// somebody else put on its books.
    fn entrusted(&self, subject: &str, params: &mut Params) -> String {
        let Some(contract) = self.context.contract else { return "FALSE".to_owned() };
        let case = params.alias();
        let open = self.open_case(&case, params);
        let contract = params.bind(Value::Text(contract.to_owned()));
        let each = self.each(params);
        format!(
            "EXISTS (SELECT 1 FROM caseload {case} WHERE {case}.person_id = {subject} \
             AND {open} AND {case}.contract = {contract}{each})"
        )
    }

    /// The patients of the emergency accesses that the caller has open now: this very subject, in
    /// this role, for this organization.
    fn emergency(&self, subject: &str, params: &mut Params) -> String {
        let context = self.context;
        let Some(organization) = context.organization else { return "FALSE".to_owned() };
        let event = params.alias();
        let caller = params.bind(Value::Text(context.subject.to_owned()));
        let issuer = params.bind(Value::Text(context.issuer.to_owned()));
        let role = params.bind(Value::Text(self.permit.basis.role.code().to_owned()));
        let organization = params.bind(Value::Int(organization));
        let now = params.bind(Value::Instant(context.now));
        let is_open = break_glass::is_open_sql(&event, &now);
        let patients = format!(
            "SELECT {event}.person_id FROM break_glass {event} WHERE {event}.subject = {caller} \
             AND {event}.issuer = {issuer} AND {event}.organization_id = {organization} AND {event}.role = {role} \
             AND {is_open}"
        );
        params.among(subject, &patients)
    }

    fn consent(&self, rule: &RowRule, subject: &str, params: &mut Params) -> String {
        let Some(group) = rule.consented else { return "FALSE".to_owned() };
        let given = params.alias();
        let open = self.open_consent(group, &given, params);
        // Said again, so that reading in the order of persons begins there.
        let bounds = self.bounds(&given, params);
        let each = self.each(params);
        format!(
            "EXISTS (SELECT 1 FROM consent {given} WHERE {given}.person_id = {subject} \
             AND {open}{bounds}{each})"
        )
    }

    /// A consent to the caller's department and purpose that holds now.
    fn open_consent(&self, group: Group, given: &str, params: &mut Params) -> String {
        let context = self.context;
        let department = params.bind(Value::Text(context.department.code().to_owned()));
        let purpose = params.bind(Value::Text(context.purpose.code().to_owned()));
        let group = params.bind(Value::Text(group.code().to_owned()));
        let now = params.bind(Value::Instant(context.now));
        let is_in_force = consent::row_is_in_force_sql(given, &now);
        format!(
            "{given}.recipient_department = {department} AND {given}.purpose = {purpose} \
             AND {given}.field_group = {group} AND {is_in_force}"
        )
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

/// Two conditions, where there are two.
fn both(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(format!("({one} AND {other})")),
        (one, other) => one.or(other),
    }
}

/// Leaves out rows that tell of specially protected data by being there.
pub fn unprotected(
    permit: &Permit,
    context: &Context<'_>,
    kind: &Kind,
    alias: &str,
    params: &mut Params,
) -> Option<String> {
    let is_unprotected = match protected_rows(permit.basis.role, kind)? {
        ProtectedRows::Flagged(column) => format!("NOT {alias}.{column}"),
        ProtectedRows::OfGroup(column) => {
            let groups: Vec<String> = Group::ALL
                .into_iter()
                .filter(|group| group.is_specially_protected())
                .map(|group| literal_text(group.code()))
                .collect();
            format!("{alias}.{column} NOT IN ({})", groups.join(", "))
        }
    };
    if permit.basis.role != Role::SU {
        return Some(is_unprotected);
    }
    // Of oneself and of wards under 14 there is nothing to keep back.
    let own = subject_or_ward(kind, alias, false, context, params);
    Some(format!("({is_unprotected} OR {own})"))
}

/// Leaves out stays that are over, for a permit that names nobody: where somebody lived before, and
/// since when, is enough to find the one person it is true of.
pub fn present(permit: &Permit, kind: &Kind, alias: &str) -> Option<String> {
    let until = kind.ended_by.filter(|_| !permit.names_persons)?;
    Some(format!("{alias}.{until} IS NULL"))
}
