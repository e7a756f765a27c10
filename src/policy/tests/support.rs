//! Grants to decide from, written out or made up.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use entity::sharing::Group;
use proptest::prelude::*;

use crate::{
    catalogue::{Field, catalogue},
    policy::{
        Basis, Decision, Grant, GrantSet, Instrument, LegalBasis, Level, Permit, Position, Purpose,
        Role, RowRule, Scope, Target,
    },
};

pub fn noon() -> DateTime<Utc> {
    "2026-11-20T04:00:00Z".parse().unwrap()
}

/// A law in force since long before [`noon`].
pub fn law(instrument: Instrument) -> LegalBasis {
    LegalBasis {
        code: "LAW".to_owned(),
        law: "a law".to_owned(),
        instrument,
        in_force_from: noon() - TimeDelta::days(1000),
        in_force_until: None,
    }
}

/// A grant in full of the caller's unit, in force at [`noon`].
pub fn grant(role: Role, purpose: Purpose, target: Target) -> Grant {
    Grant {
        version: 1,
        role,
        target,
        level: Level::Full,
        scope: Some(Scope::Unit),
        purpose,
        basis: Arc::new(law(Instrument::Statute)),
        covers_minors: true,
        valid_from: noon() - TimeDelta::days(100),
        valid_until: None,
    }
}

/// Somebody with an organization and a person, so that every scope has something to rest on.
pub fn basis(role: Role, purpose: Purpose) -> Basis {
    Basis { role, purpose, has_organization: true, has_person: true, has_contract: true }
}

pub fn decide(basis: Basis, grants: &[Grant], instant: DateTime<Utc>) -> Permit {
    Permit::decide(basis, &GrantSet::new(grants.to_vec()), instant).unwrap()
}

pub fn field(kind: &str, name: &str) -> &'static Field {
    let kind = catalogue().kind_named(kind).unwrap().id;
    catalogue().field_named(kind, name).unwrap()
}

/// The level at which a permit opens a field.
pub fn level(permit: &Permit, kind: &str, name: &str) -> Level {
    permit.field(field(kind, name).id).level
}

/// Everything a permit decides, in a form that can be compared.
pub fn summary(permit: &Permit) -> Vec<(Level, Option<RowRule>, [bool; 4])> {
    let of = |decision: &Decision, may| (decision.level, decision.rows, may);
    let fields = catalogue().fields().iter().map(|field| {
        let may = [Position::Select, Position::Filter, Position::Order, Position::Group]
            .map(|position| permit.may(field, position));
        of(permit.field(field.id), may)
    });
    let groups = Group::ALL.into_iter().map(|group| of(permit.group(group), [false; 4]));
    fields.chain(groups).collect()
}

/// Any role with one of its purposes, with or without organization and person.
pub fn bases() -> impl Strategy<Value = Basis> {
    let open: Vec<(Role, Purpose)> = Role::ALL
        .into_iter()
        .flat_map(|role| Purpose::of(role).map(move |purpose| (role, purpose)))
        .collect();
    (prop::sample::select(open), any::<[bool; 3]>()).prop_map(
        |((role, purpose), [has_organization, has_person, has_contract])| Basis {
            role,
            purpose,
            has_organization,
            has_person,
            has_contract,
        },
    )
}

/// Instants around [`noon`], some of them equal.
pub fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    (-6_i64..=6).prop_map(|hours| noon() + TimeDelta::hours(hours))
}

fn targets() -> impl Strategy<Value = Target> {
    let paths: Vec<String> = catalogue().fields().iter().map(Field::path).collect();
    prop_oneof![
        3 => prop::sample::select(Group::ALL.to_vec()).prop_map(Target::Group),
        1 => prop::sample::select(paths).prop_map(Target::Field),
    ]
}

fn levels() -> impl Strategy<Value = Level> {
    use Level::*;
    prop::sample::select(vec![None, Aggregate, Predicate, Masked, Masked, Full, Full])
}

fn scopes() -> impl Strategy<Value = Option<Scope>> {
    use Scope::*;
    let all = vec![Unit, Unit, Caseload, Own, Exchange, Consent, BreakGlass, Subject];
    prop::option::weighted(0.9, prop::sample::select(all))
}

fn laws() -> impl Strategy<Value = LegalBasis> {
    use Instrument::*;
    let instruments = prop::sample::select(vec![Statute, Statute, Regulation, Policy]);
    let from = prop_oneof![3 => Just(noon() - TimeDelta::days(9)), 1 => instants()];
    let until = prop::option::weighted(0.3, instants());
    (instruments, from, until).prop_map(|(instrument, in_force_from, in_force_until)| LegalBasis {
        in_force_from,
        in_force_until,
        ..law(instrument)
    })
}

fn any_grant() -> impl Strategy<Value = Grant> {
    let from = prop_oneof![3 => Just(noon() - TimeDelta::days(9)), 1 => instants()];
    let cell = (bases(), targets(), levels(), scopes());
    let time = (laws(), from, prop::option::weighted(0.3, instants()));
    (1_i64..4, cell, time, any::<bool>()).prop_map(
        |(version, (basis, target, level, scope), (law, valid_from, valid_until), minors)| Grant {
            version,
            role: basis.role,
            target,
            level,
            scope,
            purpose: basis.purpose,
            basis: Arc::new(law),
            covers_minors: minors,
            valid_from,
            valid_until,
        },
    )
}

/// Somebody and grants, most of them theirs.
pub fn cases() -> impl Strategy<Value = (Basis, Vec<Grant>)> {
    let own = prop::collection::vec(any_grant(), 0..60);
    let others = prop::collection::vec(any_grant(), 0..20);
    (bases(), own, others).prop_map(|(basis, mut grants, others)| {
        for grant in &mut grants {
            (grant.role, grant.purpose) = (basis.role, basis.purpose);
        }
        grants.extend(others);
        (basis, grants)
    })
}
