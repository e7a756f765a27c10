//! What changed in a role's schema, and what will end: from the versions of grants, and the days on which
//! grants and laws begin and end.

use chrono::{DateTime, Utc};

use super::{Basis, GrantSet, Permit, Position, Purpose, Role, explain};
use crate::{
    catalogue::{Field, catalogue},
    clock::day_in_shanghai,
};

/// The most instants that are looked at, the latest of them.
const MOST: usize = 200;

/// What a schema has of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// How much is shown.
    pub level: &'static str,
    /// Through which mask.
    pub mask: Option<&'static str>,
    /// Of which rows.
    pub scope: Option<&'static str>,
    /// Whether rows can be chosen by it.
    pub is_filtered: bool,
    /// Whether rows can be put in order by it.
    pub is_ordered: bool,
    /// Whether counts can be split by it.
    pub is_counted: bool,
}

impl State {
    /// None where the schema does not have the field.
    fn of(permit: &Permit, field: &Field) -> Option<Self> {
        let is_counted = permit.may(field, Position::Group);
        if !is_counted && !permit.may(field, Position::Select) {
            return None;
        }
        let decision = permit.field(field.id);
        Some(Self {
            level: decision.level.code(),
            mask: decision.mask.map(|mask| field.spec.style_of(mask)),
            scope: decision.rows.map(|rule| rule.scope.code()),
            is_filtered: permit.may(field, Position::Filter),
            is_ordered: permit.may(field, Position::Order),
            is_counted,
        })
    }
}

/// A field that a schema has since an instant, or has otherwise, or has no more.
#[derive(Clone, Debug)]
pub struct Change {
    /// Since when.
    pub at: DateTime<Utc>,
    /// The version of the grants that decides since then.
    pub version: i64,
    /// The field.
    pub field: &'static Field,
    /// What there was.
    pub before: Option<State>,
    /// What there is.
    pub after: Option<State>,
}

impl Change {
    /// `ADDED`, `REMOVED` or `CHANGED`.
    pub fn kind(&self) -> &'static str {
        match (self.before, self.after) {
            (None, _) => "ADDED",
            (_, None) => "REMOVED",
            _ => "CHANGED",
        }
    }
}

/// What differs between two permits of a role.
fn between(
    before: Option<&Permit>,
    after: &Permit,
    at: DateTime<Utc>,
    version: i64,
) -> impl Iterator<Item = Change> {
    catalogue().fields().iter().filter_map(move |field| {
        let was = before.and_then(|before| State::of(before, field));
        let is = State::of(after, field);
        (was != is).then_some(Change { at, version, field, before: was, after: is })
    })
}

/// What changed in the schema of a role for a purpose after one instant and until another, in order of time.
pub fn changes(
    basis: Basis,
    grants: &GrantSet,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<Change> {
    let (role, purpose) = (basis.role, basis.purpose);
    let made = grants.made_for(role, purpose);
    let mut instants: Vec<DateTime<Utc>> =
        made.values().copied().chain(grants.boundaries(role, purpose)).collect();
    instants.retain(|at| since < *at && *at <= until);
    instants.sort_unstable();
    instants.dedup();
    let left_out = instants.len().saturating_sub(MOST);
    let start = if left_out > 0 { instants[left_out - 1] } else { since };
    let permit = |at| {
        let known = made.iter().filter(|(_, made)| **made <= at).map(|(version, _)| *version);
        let version = known.max().unwrap_or(0);
        let grants = grants.up_to(role, purpose, version);
        Permit::decide(basis, &grants, at).ok().map(|permit| (version, permit))
    };
    let mut before = permit(start);
    let mut all = Vec::new();
    for at in instants.into_iter().skip(left_out) {
        let after = permit(at);
        if let Some((version, after)) = &after {
            all.extend(between(before.as_ref().map(|(_, permit)| permit), after, at, *version));
        }
        before = after;
    }
    all
}

/// When each field ends, of those that a permit has: by the first instant from which it may not be selected,
/// or where it is only counted by, not that.
pub(super) fn endings(
    permit: &Permit,
    grants: &GrantSet,
    now: DateTime<Utc>,
) -> Vec<Option<DateTime<Utc>>> {
    let basis = permit.basis;
    let mut later: Vec<DateTime<Utc>> = grants.boundaries(basis.role, basis.purpose).collect();
    later.retain(|at| *at > now);
    later.sort_unstable();
    later.dedup();
    let mut ends = vec![None; if later.is_empty() { 0 } else { catalogue().fields().len() }];
    for at in later.into_iter().take(MOST) {
        let Ok(then) = Permit::decide(basis, grants, at) else { continue };
        for (field, end) in catalogue().fields().iter().zip(&mut ends) {
            let is_gone = |position| permit.may(field, position) && !then.may(field, position);
            let selects = permit.may(field, Position::Select);
            let position = if selects { Position::Select } else { Position::Group };
            if end.is_none() && is_gone(position) {
                *end = Some(at);
            }
        }
    }
    ends
}

/// The change log of every role's schema, in Markdown: what each version of the grants changed.
pub fn change_log(grants: &GrantSet) -> String {
    let mut text = String::from(CHANGE_LOG);
    for role in Role::ALL {
        for purpose in Purpose::of(role).filter(|purpose| *purpose != Purpose::Adm) {
            text += &format!(
                "\n## {role} {} · {purpose} {}\n\n{}, {}\n",
                role.label_zh(),
                purpose.label_zh(),
                role.label_en(),
                purpose.label_en()
            );
            text += &of_schema(grants, explain::typical(role, purpose));
        }
    }
    text
}

const CHANGE_LOG: &str = "\
# Change log of each role's schema (各角色模式变更记录)

What each version of the grants that the gateway comes with changed in the schema of a role for a purpose. What
stewards decide later is in no file: `schemaChanges(since:)` tells it to the role itself, and what will end
carries `@deprecated` in the role's schema. Written by `migrant-gateway schema --change-log`.

A field with `: level` is shown at that level; `→` is from what to what.
";

fn of_schema(grants: &GrantSet, basis: Basis) -> String {
    let mut text = String::new();
    let mut before: Option<Permit> = None;
    for (version, made) in grants.made() {
        // By the laws of the day of the newest version: a log of grants, and not of laws.
        let newest = grants.made().last().map_or(made, |(_, at)| at);
        let Ok(after) = Permit::decide(basis, &grants.as_of(version), newest) else { continue };
        let changes: Vec<Change> = between(before.as_ref(), &after, made, version).collect();
        text += &format!("\n### Version {version} ({})\n\n", day_in_shanghai(made));
        if changes.is_empty() {
            text += "Nothing.\n";
        }
        for (title, kind) in [("Added", "ADDED"), ("Removed", "REMOVED"), ("Changed", "CHANGED")] {
            for found in catalogue().kinds() {
                let of_kind = changes.iter().filter(|change| change.field.kind == found.id);
                let named: Vec<String> =
                    of_kind.filter(|change| change.kind() == kind).map(line).collect();
                if !named.is_empty() {
                    text += &format!("- {title} `{}`: {}\n", found.name, named.join(", "));
                }
            }
        }
        before = Some(after);
    }
    text
}

fn line(change: &Change) -> String {
    let state = |state: State| match state.mask {
        Some(mask) if mask != "PRED" => format!("{} {mask}", state.level),
        _ => state.level.to_owned(),
    };
    let name = change.field.spec.name;
    match (change.before, change.after) {
        (None, Some(after)) => format!("{name}: {}", state(after)),
        (Some(before), Some(after)) => format!("{name}: {} → {}", state(before), state(after)),
        _ => name.to_owned(),
    }
}
