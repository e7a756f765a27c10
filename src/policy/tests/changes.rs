//! What changed in a schema, and what will end.

use chrono::TimeDelta;
use entity::sharing::Group;

use super::support::*;
use crate::{
    graphql::schema,
    policy::{
        Grant, GrantSet, Level, Permit, Purpose, Role, Target,
        changes::{Change, changes},
    },
};

fn names() -> Grant {
    grant(Role::HC, Purpose::Hr, Target::Group(Group::G02))
}

fn sexes() -> Grant {
    grant(Role::HC, Purpose::Hr, Target::Group(Group::G04))
}

fn ahead(grants: &[Grant]) -> Permit {
    let set = GrantSet::new(grants.to_vec());
    decide(basis(Role::HC, Purpose::Hr), grants, noon()).looking_ahead(&set, noon())
}

#[test]
fn a_field_that_will_end_is_deprecated_with_its_instant() {
    let end = noon() + TimeDelta::days(30);
    let ending = Grant { valid_until: Some(end), ..sexes() };
    let permit = ahead(&[names(), ending]);
    assert_eq!(permit.ends(field("Person", "sex").id), Some(end));
    assert_eq!(permit.ends(field("Person", "name").id), None);
    let schema = schema::build(&permit, 12).unwrap();
    let sdl = schema::sdl(&schema).unwrap();
    let reason = "@deprecated(reason: \"授权至 2026-12-20T12:00:00+08:00 止: \
                  from then on not shared with this role for this purpose\")";
    for line in ["  sex: Code ", "  sexLabel: String ", "  sexLabelEn: String "] {
        let line = format!("{line}{reason}");
        assert!(sdl.lines().any(|found| found == line), "{line}");
    }
    let name = sdl.lines().find(|line| line.starts_with("  name: String"));
    assert_eq!(name, Some("  name: String"));
}

#[test]
fn a_grant_that_another_follows_does_not_end() {
    let end = noon() + TimeDelta::days(30);
    let first = Grant { valid_until: Some(end), ..sexes() };
    let next = Grant { version: 2, valid_from: end, ..sexes() };
    let after_a_gap = Grant { valid_from: end + TimeDelta::days(1), ..next.clone() };
    let ends = |grants: &[Grant]| ahead(grants).ends(field("Person", "sex").id);
    assert_eq!(ends(&[first.clone(), next]), None);
    assert_eq!(ends(&[first, after_a_gap]), Some(end));
    // A later version that closes the cell ends it, too.
    let closed = Grant { version: 2, level: Level::None, valid_from: end, ..sexes() };
    assert_eq!(ends(&[sexes(), closed]), Some(end));
}

fn told(changes: &[Change]) -> Vec<(i64, &'static str, &'static str)> {
    let of = |change: &Change| (change.version, change.kind(), change.field.spec.name);
    changes.iter().map(of).filter(|(.., name)| ["name", "sex"].contains(name)).collect()
}

#[test]
fn changes_come_from_versions_and_from_days() {
    let at = |days| noon() + TimeDelta::days(days);
    let masked = Grant { version: 2, level: Level::Masked, valid_from: at(-9), ..names() };
    let later = Grant { version: 2, valid_from: at(-5), valid_until: Some(at(-2)), ..sexes() };
    let made = [(1, at(-100)), (2, at(-8))].into();
    let set = GrantSet::new([names(), masked, later]).dated(made);
    let since = |days| {
        let found = changes(basis(Role::HC, Purpose::Hr), &set, at(days), noon());
        told(&found)
    };
    assert_eq!(
        since(-101),
        [(1, "ADDED", "name"), (2, "CHANGED", "name"), (2, "ADDED", "sex"), (2, "REMOVED", "sex")]
    );
    assert_eq!(since(-100), [(2, "CHANGED", "name"), (2, "ADDED", "sex"), (2, "REMOVED", "sex")]);
    assert_eq!(since(-5), [(2, "REMOVED", "sex")]);
    assert_eq!(since(-2), []);
    let found = changes(basis(Role::HC, Purpose::Hr), &set, at(-9), at(-6));
    let change = found.iter().find(|change| change.field.spec.name == "name").unwrap();
    // The version was made a day after its grant says that it begins: it decides since it was made.
    assert_eq!(change.at, at(-8));
    let levels = (change.before.unwrap().level, change.after.unwrap().level);
    assert_eq!(levels, ("full", "masked"));
}

#[test]
fn the_state_after_all_changes_is_the_permit_of_now() {
    let at = |days| noon() + TimeDelta::days(days);
    let set = GrantSet::new([names(), Grant { version: 2, valid_from: at(-3), ..sexes() }]);
    let permit = Permit::decide(basis(Role::HC, Purpose::Hr), &set, noon()).unwrap();
    let mut shown = std::collections::BTreeSet::new();
    for change in changes(basis(Role::HC, Purpose::Hr), &set, at(-2000), noon()) {
        match change.after {
            Some(_) => _ = shown.insert(change.field.id),
            None => _ = shown.remove(&change.field.id),
        }
    }
    let may = |field: &&crate::catalogue::Field| {
        use crate::policy::Position::{Group, Select};
        permit.may(field, Select) || permit.may(field, Group)
    };
    let now: std::collections::BTreeSet<_> =
        crate::catalogue::catalogue().fields().iter().filter(may).map(|field| field.id).collect();
    assert_eq!(shown, now);
}
