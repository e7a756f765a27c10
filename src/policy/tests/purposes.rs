//! One purpose a request, and only of the role's own.

use entity::sharing::Group;
use proptest::prelude::*;

use super::support::*;
use crate::policy::{Grant, GrantSet, Level, Permit, Purpose, Refusal, Role, Target};

#[test]
fn a_purpose_that_is_not_of_the_role_is_refused_whatever_is_granted() {
    for role in Role::ALL {
        for purpose in Purpose::ALL {
            let grants = GrantSet::new([grant(role, purpose, Target::Group(Group::G02))]);
            let decided = Permit::decide(basis(role, purpose), &grants, noon());
            match Purpose::of(role).any(|own| own == purpose) {
                true => assert_eq!(level(&decided.unwrap(), "Person", "name"), {
                    // Analysts count: the grant of rows opens nothing to them.
                    let counts = [Role::HA, Role::PA, Role::GC, Role::MC, Role::FA];
                    if counts.contains(&role) { Level::None } else { Level::Full }
                }),
                false => assert_eq!(decided.unwrap_err(), Refusal::PurposeNotOpen),
            }
        }
    }
}

#[test]
fn rights_do_not_add_up_between_the_purposes_of_a_role() {
    let grants = [
        grant(Role::HC, Purpose::Hr, Target::Group(Group::G02)),
        grant(Role::HC, Purpose::Imm, Target::Group(Group::G15)),
    ];
    let records = decide(basis(Role::HC, Purpose::Hr), &grants, noon());
    let vaccines = decide(basis(Role::HC, Purpose::Imm), &grants, noon());
    assert_eq!(level(&records, "Person", "name"), Level::Full);
    assert_eq!(level(&records, "ImmunizationCard", "cardNumber"), Level::None);
    assert_eq!(level(&vaccines, "Person", "name"), Level::None);
    assert_eq!(level(&vaccines, "ImmunizationCard", "cardNumber"), Level::Full);
}

proptest! {
    #[test]
    fn grants_of_other_roles_and_purposes_change_nothing(
        (basis, grants) in cases(),
        instant in instants(),
    ) {
        let own: Vec<Grant> = grants
            .iter()
            .filter(|grant| (grant.role, grant.purpose) == (basis.role, basis.purpose))
            .cloned()
            .collect();
        let (with, without) = (decide(basis, &grants, instant), decide(basis, &own, instant));
        prop_assert_eq!(summary(&with), summary(&without));
        prop_assert_eq!(with.valid_until, without.valid_until);
    }
}
