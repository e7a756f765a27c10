//! What clinicians closed to the guardians of a minor: as if it were out of scope, in rows, cells and the
//! accesses that tell of it.

use entity::sharing::Group;

use super::{Params, literal_text};
use crate::{
    catalogue::catalogue,
    graphql::{acts, context::Context},
    policy::{Act, Permit},
    read::{Dialect, Value},
    rules::guardian_closing,
};

/// What a guardian looks at, of which a closing may take the minor away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Anything of a minor: gone where all of it is closed.
    Everything,
    /// A group of fields: gone where that or all is closed.
    Group(Group),
    /// What may tell of any group: gone where anything is closed.
    Anything,
}

/// That nothing which is in force closes it, of the minor that `person` names.
pub fn is_open(closed: Closed, person: &str, context: &Context<'_>, params: &mut Params) -> String {
    let closing = params.alias();
    let of_group = match closed {
        Closed::Everything => format!(" AND {closing}.field_group IS NULL"),
        Closed::Group(group) => {
            let group = literal_text(group.code());
            format!(" AND ({closing}.field_group IS NULL OR {closing}.field_group = {group})")
        }
        Closed::Anything => String::new(),
    };
    let now = params.bind(Value::Instant(context.now));
    let in_force = guardian_closing::is_in_force_sql(&closing, &now);
    format!(
        "NOT EXISTS (SELECT 1 FROM guardian_closing {closing} WHERE {closing}.person_id = {person}\
         {of_group} AND {in_force})"
    )
}

/// Leaves out of a guardian's list of accesses those that tell of what is closed to them, and that
/// anything was ever closed. To the minor itself nothing is.
pub fn untold(
    permit: &Permit,
    context: &Context<'_>,
    alias: &str,
    params: &mut Params,
) -> Option<String> {
    let person = params.bind(Value::Int(context.person?));
    let acts = [Act::CloseToGuardians, Act::ReopenToGuardians].map(|act| literal_text(&told(act)));
    let of_acts = format!("{alias}.fields NOT IN ({})", acts.join(", "));
    let mut conditions = vec![of_acts];
    if !permit.closed_groups.is_empty() {
        let closing = params.alias();
        let now = params.bind(Value::Instant(context.now));
        let in_force = guardian_closing::is_in_force_sql(&closing, &now);
        let told: Vec<String> = permit
            .closed_groups
            .iter()
            .map(|group| {
                let code = literal_text(group.code());
                let tells = tells(*group, alias, params.dialect());
                format!("{closing}.field_group = {code} AND ({tells})")
            })
            .collect();
        conditions.push(format!(
            "NOT EXISTS (SELECT 1 FROM guardian_closing {closing} WHERE {closing}.person_id = \
             {alias}.person_id AND {in_force} AND ({}))",
            told.join(" OR ")
        ));
    }
    Some(format!("({alias}.person_id = {person} OR ({}))", conditions.join(" AND ")))
}

/// The fields of the record of an act.
fn told(act: Act) -> String {
    acts::recorded(acts::name_of(act))
}

/// Whether an access tells of a group: by a field, by a row of a kind, or by who asked and what for.
fn tells(group: Group, alias: &str, dialect: Dialect) -> String {
    let contains = match dialect {
        Dialect::Sqlite => "instr",
        Dialect::Postgres => "strpos",
    };
    let kinds = catalogue().kinds().iter().filter(|kind| kind.group == group);
    let kinds = kinds.map(|kind| format!(" {}.", kind.name));
    let fields = catalogue().fields().iter().filter(|field| field.spec.group == group);
    let fields = fields.map(|field| format!(" {}:", field.path()));
    let mut parts: Vec<String> = kinds
        .chain(fields)
        .map(|entry| format!("{contains}(' ' || {alias}.fields, {}) > 0", literal_text(&entry)))
        .collect();
    if group.is_specially_protected() {
        parts.push(format!("{alias}.protected"));
    }
    if parts.is_empty() { "FALSE".to_owned() } else { parts.join(" OR ") }
}
