//! What grants open of kinds that tell of a unit and of nobody.

use std::sync::Arc;

use entity::sharing::Group;

use super::support::*;
use crate::policy::{
    Grant, Instrument, Level, Permit, Purpose, Refusal, Role, RowRule, Scope, Target,
};

/// A permit of a health officer who has one grant.
fn officer(change: impl FnOnce(&mut Grant)) -> Permit {
    let (role, purpose) = (Role::HO, Purpose::Hr);
    let mut grant = grant(role, purpose, Target::Group(Group::G23));
    change(&mut grant);
    decide(basis(role, purpose), &[grant], noon())
}

#[test]
fn the_own_unit_stands_in_the_place_of_caseload_own_collection_and_consent() {
    for scope in [Scope::Unit, Scope::Caseload, Scope::Own, Scope::Consent] {
        let permit = officer(|grant| grant.scope = Some(scope));
        let decision = permit.field(field("HealthEducationEvent", "topic").id);
        let expected = RowRule::of_unit("collecting_department");
        assert_eq!((decision.level, decision.rows), (Level::Full, Some(expected)), "{scope:?}");
    }
}

#[test]
fn what_is_a_persons_own_or_an_emergencys_reaches_no_row_of_a_unit() {
    for scope in [Scope::Subject, Scope::BreakGlass] {
        let permit = officer(|grant| grant.scope = Some(scope));
        let decision = permit.field(field("HealthEducationEvent", "topic").id);
        assert_eq!(decision.refusal, Some(Refusal::NoRows), "{scope:?}");
    }
}

#[test]
fn a_grant_of_counts_opens_what_is_public_and_what_is_counted_already() {
    let permit = officer(|grant| (grant.level, grant.scope) = (Level::Aggregate, None));
    for (kind, name, opened) in [
        ("HealthEducationEvent", "topic", Level::Full),
        ("Facility", "address", Level::Full),
        ("Survey", "passedCount", Level::Full),
        ("Facility", "dispensed", Level::None),
        ("OutbreakEvent", "cases", Level::None),
        ("Person", "sex", Level::None),
    ] {
        assert_eq!(level(&permit, kind, name), opened, "{kind}.{name}");
    }
    let outbreaks = |change: fn(&mut Grant)| {
        let mut grant = grant(Role::HO, Purpose::Hr, Target::Group(Group::G19));
        change(&mut grant);
        level(&decide(basis(Role::HO, Purpose::Hr), &[grant], noon()), "OutbreakEvent", "cases")
    };
    let counted = outbreaks(|grant| (grant.level, grant.scope) = (Level::Aggregate, None));
    assert_eq!(counted, Level::Aggregate, "few cases are persons");
}

#[test]
fn yes_and_no_is_of_persons_and_opens_nothing() {
    let permit = officer(|grant| grant.level = Level::Predicate);
    assert_eq!(level(&permit, "HealthEducationEvent", "topic"), Level::None);
}

#[test]
fn a_policy_paper_opens_no_rows_of_units_either() {
    let permit = officer(|grant| {
        (grant.level, grant.scope) = (Level::Aggregate, None);
        grant.basis = Arc::new(law(Instrument::Policy));
    });
    assert_eq!(level(&permit, "HealthEducationEvent", "topic"), Level::Aggregate);
}
