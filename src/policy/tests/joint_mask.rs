//! The joint-mask rule: masks that identify together are refused (domain rules, section 3).

use entity::sharing::Group;

use super::support::*;
use crate::policy::{Grant, JointView, Level, Purpose, Refusal, Role, Target, identity_candidates};

const REGION_AND_BIRTH: JointView = JointView {
    county: true,
    birth_date: true,
    birth_year: true,
    sex: false,
    check_character: false,
    last_characters: 0,
};

#[test]
fn identity_candidates_are_as_many_as_the_domain_rules_count() {
    let seen = REGION_AND_BIRTH;
    for (view, candidates) in [
        (seen, 1000),
        (JointView { sex: true, ..seen }, 500),
        (JointView { check_character: true, ..seen }, 91),
        (JointView { check_character: true, sex: true, ..seen }, 45),
        (JointView { last_characters: 2, ..seen }, 9),
        (JointView { last_characters: 4, ..seen }, 1),
    ] {
        assert_eq!(identity_candidates(view), candidates, "{view:?}");
    }
}

#[test]
fn the_first_six_and_last_four_leave_2520_numbers_and_33_with_the_year_of_birth() {
    let shown = JointView { county: true, last_characters: 4, ..JointView::default() };
    let unknown = identity_candidates(shown);
    assert!((2_500..=2_540).contains(&unknown), "birth unknown: {unknown}");
    let in_year = identity_candidates(JointView { birth_year: true, ..shown });
    assert!((32..=34).contains(&in_year), "year known: {in_year}");
}

#[test]
fn seeing_more_never_leaves_more_candidates() {
    let views = (0..2_u8.pow(5)).flat_map(|bits| {
        let bit = move |place: u8| (bits >> place) & 1 == 1;
        (0..=4).map(move |last_characters| JointView {
            county: bit(0),
            birth_date: bit(1),
            birth_year: bit(2),
            sex: bit(3),
            check_character: bit(4),
            last_characters,
        })
    });
    for view in views {
        let left = identity_candidates(view);
        assert!(left >= 1, "{view:?}");
        for more in [
            JointView { county: true, ..view },
            JointView { birth_date: true, ..view },
            JointView { birth_year: true, ..view },
            JointView { sex: true, ..view },
            JointView { check_character: true, ..view },
            JointView { last_characters: (view.last_characters + 1).min(4), ..view },
        ] {
            assert!(identity_candidates(more) <= left, "{view:?} {more:?}");
        }
    }
}

fn grants(birth_date: Level, region: Level) -> Vec<Grant> {
    [(Group::G03, Level::Masked), (Group::G04, birth_date), (Group::G07, region)]
        .into_iter()
        .map(|(group, level)| Grant {
            level,
            ..grant(Role::PC, Purpose::Res, Target::Group(group))
        })
        .collect()
}

fn id_number(birth_date: Level, region: Level) -> (Level, Option<Refusal>) {
    let grants = grants(birth_date, region);
    let permit = decide(basis(Role::PC, Purpose::Res), &grants, noon());
    let decision = permit.field(field("Person", "idNumber").id);
    (decision.level, decision.refusal)
}

#[test]
fn beside_a_full_birth_date_no_digit_of_the_identity_number_stands() {
    for region in [Level::None, Level::Aggregate, Level::Masked, Level::Full] {
        assert_eq!(id_number(Level::Full, region), (Level::None, Some(Refusal::JointMask)));
    }
}

#[test]
fn a_masked_identity_number_stands_beside_a_masked_birth_date() {
    for region in [Level::None, Level::Masked, Level::Full] {
        assert_eq!(id_number(Level::Masked, region), (Level::Masked, None));
    }
}

#[test]
fn a_birth_date_by_its_own_grant_counts_as_much_as_by_its_group() {
    let mut grants = grants(Level::Masked, Level::Masked);
    let target = Target::Field("Person.birthDate".to_owned());
    grants.push(grant(Role::PC, Purpose::Res, target));
    let permit = decide(basis(Role::PC, Purpose::Res), &grants, noon());
    assert_eq!(level(&permit, "Person", "birthDate"), Level::Full);
    assert_eq!(level(&permit, "Person", "idNumber"), Level::None);
}
