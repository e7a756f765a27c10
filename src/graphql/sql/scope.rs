//! Row scopes as SQL: which rows the caller may see, in the WHERE of every SELECT.

use entity::{
    access_event,
    sharing::{Group, ProtectedRows},
};
use sea_orm::IdenStatic as _;

use super::{
    Params,
    closed::untold,
    exchange::in_open_batch,
    literal_text,
    persons::{about_person, subject_or_ward, within_unit},
};
use crate::{
    catalogue::{Kind, catalogue},
    graphql::context::Context,
    policy::{Permit, Role, RowRule, Scope, protected_rows},
    read::{Dialect, Value},
    rules::{
        age::{AGE_OF_CONSENT, has_reached_sql},
        audit_case, break_glass, caseload, consent,
    },
};

/// What holds of rows: of each of these sets of rules, that at least one reaches them. All of them
/// reach a row that a list holds: those of the view, and of cells of which a filter demands a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowRules(Vec<Vec<RowRule>>);

impl RowRules {
    /// Of the rows that a permit shows of a kind.
    pub fn of(permit: &Permit, kind: &Kind) -> Self {
        Self(vec![permit.rows(kind.id).to_vec()])
    }

    /// Of all rows of the caller's unit, which are counted and not shown.
    pub fn of_unit() -> Self {
        Self(vec![vec![RowRule::of_unit("")]])
    }

    /// Demands that a rule reaches the rows, too.
    pub fn demand(&mut self, rule: RowRule) {
        if !self.hold(&rule) {
            self.0.retain(|any| !any.iter().any(|known| rule.is_within(known)));
            self.0.push(vec![rule]);
        }
    }

    /// What holds of the rows above holds of theirs, too.
    pub fn extend(&mut self, others: &RowRules) {
        self.0.extend(others.0.iter().cloned());
    }

    /// Whether these reach every row of a kind that tells of the same person as rows of which `known`
    /// holds do.
    pub fn reach_all_of(&self, known: &RowRules) -> bool {
        self.0.iter().all(|any| known.imply(any))
    }

    /// Whether a rule reaches all these rows.
    pub fn hold(&self, rule: &RowRule) -> bool {
        self.0.iter().any(|any| any.iter().all(|known| known.is_within(rule)))
    }

    /// The condition on rows of `kind` under `alias`.
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
        let along = scoping.walk.and_then(|_| self.0.iter().position(|any| scoping.leads(any)));
        let mut conditions = Vec::new();
        let is_bounded = scoping.is_bounded || self.bound_to_unit();
        if is_bounded && !scoping.is_bounded {
            conditions.push(within_unit(kind, alias, scoping.context, params));
        }
        let is_of_age = scoping.is_of_age || self.leave_out_minors();
        if is_of_age && !scoping.is_of_age {
            conditions.push(scoping.of_age(kind, alias, params));
        }
        let scoping = &Scoping { is_bounded, is_of_age, ..*scoping };
        let mut joins = String::new();
        for (place, any) in self.0.iter().enumerate() {
            if along == Some(place) {
                // Unit and age stand beside it.
                joins = scoping.walk_along(any, alias, params);
            } else {
                conditions.extend(scoping.any(any, kind, alias, params));
            }
        }
        conditions.extend(unprotected(permit, scoping.context, kind, alias, params));
        conditions.extend(present(permit, kind, alias));
        let condition =
            if conditions.is_empty() { "TRUE".to_owned() } else { conditions.join(" AND ") };
        Restriction { joins, condition }
    }

    /// Whether these keep a row within the caller's unit. All scopes do but break-glass, by which an
    /// emergency finds its patient wherever they live.
    fn bound_to_unit(&self) -> bool {
        self.0.iter().any(|any| any.iter().all(|rule| !rule.break_glass))
    }

    /// Whether one of some rules reaches every row that tells of the same person as these do.
    fn imply(&self, rules: &[RowRule]) -> bool {
        // Who collected another row is said of that row alone.
        let of_person = |rule: &&RowRule| !matches!(rule.scope, Scope::Own | Scope::Exchange);
        let is_within =
            |known: &RowRule| rules.iter().filter(of_person).any(|rule| known.is_within(rule));
        self.0.iter().any(|any| any.iter().all(is_within))
    }

    /// Whether these leave out children.
    fn leave_out_minors(&self) -> bool {
        self.0.iter().any(|any| any.iter().all(|rule| !rule.covers_minors))
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
    /// Whether the person is known to have reached 14.
    pub is_of_age: bool,
    /// Whether rows are a list of persons in the order of their keys, and from where to where.
    pub walk: Option<Walk>,
    /// Whether the rows are few and found by their keys.
    pub is_keyed: bool,
}

impl<'a> Scoping<'a> {
    /// For rows that are neither few nor walked along.
    pub fn new(permit: &'a Permit, context: &'a Context<'a>, known: Option<&'a RowRules>) -> Self {
        let is_bounded = known.is_some_and(RowRules::bound_to_unit);
        let is_of_age = known.is_some_and(RowRules::leave_out_minors);
        Self { permit, context, known, is_bounded, is_of_age, walk: None, is_keyed: false }
    }

    /// The condition under which a cell is shown that a rule reaches, in rows of which `rows` hold;
    /// none where it is in all of them.
    pub fn cell(
        &self,
        rule: &RowRule,
        rows: &RowRules,
        kind: &Kind,
        alias: &str,
        params: &mut Params,
    ) -> Option<String> {
        if rows.hold(rule) {
            return None;
        }
        let is_bounded = self.is_bounded || rows.bound_to_unit();
        let is_of_age = self.is_of_age || rows.leave_out_minors();
        let scoping = Scoping { is_bounded, is_of_age, is_keyed: true, walk: None, ..*self };
        scoping.rule(rule, kind, alias, params)
    }

    /// The condition that one of some rules reaches a row; none where that is known.
    fn any(
        &self,
        rules: &[RowRule],
        kind: &Kind,
        alias: &str,
        params: &mut Params,
    ) -> Option<String> {
        if let [rule] = rules {
            return self.rule(rule, kind, alias, params);
        }
        if self.known.is_some_and(|known| known.imply(rules)) {
            return None;
        }
        let before = params.clone();
        let parts = self.alternatives(rules, kind, alias, params);
        if parts.is_none() {
            // One of them holds already; databases refuse what was bound for others in vain.
            *params = before;
        }
        let parts = parts?;
        Some(if parts.is_empty() {
            "FALSE".to_owned()
        } else {
            format!("({})", parts.join(" OR "))
        })
    }

    /// The condition of each rule, those on consents together; none where one holds already.
    fn alternatives(
        &self,
        rules: &[RowRule],
        kind: &Kind,
        alias: &str,
        params: &mut Params,
    ) -> Option<Vec<String>> {
        let is_plain = |rule: &&RowRule| {
            rule.scope == Scope::Consent && (rule.covers_minors || self.is_of_age)
        };
        let groups: Vec<Group> =
            rules.iter().filter(is_plain).filter_map(|rule| rule.consented).collect();
        let together = kind.person().filter(|_| groups.len() > 1).map(|person| {
            let unit = (!self.is_bounded).then(|| within_unit(kind, alias, self.context, params));
            let subject = format!("{alias}.{person}");
            let entrusted = rules.iter().filter(is_plain).any(|rule| rule.entrusted);
            both(unit, Some(self.agreed(&groups, entrusted, &subject, params)))
        });
        let alone = rules.iter().filter(|rule| together.is_none() || !is_plain(rule));
        let mut parts = Vec::new();
        for rule in alone {
            parts.push(self.rule(rule, kind, alias, params)?);
        }
        parts.extend(together.flatten());
        Some(parts)
    }

    /// The condition that a rule puts on a row; none where it holds already.
    fn rule(
        &self,
        rule: &RowRule,
        kind: &Kind,
        alias: &str,
        params: &mut Params,
    ) -> Option<String> {
        let of_any_age = RowRule { covers_minors: true, ..*rule };
        if self.known.is_some_and(|known| known.imply(&[of_any_age])) {
            return self.age(rule, kind, alias, params);
        }
        let Some(person) = kind.person() else {
            return self.of_nobody(rule, kind, alias, params);
        };
        let subject = format!("{alias}.{person}");
        let unit = !self.is_bounded && rule.scope != Scope::BreakGlass;
        let unit = unit.then(|| within_unit(kind, alias, self.context, params));
        let scope = match rule.scope {
            Scope::Unit => None,
            Scope::Caseload => Some(self.caseload(&subject, params)),
            Scope::Own => Some(self.own(rule, kind, alias, params)),
            Scope::Exchange => {
                let own = self.own(rule, kind, alias, params);
                Some(match in_open_batch(rule, kind, alias, params) {
                    Some(member) => format!("({own} OR {member})"),
                    None => own,
                })
            }
            Scope::Consent => {
                Some(self.agreed(rule.consented.as_slice(), rule.entrusted, &subject, params))
            }
            Scope::Subject => {
                let RowRule { older_wards, closed, .. } = *rule;
                Some(subject_or_ward(kind, alias, older_wards, closed, self.context, params))
            }
            Scope::BreakGlass => Some(self.emergency(&subject, params)),
        };
        let mut reached = both(unit, scope);
        if rule.break_glass && rule.scope != Scope::BreakGlass {
            let emergency = self.emergency(&subject, params);
            reached = reached.map(|reached| format!("({reached} OR {emergency})"));
        }
        both(reached, self.age(rule, kind, alias, params))
    }

    /// That a person consented to one of some groups, or that its case is entrusted where that is enough.
    fn agreed(
        &self,
        groups: &[Group],
        entrusted: bool,
        subject: &str,
        params: &mut Params,
    ) -> String {
        let consent = self.consent(groups, subject, params);
        if entrusted {
            format!("({consent} OR {})", self.entrusted(subject, params))
        } else {
            consent
        }
    }

    /// The condition that a rule puts on a row that tells of nobody. Cases, consents and emergencies
    /// are of persons, and reach no such row; and nobody is too young.
    fn of_nobody(
        &self,
        rule: &RowRule,
        kind: &Kind,
        alias: &str,
        params: &mut Params,
    ) -> Option<String> {
        let unit = (!self.is_bounded).then(|| within_unit(kind, alias, self.context, params));
        let scope = match rule.scope {
            Scope::Unit => None,
            Scope::Own | Scope::Exchange => Some(self.own(rule, kind, alias, params)),
            Scope::Caseload | Scope::Consent | Scope::Subject | Scope::BreakGlass => {
                Some("FALSE".to_owned())
            }
        };
        both(unit, scope)
    }

    /// That the person is old enough for a rule; none where it need not be, or is known to be.
    fn age(&self, rule: &RowRule, kind: &Kind, alias: &str, params: &mut Params) -> Option<String> {
        let is_asked = !rule.covers_minors && !self.is_of_age;
        is_asked.then(|| self.of_age(kind, alias, params))
    }

    fn of_age(&self, kind: &Kind, alias: &str, params: &mut Params) -> String {
        let adult = params.bind(Value::Date(self.context.born_by(AGE_OF_CONSENT)));
        about_person(kind, alias, params, |person| {
            has_reached_sql(&format!("{person}.birth_date"), &adult)
        })
    }

    /// Whether a list of persons can be read in the order of what some rules rest on.
    fn leads(&self, rules: &[RowRule]) -> bool {
        let leads = |rule: &RowRule| match rule.scope {
            Scope::Caseload => self.context.organization.is_some() && !rule.break_glass,
            Scope::Consent => rule.consented.is_some() && !rule.entrusted,
            _ => false,
        };
        let Some(first) = rules.first() else { return false };
        rules.iter().all(|rule| leads(rule) && rule.covers_minors == first.covers_minors)
    }

    /// The persons of the organization's cases, or of consents, one after the other. PostgreSQL
    /// plans a statement for any organization and recipient; taking one for small it would read
    /// all that a large one has for every page. The subquery in its order leaves it no choice.
    fn walk_along(&self, rules: &[RowRule], alias: &str, params: &mut Params) -> String {
        let mut led: Vec<(String, String)> = Vec::new();
        for rule in rules {
            let led_by = params.alias();
            let (table, open) = match (rule.scope, rule.consented) {
                (Scope::Consent, Some(group)) => {
                    ("consent", self.open_consent(&[group], &led_by, params))
                }
                _ => ("caseload", self.open_case(&led_by, params)),
            };
            let bounds = self.bounds(&led_by, params);
            let from = format!("{led_by}.person_id FROM {table} {led_by} WHERE {open}{bounds}");
            led.push((led_by, from));
        }
        let walked = params.alias();
        let (by, persons) = match led.as_slice() {
            [(led, from)] => (led.clone(), from.clone()),
            _ => {
                let each: Vec<String> =
                    led.iter().map(|(_, from)| format!("SELECT {from}")).collect();
                let all = params.alias();
                let from = format!("{all}.person_id FROM ({}) {all}", each.join(" UNION ALL "));
                (all, from)
            }
        };
        format!(
            " JOIN (SELECT DISTINCT {persons} ORDER BY {by}.person_id OFFSET 0) {walked} \
             ON {walked}.person_id = {alias}.id"
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

    fn consent(&self, groups: &[Group], subject: &str, params: &mut Params) -> String {
        if groups.is_empty() {
            return "FALSE".to_owned();
        }
        let given = params.alias();
        let open = self.open_consent(groups, &given, params);
        // Said again, so that reading in the order of persons begins there.
        let bounds = self.bounds(&given, params);
        let each = self.each(params);
        format!(
            "EXISTS (SELECT 1 FROM consent {given} WHERE {given}.person_id = {subject} \
             AND {open}{bounds}{each})"
        )
    }

    /// A consent to the caller's department and purpose, for one of some groups, that holds now.
    fn open_consent(&self, groups: &[Group], given: &str, params: &mut Params) -> String {
        let context = self.context;
        let department = params.bind(Value::Text(context.department.code().to_owned()));
        let purpose = params.bind(Value::Text(context.purpose.code().to_owned()));
        let groups: Vec<String> =
            groups.iter().map(|group| params.bind(Value::Text(group.code().to_owned()))).collect();
        let of_group = match groups.as_slice() {
            [group] => format!("= {group}"),
            _ => format!("IN ({})", groups.join(", ")),
        };
        let now = params.bind(Value::Instant(context.now));
        let is_in_force = consent::row_is_in_force_sql(given, &now);
        format!(
            "{given}.recipient_department = {department} AND {given}.purpose = {purpose} \
             AND {given}.field_group {of_group} AND {is_in_force}"
        )
    }
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
        ProtectedRows::Reserved { column, value, .. } => {
            format!("{alias}.{column} <> {}", literal_text(value))
        }
    };
    if permit.basis.role != Role::SU || kind.person().is_none() {
        return Some(is_unprotected);
    }
    // Of oneself and of wards under 14 there is nothing to keep back.
    let own = subject_or_ward(kind, alias, false, [None; 2], context, params);
    let of_own = format!("({is_unprotected} OR {own})");
    if kind.id != catalogue().kind_of::<access_event::Entity>().id {
        return Some(of_own);
    }
    let is_told = both(Some(told(context, alias, params)), untold(permit, context, alias, params));
    both(Some(of_own), is_told)
}

/// That the person has been told of an access: of each at once, but for a look inside an audit case, of
/// which when the case is over. None is kept back for longer than a case lasts, whatever the case says.
fn told(context: &Context<'_>, alias: &str, params: &mut Params) -> String {
    use access_event::Column::{At, SubjectVisibleFrom};
    let now = params.bind(Value::Instant(context.now));
    let by = params.bind(Value::Instant(audit_case::told_by(context.now)));
    let (at, visible_from) = (At.as_str(), SubjectVisibleFrom.as_str());
    format!("({alias}.{visible_from} <= {now} OR {alias}.{at} <= {by})")
}

/// Whether a permit shows every row of a kind that its rules reach.
pub fn leaves_out_none(permit: &Permit, kind: &Kind) -> bool {
    let shows_past = kind.ended_by.is_none() || permit.names_persons;
    shows_past && protected_rows(permit.basis.role, kind).is_none()
}

/// Leaves out stays that are over, for a permit that names nobody: where somebody lived before, and
/// since when, is enough to find the one person it is true of.
pub fn present(permit: &Permit, kind: &Kind, alias: &str) -> Option<String> {
    let until = kind.ended_by.filter(|_| !permit.names_persons)?;
    Some(format!("{alias}.{until} IS NULL"))
}
