//! What a permit reads of every column: from which rows, and how much of the value it tells.

use entity::sharing::{Computed, Finished, Mask};
use migrant_gateway::{
    catalogue::{Field, Kind, Source, catalogue},
    policy::{Level, Permit, Position, Role, RowRule, Scope},
};

use super::columns::Table;

/// What of a value must stay for the answer to stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// All of it.
    Exact,
    /// Whether there is a value.
    Presence,
    /// The first characters.
    Prefix(usize),
    /// The category of a code of the list of this name.
    CategoryOf(&'static str),
    /// The first three and the last two characters of at least eight.
    Phone,
    /// Whether it is the code of the Han.
    HanOrOther,
    /// Whether it is this text.
    Equals(&'static str),
    /// The month, and on which side it lies of every day that today's rules compare with.
    Month,
    /// Whether fourteen years have passed since.
    Fourteen,
    /// Whether it is true or the person is under fourteen.
    Guardianship,
    /// The kind of an organization; of those whose kind discloses, only that it does.
    DisclosingKind,
    /// All of it, but for organizations whose kind, in this column, discloses.
    UnlessDisclosing(&'static str),
}

/// From which rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// All there are.
    All,
    /// Those of the caller's unit.
    Unit,
    /// Those of the unit that a rule reaches.
    Rule(RowRule),
    /// Those that a rule reaches and of which the person in a column is reached by another rule, or, where
    /// the value may tell of anybody, is no person here.
    Named { rule: RowRule, name: RowRule, column: &'static str, strangers: bool },
}

/// One way a permit reads a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    pub column: &'static str,
    pub keep: Keep,
    pub rows: Rows,
}

/// Every way a permit reads the columns of a table.
pub fn uses(permit: &Permit, table: &Table) -> Vec<Use> {
    let mut all = scopes(permit, table);
    for field in catalogue().fields_of(table.kind.id) {
        let decision = permit.field(field.id);
        let rows = match decision.rows {
            // What stands beside a row is not told by the row.
            Some(rule) if permit.may(field, Position::Select) => Rows::Rule(rule.of_rows()),
            _ if permit.may(field, Position::Group) => Rows::Unit,
            _ => continue,
        };
        for (column, keep) in told(permit, field) {
            let rows = match field.spec.names_person {
                Some(column) => Rows::Named {
                    rule: decision.rows.expect("rows").of_rows(),
                    name: name_rule(permit),
                    column,
                    strangers: field.spec.names_strangers,
                },
                None => rows,
            };
            let read = Use { column, keep, rows };
            if !all.contains(&read) {
                all.push(read);
            }
        }
    }
    all
}

/// The columns of a kind of which a permit tells what the caller's department collected beside the rows.
pub fn told_beside(permit: &Permit, kind: &Kind) -> Vec<&'static str> {
    let fields = catalogue().fields_of(kind.id).filter(|field| {
        let rule = permit.field(field.id).rows;
        permit.may(field, Position::Select) && rule.is_some_and(|rule| rule.beside)
    });
    let told = fields.flat_map(|field| told(permit, field).into_iter().map(|(column, _)| column));
    // And who collected a value decides over its scope.
    told.chain(["collecting_department", "phone_collected_by"]).collect()
}

/// Which rows of a table a permit can tell the existence of.
pub fn existence(permit: &Permit, table: &Table) -> Vec<Rows> {
    let mut all = Vec::new();
    for field in catalogue().fields_of(table.kind.id) {
        let decision = permit.field(field.id);
        match decision.rows {
            Some(rule) if permit.may(field, Position::Select) => all.push(Rows::Rule(rule)),
            _ if decision.level == Level::Aggregate => all.push(Rows::Unit),
            _ => {}
        }
    }
    all
}

/// Whether any field of a permit is read by rows of this scope.
pub fn has_scope(permit: &Permit, scope: Scope) -> bool {
    catalogue()
        .fields()
        .iter()
        .any(|field| permit.field(field.id).rows.is_some_and(|rule| rule.scope == scope))
}

/// What row scopes read of a table.
fn scopes(permit: &Permit, table: &Table) -> Vec<Use> {
    let mut all = Vec::new();
    let mut keep = |column, keep| all.push(Use { column, keep, rows: Rows::All });
    for field in catalogue().fields_of(table.kind.id) {
        let is_collectors = |rule: &RowRule| matches!(rule.scope, Scope::Own | Scope::Exchange);
        if let Some(rule) = permit.field(field.id).rows.filter(is_collectors) {
            keep(rule.collector, Keep::Exact);
            if rule.beside {
                keep("collectors_beside", Keep::Exact);
            }
        }
    }
    match table.kind.name {
        "Person" => keep("birth_date", Keep::Fourteen),
        // Stays that are over are no rows of those who know nobody by name.
        "ResidenceRegistration" if !permit.names_persons => {
            keep("departure_date", Keep::Presence);
        }
        "Consent" if has_scope(permit, Scope::Consent) => {
            for column in ["purpose", "recipient_department", "field_group"] {
                keep(column, Keep::Exact);
            }
            for column in ["given_at", "expires_at", "withdrawn_at"] {
                keep(column, Keep::Exact);
            }
        }
        _ => {}
    }
    all
}

/// Of whom the permit shows names.
fn name_rule(permit: &Permit) -> RowRule {
    let person = catalogue().kind_named("Person").expect("there are persons");
    let name = catalogue().field_named(person.id, "name").expect("persons have names");
    permit.field(name.id).rows.expect("who is named elsewhere is named here")
}

fn told(permit: &Permit, field: &'static Field) -> Vec<(&'static str, Keep)> {
    let mask = permit.field(field.id).mask;
    match field.source {
        Source::Column(column) => match mask {
            None => vec![(column, Keep::Exact)],
            Some(mask) => vec![masked(column, mask)],
        },
        Source::Computed(Computed::Generalized { name, kind }) => match mask {
            Some(Mask::OrganizationKind(kind)) => vec![(kind, Keep::DisclosingKind)],
            _ if field.spec.is_whole_to_the_person && permit.basis.role == Role::SU => {
                vec![(name, Keep::Exact)]
            }
            _ => vec![(name, Keep::UnlessDisclosing(kind)), (kind, Keep::DisclosingKind)],
        },
        Source::Finished(Finished::Parts(parts)) => {
            permit.readable_parts(field, parts).map(|(part, _)| (part, Keep::Exact)).collect()
        }
        Source::Computed(computed) => worked_out(computed),
        Source::Finished(Finished::Pseudonym { .. }) => Vec::new(),
        Source::Finished(finished) => {
            finished.columns().into_iter().map(|column| (column, Keep::Exact)).collect()
        }
    }
}

fn masked(column: &'static str, mask: Mask) -> (&'static str, Keep) {
    let keep = match mask {
        Mask::Plain | Mask::Predicate | Mask::Pseudonym | Mask::Items => Keep::Exact,
        Mask::Stars => Keep::Presence,
        Mask::Name | Mask::Category => Keep::Prefix(1),
        Mask::CategoryOf(list) => Keep::CategoryOf(list),
        Mask::IdProvince | Mask::Province => Keep::Prefix(2),
        Mask::County => Keep::Prefix(6),
        Mask::Community => Keep::Prefix(12),
        Mask::Phone => Keep::Phone,
        Mask::HanOrOther => Keep::HanOrOther,
        Mask::Street => Keep::Prefix(9),
        Mask::StreetOf(other) => return (other, Keep::Prefix(9)),
        Mask::Year | Mask::Quarter | Mask::YearMonth | Mask::AgeBand => Keep::Month,
        Mask::OrganizationKind(kind) => return (kind, Keep::DisclosingKind),
        Mask::Coarser(other) => return (other, Keep::Exact),
        Mask::Redact | Mask::AggregateOnly => panic!("{column} does not exist at masked"),
    };
    (column, keep)
}

fn worked_out(computed: Computed) -> Vec<(&'static str, Keep)> {
    match computed {
        Computed::AgeBand(column) | Computed::Reached(column) => vec![(column, Keep::Month)],
        Computed::UnderGuardianship { birth_date, incapacitated } => {
            vec![(birth_date, Keep::Month), (incapacitated, Keep::Guardianship)]
        }
        Computed::Equals(column, text) => vec![(column, Keep::Equals(text))],
        Computed::Present(column) => vec![(column, Keep::Presence)],
        Computed::MonthsAtLeast { from, until, .. } => {
            vec![(from, Keep::Month), (until, Keep::Month)]
        }
        Computed::WithinAny(_)
        | Computed::Timely { .. }
        | Computed::ValidIdNumber(_)
        | Computed::EarlyRegistration { .. }
        | Computed::InAntenatalCare { .. }
        | Computed::VisitsAtLeast { .. }
        | Computed::PostpartumVisitDue { .. }
        | Computed::NewbornVisitDue { .. } => {
            computed.columns().into_iter().map(|column| (column, Keep::Exact)).collect()
        }
        Computed::Within { from, until } => vec![(from, Keep::Exact), (until, Keep::Exact)],
        Computed::InForce { given, expires, withdrawn } => {
            [given, expires, withdrawn].map(|column| (column, Keep::Exact)).to_vec()
        }
        Computed::Generalized { .. } => unreachable!("told in its own way"),
    }
}
