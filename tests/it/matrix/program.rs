//! The matrix and the schemas that the program prints, beside what the files and floors say, cell by
//! cell.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::sharing::Group;
use migrant_gateway::{
    catalogue::catalogue,
    policy::{Purpose, Role},
};

use super::oracle::{Openness, Oracle, Place};
use crate::{records::process::Installation, support::CALLERS};

fn level(openness: Openness) -> &'static str {
    match openness {
        Openness::Closed => "none",
        Openness::Counts => "aggregate",
        Openness::YesNo => "predicate",
        Openness::Masked => "masked",
        Openness::Full => "full",
    }
}

/// The fields of each object type of an SDL, by the type's name.
fn types(sdl: &str) -> HashMap<&str, BTreeSet<&str>> {
    let mut types: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    let mut current = None;
    let mut is_text = false;
    for line in sdl.lines() {
        let line = line.trim_start();
        // A line that opens and closes a description changes nothing.
        is_text ^= line.matches("\"\"\"").count() == 1;
        if is_text || line.starts_with('"') {
            continue;
        }
        if let Some(named) = line.strip_prefix("type ") {
            current = named.split([' ', '{']).next();
        } else if line == "}" {
            current = None;
        } else if let (Some(name), Some((field, _))) = (current, line.split_once([':', '('])) {
            types.entry(name).or_default().insert(field);
        }
    }
    types
}

#[test]
fn the_printed_matrix_and_schemas_are_purposes_and_grants_and_floors_cell_by_cell() {
    let installation = Installation::empty();
    installation.install();
    let printed = installation.succeed(&["grant", "matrix", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(printed.as_bytes());
    let header = reader.headers().unwrap().clone();
    let mut cells: HashMap<(String, String, String), (String, String)> = HashMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let of =
            |name: &str| record[header.iter().position(|known| known == name).unwrap()].to_owned();
        let path = format!("{}.{}", of("kind"), of("field"));
        let known = cells.insert((of("role"), of("purpose"), path), (of("level"), of("scope")));
        assert_eq!(known, None, "each cell once");
    }
    assert_eq!(cells.len(), CALLERS.len() * catalogue().fields().len());
    for (role, purpose) in CALLERS.iter() {
        let oracle = Oracle::of(*role, *purpose);
        let sdl =
            installation.succeed(&["schema", "--role", role.code(), "--purpose", purpose.code()]);
        let types = types(&sdl);
        for field in catalogue().fields() {
            let key = (role.code().to_owned(), purpose.code().to_owned(), field.path());
            let is_shown = oracle.may(field, Place::Selected);
            let scope = if is_shown { oracle.rows(field).0 } else { "" };
            let expected = (level(oracle.field(field)).to_owned(), scope.to_owned());
            assert_eq!(cells[&key], expected, "{key:?}");
            let kind = catalogue().kind(field.kind).name;
            let is_there = types.get(kind).is_some_and(|fields| fields.contains(field.spec.name));
            assert_eq!(is_there, is_shown, "{role} {purpose} {}: the schema", field.path());
        }
    }
}

/// What the files open to a role for a purpose, of the groups that the catalogue has fields of.
fn opened(role: Role, purpose: Purpose) -> BTreeMap<&'static str, (&'static str, &'static str)> {
    let oracle = Oracle::of(role, purpose);
    let has_fields =
        |group: &Group| catalogue().fields().iter().any(|field| field.spec.group == *group);
    Group::ALL
        .into_iter()
        .filter(has_fields)
        .map(|group| {
            let (open, scope) = oracle.group(group.code());
            (group.code(), (level(open), scope))
        })
        .collect()
}

#[test]
fn two_purposes_of_a_role_that_open_other_groups_have_other_schemas() {
    let installation = Installation::empty();
    installation.install();
    let mut compared = 0;
    for role in Role::ALL {
        let of_role: Vec<Purpose> = Purpose::of(role).collect();
        let schema = |purpose: &Purpose| {
            installation.succeed(&["schema", "--role", role.code(), "--purpose", purpose.code()])
        };
        let schemas: Vec<String> = of_role.iter().map(schema).collect();
        for (one, first) in of_role.iter().enumerate() {
            for (other, second) in of_role.iter().enumerate().skip(one + 1) {
                if opened(role, *first) != opened(role, *second) {
                    compared += 1;
                    assert_ne!(schemas[one], schemas[other], "{role} {first} {second}");
                }
            }
        }
    }
    assert!(compared > 40, "{compared} pairs were compared");
}
