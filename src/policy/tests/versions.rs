//! A later version replaces an earlier one, cell by cell.

use entity::sharing::Group;
use proptest::prelude::*;

use super::support::*;
use crate::policy::{Grant, GrantSet, Level, Purpose, Refusal, Role, Scope, Target};

fn names(version: i64, level: Level) -> Grant {
    Grant { version, level, ..grant(Role::HC, Purpose::Hr, Target::Group(Group::G02)) }
}

fn name(grants: &[Grant]) -> (Level, Option<Refusal>) {
    let permit = decide(basis(Role::HC, Purpose::Hr), grants, noon());
    let decision = permit.field(field("Person", "name").id);
    (decision.level, decision.refusal)
}

#[test]
fn a_later_version_replaces_an_earlier_in_whatever_order_they_come() {
    let mut grants = [names(1, Level::Full), names(2, Level::Masked)];
    assert_eq!(name(&grants), (Level::Masked, None));
    grants.reverse();
    assert_eq!(name(&grants), (Level::Masked, None));
    assert_eq!(GrantSet::new(grants).version(), 2);
}

#[test]
fn level_none_revokes() {
    let revoked = (Level::None, Some(Refusal::NotGranted));
    assert_eq!(name(&[names(1, Level::Full), names(2, Level::None)]), revoked);
    assert_eq!(name(&[names(2, Level::None), names(1, Level::Full)]), revoked);
    assert_eq!(name(&[names(1, Level::None), names(2, Level::Full)]), (Level::Full, None));
}

#[test]
fn a_field_s_own_grant_goes_before_its_group_s_to_open_and_to_close() {
    let own = |level| Grant {
        level,
        target: Target::Field("Person.name".to_owned()),
        ..names(1, Level::Full)
    };
    assert_eq!(name(&[names(9, Level::Masked), own(Level::Full)]), (Level::Full, None));
    let closed = (Level::None, Some(Refusal::NotGranted));
    assert_eq!(name(&[names(9, Level::Full), own(Level::None)]), closed);
}

#[test]
fn who_is_under_fourteen_and_not_covered_is_left_out_by_the_row_rule() {
    for covers_minors in [true, false] {
        for target in [Target::Group(Group::G02), Target::Field("Person.name".to_owned())] {
            let grant = Grant { covers_minors, ..grant(Role::HC, Purpose::Hr, target) };
            let permit = decide(basis(Role::HC, Purpose::Hr), &[grant], noon());
            let rule = permit.field(field("Person", "name").id).rows.unwrap();
            assert_eq!((rule.scope, rule.covers_minors), (Scope::Unit, covers_minors));
        }
    }
}

proptest! {
    #[test]
    fn the_order_of_grants_does_not_matter(
        (basis, mut grants) in cases(),
        instant in instants(),
        seed in any::<u64>(),
    ) {
        // One row a cell and version, as the table of grants is meant to be kept.
        grants.sort_by_key(|grant| {
            (grant.role, grant.purpose, format!("{:?}", grant.target), grant.version)
        });
        grants.dedup_by_key(|grant| {
            (grant.role, grant.purpose, format!("{:?}", grant.target), grant.version)
        });
        let mut shuffled = grants.clone();
        shuffled.sort_by_cached_key(|grant| {
            let place = format!("{:?}{:?}{}", grant.purpose, grant.target, grant.version);
            place.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        });
        let (one, other) = (decide(basis, &grants, instant), decide(basis, &shuffled, instant));
        prop_assert_eq!(summary(&one), summary(&other));
    }

    #[test]
    fn what_a_later_version_closes_stays_closed((basis, mut grants) in cases()) {
        let target = Target::Group(Group::G02);
        grants.retain(|grant| grant.target != Target::Field("Person.name".to_owned()));
        grants.push(Grant {
            version: 99,
            level: Level::None,
            ..grant(basis.role, basis.purpose, target)
        });
        let permit = decide(basis, &grants, noon());
        prop_assert_eq!(level(&permit, "Person", "name"), Level::None);
    }
}
