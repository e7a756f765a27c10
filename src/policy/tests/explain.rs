//! What is explained is what is enforced: the schema of a permit has exactly the fields, filters,
//! orders and dimensions that are explained as allowed.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use proptest::prelude::*;

use super::support::*;
use crate::{
    catalogue::catalogue,
    graphql::schema,
    policy::{
        Basis, GrantSet, Level, Permit, Position, Purpose, Role, Target,
        explain::{self, POSITIONS, explain},
    },
};

/// The members of every type of a schema.
fn members(permit: &Permit) -> HashMap<String, HashSet<String>> {
    let sdl = schema::sdl(&schema::build(permit, 12).unwrap()).unwrap();
    // The parser knows no description of a schema itself.
    let described = sdl.find("\nschema {").unwrap();
    let definitions = parse_schema(&sdl[described..]).unwrap().definitions.into_iter();
    let types = definitions.filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        _ => None,
    });
    types
        .map(|ty| {
            let names = match ty.kind {
                TypeKind::Object(object) => {
                    object.fields.iter().map(|field| field.node.name.node.to_string()).collect()
                }
                TypeKind::InputObject(input) => {
                    input.fields.iter().map(|field| field.node.name.node.to_string()).collect()
                }
                TypeKind::Enum(items) => {
                    items.values.iter().map(|item| item.node.value.node.to_string()).collect()
                }
                _ => HashSet::new(),
            };
            (ty.name.node.to_string(), names)
        })
        .collect()
}

/// The type of a kind that a position's names are members of.
fn type_of(kind: &str, position: Position) -> String {
    match position {
        Position::Select => kind.to_owned(),
        Position::Filter => format!("{kind}Where"),
        Position::Order => format!("{kind}OrderBy"),
        Position::Group => format!("{kind}Dimension"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn what_is_explained_is_what_the_schema_has((basis, grants) in cases(), at in instants()) {
        let grants = GrantSet::new(grants);
        let permit = Permit::decide(basis, &grants, at).unwrap();
        let members = members(&permit);
        for field in catalogue().fields() {
            let kind = catalogue().kind(field.kind).name;
            for position in POSITIONS {
                let found = members
                    .get(&type_of(kind, position))
                    .is_some_and(|names| names.contains(field.spec.name));
                let explained = explain(&grants, basis, field, position, at);
                prop_assert_eq!(explained.allowed, found, "{} {:?}", field.path(), position);
                prop_assert_eq!(explained.refusal.is_none(), found);
                prop_assert_eq!(explained.words.contains(" may not "), !found);
            }
        }
    }

    #[test]
    fn the_matrix_says_what_is_explained((basis, grants) in cases(), at in instants()) {
        let grants = GrantSet::new(grants);
        let basis = explain::typical(basis.role, basis.purpose);
        for line in explain::lines(&grants, basis.role, basis.purpose, at) {
            for (position, may) in POSITIONS.into_iter().zip(line.positions) {
                let explained = explain(&grants, basis, line.field, position, at);
                prop_assert_eq!(explained.allowed, may);
            }
        }
    }
}

#[test]
fn a_purpose_that_is_not_the_roles_explains_itself() {
    let basis = Basis {
        role: Role::HC,
        purpose: Purpose::Fund,
        has_organization: true,
        has_person: false,
        has_contract: true,
    };
    let name = field("Person", "name");
    let explained = explain(&GrantSet::default(), basis, name, Position::Select, noon());
    assert_eq!(explained.refusal, Some("PURPOSE_NOT_OPEN"));
}

#[test]
fn the_grant_that_decided_is_named_by_its_version_also_where_it_refuses() {
    let mut none = grant(Role::HC, Purpose::Hr, Target::parse("G02").unwrap());
    none.version = 7;
    none.level = Level::None;
    let grants = GrantSet::new([none]);
    let basis = explain::typical(Role::HC, Purpose::Hr);
    let explained = explain(&grants, basis, field("Person", "name"), Position::Select, noon());
    assert_eq!((explained.allowed, explained.grant_version), (false, Some(7)));
}

#[test]
fn what_appears_and_vanishes_is_what_differs_between_two_sets() {
    let names = grant(Role::HC, Purpose::Hr, Target::parse("G02").unwrap());
    let (without, with) = (GrantSet::default(), GrantSet::new([names]));
    let shifts = explain::shifts((&without, noon()), (&with, noon()));
    assert!(!shifts.is_empty() && shifts.iter().all(explain::Shift::appears));
    let back = explain::shifts((&with, noon()), (&without, noon()));
    assert!(back.len() == shifts.len() && back.iter().all(explain::Shift::vanishes));
    assert_eq!(explain::shifts((&with, noon()), (&with, noon())).len(), 0);
}
