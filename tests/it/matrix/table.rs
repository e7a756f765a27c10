//! The matrix as the gateway decides it: compared with the files, and written out for review.

use std::collections::HashMap;

use entity::sharing::Group;
use migrant_gateway::{
    catalogue::{Field, catalogue},
    policy::{self, Basis, Level, Permit, Position, Purpose, Role, Scope},
};

use super::oracle::{Openness, Oracle, Place};
use crate::support::{Backend, CALLERS, World, demo_request, world::noon};

const GRANTS: &str = include_str!("../../../migration/data/grants.csv");

/// The permits of every role and purpose, under the grants that the migrations bring.
async fn permits() -> Vec<Permit> {
    let world = World::empty(Backend::Sqlite).await;
    let grants = policy::load(&world.db).await.expect("grants");
    CALLERS
        .iter()
        .map(|(role, purpose)| {
            Permit::decide(basis(*role, *purpose), &grants, noon()).expect("the role's own purpose")
        })
        .collect()
}

/// What a caller of the demo has.
pub fn basis(role: Role, purpose: Purpose) -> Basis {
    let request = demo_request(role);
    Basis {
        role,
        purpose,
        has_organization: request.organization.is_some(),
        has_person: request.person.is_some(),
        has_contract: role == Role::VN,
    }
}

fn openness(level: Level) -> Openness {
    match level {
        Level::None => Openness::Closed,
        Level::Aggregate => Openness::Counts,
        Level::Predicate => Openness::YesNo,
        Level::Masked => Openness::Masked,
        Level::Full => Openness::Full,
    }
}

fn position(place: Place) -> Position {
    match place {
        Place::Selected => Position::Select,
        Place::Filtered => Position::Filter,
        Place::Ordered => Position::Order,
        Place::Counted => Position::Group,
    }
}

#[tokio::test]
async fn every_permit_opens_each_field_as_the_files_and_floors_say() {
    for permit in permits().await {
        let Basis { role, purpose, .. } = permit.basis;
        let oracle = Oracle::of(role, purpose);
        for field in catalogue().fields() {
            let what = format!("{role} {purpose} {}", field.path());
            let decision = permit.field(field.id);
            assert_eq!(openness(decision.level), oracle.field(field), "{what}");
            for place in Place::ALL {
                let may = permit.may(field, position(place));
                assert_eq!(may, oracle.may(field, place), "{what} {place:?}");
            }
            let rule =
                decision.rows.map(|rule| (rule.scope.code(), rule.covers_minors, rule.break_glass));
            let expected = oracle.may(field, Place::Selected).then(|| oracle.rows(field));
            assert_eq!(rule, expected, "{what}");
        }
        for group in Group::ALL {
            let decided = openness(permit.group(group).level);
            assert_eq!(decided, oracle.group(group.code()).0, "{role} {purpose} {group:?}");
        }
    }
}

/// One letter of each level, the scope, and the places: `Fj sfog`.
fn cell(permit: &Permit, field: &Field) -> String {
    let decision = permit.field(field.id);
    let level = match decision.level {
        Level::None => return ".".to_owned(),
        Level::Aggregate => "A",
        Level::Predicate => "P",
        Level::Masked => "M",
        Level::Full => "F",
    };
    let scope = decision.rows.map_or("", |rule| match (rule.scope, rule.break_glass) {
        (Scope::Caseload, true) => "e",
        (scope, _) => scope.code(),
    });
    let places: String = [
        (Position::Select, 's'),
        (Position::Filter, 'f'),
        (Position::Order, 'o'),
        (Position::Group, 'g'),
    ]
    .into_iter()
    .filter_map(|(position, letter)| permit.may(field, position).then_some(letter))
    .collect();
    if places.is_empty() { level.to_owned() } else { format!("{level}{scope}:{places}") }
}

#[tokio::test]
async fn no_cell_of_the_matrix_that_is_granted_is_empty() {
    // A level of a group that leaves no field open promises what nothing keeps.
    let permits = permits().await;
    let cells = csv::Reader::from_reader(GRANTS.as_bytes());
    let (mut checked, mut empty) = (0, Vec::new());
    for cell in cells.into_deserialize::<HashMap<String, String>>() {
        let cell = cell.expect("a row");
        // What a role is only told of when it happens cannot be asked for.
        if cell["decision"] == "none" || cell["row_scope"] == "+e" {
            continue;
        }
        let places = [Position::Select, Position::Filter, Position::Order, Position::Group];
        let is_open = permits.iter().filter(|permit| permit.basis.role.code() == cell["role"]).any(
            |permit| {
                let of_group = |field: &&Field| field.spec.group.code() == cell["group"];
                catalogue().fields().iter().filter(of_group).any(|field| {
                    let is_of_catalogue = !field.spec.is_provenance;
                    is_of_catalogue && places.iter().any(|place| permit.may(field, *place))
                })
            },
        );
        if !is_open {
            empty.push(format!("{} {}", cell["role"], cell["group"]));
        }
        checked += 1;
    }
    // Whoever knows nobody by name would know too few by the place of their hukou, also by its province.
    // Of who attended health education nothing is carried, so a person finds nothing of its own there.
    assert_eq!(empty, ["HO G07", "SU G23"]);
    assert!(checked > 300, "{checked} cells");
}

#[tokio::test]
async fn the_whole_matrix_is_as_it_was_reviewed() {
    let permits = permits().await;
    let mut table = String::from(
        "Level (F full, M masked, P yes/no, A counts) and scope, then s select, f filter, o order, \
         g count by.\nScope e: c, or b in an emergency.\nA field that no purpose of the role opens is left out.\n",
    );
    for role in Role::ALL {
        let permits: Vec<&Permit> =
            permits.iter().filter(|permit| permit.basis.role == role).collect();
        let purposes = permits.iter().map(|permit| format!("{:<9}", permit.basis.purpose.code()));
        let heading = format!("\n{:<60}{}", role.code(), purposes.collect::<String>());
        table += heading.trim_end();
        table.push('\n');
        for field in catalogue().fields() {
            let cells: Vec<String> = permits.iter().map(|permit| cell(permit, field)).collect();
            if cells.iter().all(|cell| cell == ".") {
                continue;
            }
            let spec = &field.spec;
            let path = field.path();
            let name = format!("{path} ({}, {})", spec.group.code(), spec.class.code());
            let cells = cells.iter().map(|cell| format!("{cell:<9}"));
            let line = format!("{name:<60}{}", cells.collect::<String>());
            table += line.trim_end();
            table.push('\n');
        }
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("matrix", table);
    });
}
