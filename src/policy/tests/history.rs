//! The joint mask of dates: what a row's history tells is never finer than what its dates do.

use entity::sharing::{Group, Mask, Type};
use proptest::prelude::*;

use super::support::*;
use crate::{
    catalogue::{Field, catalogue},
    policy::{Grant, GrantSet, Level, Permit, Position, Purpose, Role, Target},
};

/// How coarsely a field is shown; an instant or day in full is finer than any mask.
fn coarseness(permit: &Permit, field: &Field) -> i16 {
    let decision = permit.field(field.id);
    match (decision.level, decision.mask) {
        (Level::Full, _) => -1,
        (_, Some(mask)) => mask.date_coarseness().map_or(-1, i16::from),
        (_, None) => {
            i16::from(field.spec.mask_for(permit.names_persons).date_coarseness().unwrap())
        }
    }
}

/// An instant of a row's history that tells more than a date of its kind.
fn finer(permit: &Permit) -> Option<String> {
    catalogue().kinds().iter().find_map(|kind| {
        let fields = || catalogue().fields_of(kind.id);
        let coarsest = fields()
            .filter(|field| field.spec.is_date())
            .filter(|field| field.spec.mask.date_coarseness().is_some())
            .map(|field| coarseness(permit, field))
            // Those who know persons by name cannot ask for a date whose mask leaves nothing.
            .filter(|coarseness| !permit.names_persons || *coarseness < 4)
            .max()?;
        fields()
            .filter(|field| field.spec.is_instant_of_row())
            .filter(|field| permit.field(field.id).level >= Level::Masked)
            .find(|field| coarseness(permit, field) < coarsest)
            .map(Field::path)
    })
}

proptest! {
    #[test]
    fn no_permit_shows_the_history_of_a_row_finer_than_its_dates((basis, grants) in cases()) {
        let permit = decide(basis, &grants, noon());
        prop_assert_eq!(finer(&permit), None);
        let is_instant = |field: &&Field| field.spec.is_instant_of_row();
        for field in catalogue().fields().iter().filter(is_instant) {
            if permit.field(field.id).level == Level::Masked {
                for position in [Position::Filter, Position::Order, Position::Group] {
                    prop_assert!(!permit.may(field, position), "{}", field.path());
                }
            }
        }
    }
}

/// Names in full, residences masked, and a person's provenance in full beside a masked birth date.
fn grants() -> Vec<Grant> {
    [
        (Group::G01, Level::Full),
        (Group::G02, Level::Full),
        (Group::G04, Level::Masked),
        (Group::G09, Level::Masked),
    ]
    .into_iter()
    .map(|(group, level)| Grant { level, ..grant(Role::CW, Purpose::Res, Target::Group(group)) })
    .collect()
}

fn permit() -> Permit {
    let basis = basis(Role::CW, Purpose::Res);
    Permit::decide(basis, &GrantSet::new(grants()), noon()).unwrap()
}

#[test]
fn an_instant_that_another_group_grants_in_full_follows_the_masked_date() {
    let permit = permit();
    let of = |kind, name| permit.field(field(kind, name).id).mask;
    assert_eq!(of("Person", "birthDate"), Some(Mask::Year));
    assert_eq!(of("Person", "updatedAt"), Some(Mask::Year));
    assert_eq!(of("ResidenceRegistration", "collectedAt"), Some(Mask::YearMonth));
}

#[test]
fn a_planted_instant_or_a_planted_finer_mask_is_noticed() {
    for (kind, name, level, mask) in [
        ("ResidenceRegistration", "collectedAt", Level::Full, None),
        ("Person", "recordedAt", Level::Full, None),
        ("Person", "updatedAt", Level::Masked, Some(Mask::YearMonth)),
    ] {
        let mut permit = permit();
        assert_eq!(finer(&permit), None);
        permit.plant(kind, name, level, mask);
        assert_eq!(finer(&permit), Some(format!("{kind}.{name}")));
    }
}

#[test]
fn masks_of_dates_stand_on_dates_alone() {
    for field in catalogue().fields() {
        let masks = [Some(field.spec.mask), field.spec.coarse];
        for mask in masks.into_iter().flatten().filter(|mask| !mask.leaves_nothing()) {
            let is_date = matches!(field.spec.ty, Type::Date | Type::DateTime);
            assert!(is_date || mask.date_coarseness().is_none(), "{}: {mask:?}", field.path());
        }
    }
}
