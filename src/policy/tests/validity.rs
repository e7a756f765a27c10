//! Grants and laws begin and end to the instant, and the permit knows when it must be decided anew.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use entity::sharing::Group;
use proptest::prelude::*;

use super::support::*;
use crate::policy::{Grant, Instrument, LegalBasis, Level, Purpose, Refusal, Role, Target};

const MOMENT: TimeDelta = TimeDelta::nanoseconds(1);

fn names() -> Grant {
    grant(Role::HC, Purpose::Hr, Target::Group(Group::G02))
}

fn name_at(grant: &Grant, instant: DateTime<Utc>) -> (Level, Option<Refusal>) {
    let permit = decide(basis(Role::HC, Purpose::Hr), std::slice::from_ref(grant), instant);
    let decision = permit.field(field("Person", "name").id);
    (decision.level, decision.refusal)
}

#[test]
fn a_repealed_law_kills_its_grants_at_that_instant() {
    let repealed = noon();
    let basis = Arc::new(LegalBasis { in_force_until: Some(repealed), ..law(Instrument::Statute) });
    let grant = Grant { basis, ..names() };
    assert_eq!(name_at(&grant, repealed - MOMENT), (Level::Full, None));
    assert_eq!(name_at(&grant, repealed), (Level::None, Some(Refusal::LawNotInForce)));
    assert_eq!(name_at(&grant, repealed + MOMENT), (Level::None, Some(Refusal::LawNotInForce)));
}

#[test]
fn a_law_opens_nothing_before_it_is_in_force() {
    let enters = noon();
    let basis = Arc::new(LegalBasis { in_force_from: enters, ..law(Instrument::Statute) });
    let grant = Grant { basis, ..names() };
    assert_eq!(name_at(&grant, enters - MOMENT), (Level::None, Some(Refusal::LawNotInForce)));
    assert_eq!(name_at(&grant, enters), (Level::Full, None));
}

#[test]
fn a_grant_begins_and_ends_to_the_instant() {
    let (begins, ends) = (noon(), noon() + TimeDelta::hours(1));
    let grant = Grant { valid_from: begins, valid_until: Some(ends), ..names() };
    let refused = (Level::None, Some(Refusal::GrantNotInForce));
    assert_eq!(name_at(&grant, begins - MOMENT), refused);
    assert_eq!(name_at(&grant, begins), (Level::Full, None));
    assert_eq!(name_at(&grant, ends - MOMENT), (Level::Full, None));
    assert_eq!(name_at(&grant, ends), refused);
}

#[test]
fn a_permit_is_valid_until_the_first_of_its_grants_or_laws_begins_or_ends() {
    let at = |hours| noon() + TimeDelta::hours(hours);
    let repealed = LegalBasis { in_force_until: Some(at(3)), ..law(Instrument::Statute) };
    let sex = Target::Group(Group::G04);
    let grants = [
        Grant { valid_until: Some(at(5)), basis: Arc::new(repealed), ..names() },
        Grant { valid_from: at(4), ..grant(Role::HC, Purpose::Hr, sex.clone()) },
        // Of another purpose: none of this permit's business.
        Grant { valid_until: Some(at(1)), ..grant(Role::HC, Purpose::Imm, sex) },
    ];
    let basis = basis(Role::HC, Purpose::Hr);
    for (instant, until) in [(0, Some(3)), (3, Some(4)), (4, Some(5)), (5, None)] {
        assert_eq!(decide(basis, &grants, at(instant)).valid_until, until.map(at), "{instant}");
    }
    assert_eq!(decide(basis, &grants, at(3) - MOMENT).valid_until, Some(at(3)));
    for (instant, name, sex) in
        [(0, true, false), (3, false, false), (4, false, true), (5, false, true)]
    {
        let permit = decide(basis, &grants, at(instant));
        assert_eq!(level(&permit, "Person", "name") == Level::Full, name, "{instant}");
        assert_eq!(level(&permit, "Person", "sex") == Level::Full, sex, "{instant}");
    }
}

proptest! {
    #[test]
    fn until_it_ends_a_permit_is_what_would_be_decided_then(
        (basis, grants) in cases(),
        instant in instants(),
        later in 0_i64..=24,
    ) {
        let permit = decide(basis, &grants, instant);
        let then = instant + TimeDelta::minutes(30 * later);
        let end = permit.valid_until;
        prop_assert!(end.is_none_or(|end| instant < end));
        let last = end.map(|end| end - MOMENT);
        let before_the_end = Some(then).filter(|then| end.is_none_or(|end| *then < end));
        for then in [before_the_end, last].into_iter().flatten() {
            prop_assert_eq!(summary(&permit), summary(&decide(basis, &grants, then)));
        }
    }

    #[test]
    fn a_permit_without_end_is_what_would_be_decided_at_any_later_time(
        (basis, grants) in cases(),
        years in 0_i64..200,
    ) {
        let after_all = noon() + TimeDelta::days(1);
        let permit = decide(basis, &grants, after_all);
        prop_assert_eq!(permit.valid_until, None);
        let later = decide(basis, &grants, after_all + TimeDelta::days(365 * years));
        prop_assert_eq!(summary(&permit), summary(&later));
    }
}
