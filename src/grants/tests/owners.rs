//! Whose data a group is.

use entity::sharing::{Class, Department, Group};

use super::support::*;
use crate::{
    grants::ownership::{class, owner, steward},
    policy::{Purpose, Role, Target},
};

#[test]
fn no_group_belongs_to_two_departments() {
    for group in Group::ALL {
        let mut owners: Vec<Department> = Target::Group(group)
            .fields()
            .map(|field| field.spec.owner)
            .filter(|owner| Role::steward_of(*owner).is_some())
            .collect();
        owners.sort_by_key(|owner| owner.code());
        owners.dedup();
        assert!(owners.len() <= 1, "{}: {owners:?}; who is to sign for it?", group.code());
    }
}

#[test]
fn owners_are_who_the_catalogue_says() {
    for (target, department, signs) in [
        ("G02", Department::Police, Role::SP),
        ("G11", Department::MigrantWorkers, Role::SM),
        ("G14", Department::Health, Role::SH),
        ("G25", Department::CivilAffairs, Role::SC),
        ("G30", Department::Gateway, Role::DP),
        ("G31", Department::Subject, Role::DP),
        ("G28", Department::MigrantWorkers, Role::SM),
        ("Person.name", Department::Police, Role::SP),
    ] {
        let owner = owner(&Target::parse(target).unwrap());
        assert_eq!((owner, steward(owner)), (department, signs), "{target}");
    }
}

#[test]
fn a_group_is_as_sensitive_as_its_most_sensitive_field_and_children_make_it_so() {
    let of = |target, minors| class(&key(Role::HC, Purpose::Hr, target), minors);
    assert_eq!(of("G20", false), Class::C4);
    assert_eq!(of("G20", true), Class::C4);
    assert_eq!(of("G02", false), Class::C2);
    assert_eq!(of("G02", true), Class::C3);
}
