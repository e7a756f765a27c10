//! Row scopes written a second time, from the rules and not from the gateway's code.

use entity::sharing::Subject;
use migrant_gateway::{
    catalogue::{Kind, catalogue},
    policy::{Purpose, Role, RowRule, Scope},
};

use super::uses::Rows;
use crate::support::demo_request;

/// The day on which fourteen-year-olds of the test day were born.
pub const FOURTEEN: &str = "2012-11-20";
/// And eighteen-year-olds.
const EIGHTEEN: &str = "2008-11-20";
const TODAY: &str = "2026-11-20";
const NOW: &str = "2026-11-20T04:00:00+00:00";

/// Whose rows they are.
pub struct Reach {
    role: Role,
    purpose: Purpose,
}

impl Reach {
    pub fn new(role: Role, purpose: Purpose) -> Self {
        Self { role, purpose }
    }

    /// The condition that the row `t0` of a kind is within reach.
    pub fn of(&self, kind: &Kind, rows: Rows) -> String {
        match rows {
            Rows::All => "TRUE".to_owned(),
            Rows::Unit => self.within(kind),
            Rows::Named { rule, name, column, strangers } => {
                let person = catalogue().kind_named("Person").expect("there are persons");
                let or = if strangers { format!("t0.{column} IS NULL OR ") } else { String::new() };
                format!(
                    "{} AND ({or}t0.{column} IN (SELECT t0.id FROM person t0 WHERE {}))",
                    self.of(kind, Rows::Rule(rule)),
                    self.of(person, Rows::Rule(name))
                )
            }
            Rows::Rule(rule) => {
                let bounded = format!("{} AND {}", self.within(kind), self.rule(kind, rule));
                let reached = match (rule.break_glass, rule.scope) {
                    (false, _) => bounded,
                    (true, Scope::BreakGlass) => self.emergency(kind),
                    (true, _) => format!("({bounded} OR {})", self.emergency(kind)),
                };
                if rule.covers_minors { reached } else { format!("{reached} AND {}", of_age(kind)) }
            }
        }
    }

    /// The patients of emergency accesses of this caller that are neither over nor closed.
    fn emergency(&self, kind: &Kind) -> String {
        let Some(person) = kind.person() else { return "FALSE".to_owned() };
        let request = demo_request(self.role);
        let code = request.organization.expect("an emergency access is of an organization");
        let (role, name) = (self.role.code(), self.role.name());
        format!(
            "t0.{person} IN (SELECT person_id FROM break_glass WHERE subject = 'test.{name}' AND role = \
             '{role}' AND organization_id = (SELECT id FROM organization WHERE code = '{code}') \
             AND opened_at <= '{NOW}' AND expires_at > '{NOW}' AND closed_at IS NULL)"
        )
    }

    fn within(&self, kind: &Kind) -> String {
        let unit = demo_request(self.role).unit;
        let of_unit =
            |column| format!("(SELECT {column} FROM administrative_unit WHERE code = '{unit}')");
        let (low, high) = (of_unit("id"), of_unit("subtree_end"));
        match kind.subject {
            Subject::Person(_) => {
                person(kind, &format!("who.residence_unit_id BETWEEN {low} AND {high}"))
            }
            Subject::Unit(column) | Subject::Figures(column) => {
                format!("t0.{column} BETWEEN {low} AND {high}")
            }
            Subject::Nobody => "TRUE".to_owned(),
        }
    }

    fn rule(&self, kind: &Kind, rule: RowRule) -> String {
        let subject = match (kind.person(), rule.scope) {
            (Some(column), _) => format!("t0.{column}"),
            (None, Scope::Unit | Scope::Own | Scope::Exchange) => String::new(),
            // Rows of nobody are in nobody's care, consented to by nobody, nobody's own.
            (None, _) => return "FALSE".to_owned(),
        };
        let department = self.role.department().code();
        match rule.scope {
            Scope::Unit => "TRUE".to_owned(),
            Scope::Caseload => {
                let code = demo_request(self.role).organization.expect("a caseload is of one");
                format!(
                    "{subject} IN (SELECT person_id FROM caseload WHERE organization_id = (SELECT \
                     id FROM organization WHERE code = '{code}') AND started_on <= '{TODAY}' \
                     AND (ended_on IS NULL OR ended_on > '{TODAY}'))"
                )
            }
            Scope::Own | Scope::Exchange => {
                let of_row = format!("t0.{} = '{department}'", rule.collector);
                let (table, record) = match kind.name {
                    _ if !rule.beside => return of_row,
                    "Person" => ("person_collected", "person_id"),
                    _ => ("residence_registration_collected", "residence_registration_id"),
                };
                format!(
                    "({of_row} OR t0.id IN (SELECT {record} FROM {table} \
                     WHERE collecting_department = '{department}' AND replaced_at IS NULL))"
                )
            }
            Scope::Consent => {
                let group = rule.consented.expect("consent names a group").code();
                let purpose = self.purpose.code();
                format!(
                    "{subject} IN (SELECT person_id FROM consent WHERE recipient_department = \
                     '{department}' AND purpose = '{purpose}' AND field_group = '{group}' AND \
                     given_at <= '{NOW}' AND (expires_at IS NULL OR expires_at > '{NOW}') AND \
                     (withdrawn_at IS NULL OR withdrawn_at > '{NOW}'))"
                )
            }
            Scope::Subject => {
                let own = demo_request(self.role).person.expect("a person's own token");
                let age = if rule.older_wards { EIGHTEEN } else { FOURTEEN };
                let is_ward = person(kind, &format!("who.birth_date > '{age}'"));
                let closed: String = rule
                    .closed
                    .into_iter()
                    .flatten()
                    .map(|group| format!(" OR field_group = '{}'", group.code()))
                    .collect();
                let is_open = format!(
                    "{subject} NOT IN (SELECT person_id FROM guardian_closing WHERE closed_at <= \
                     '{NOW}' AND valid_until > '{NOW}' AND reopened_at IS NULL AND (field_group IS \
                     NULL{closed}))"
                );
                format!(
                    "({subject} = {own} OR ({subject} IN (SELECT person_id FROM household_member \
                     WHERE guardian_person_id = {own}) AND {is_ward} AND {is_open}))"
                )
            }
            Scope::BreakGlass => "FALSE".to_owned(),
        }
    }
}

fn of_age(kind: &Kind) -> String {
    person(kind, &format!("who.birth_date <= '{FOURTEEN}'"))
}

fn person(kind: &Kind, condition: &str) -> String {
    match kind.person() {
        Some(column) => {
            format!("EXISTS (SELECT 1 FROM person who WHERE who.id = t0.{column} AND {condition})")
        }
        None => "TRUE".to_owned(),
    }
}
