//! Everything that a declaration names exists.

use std::collections::{BTreeMap, BTreeSet};

use entity::sharing::{Mask, ProtectedRows, Shared};
use sea_orm::{IdenStatic as _, Iterable as _};

use crate::{
    catalogue::{Field, Kind, catalogue},
    policy::Role,
};

/// The columns of every kind's table.
fn tables() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    fn table<E: Shared>() -> (&'static str, BTreeSet<&'static str>) {
        let columns = E::Column::iter().map(|column| column.as_str()).collect();
        (E::default().table_name(), columns)
    }
    macro_rules! all {
        (tables { $($table:ident => $rows:ident,)* } views { $($view:ident,)* }) => {
            BTreeMap::from([
                $(table::<entity::$table::Entity>(),)* $(table::<entity::$view::Entity>(),)*
            ])
        };
    }
    entity::for_each_kind!(all)
}

fn of_mask(mask: Mask) -> Option<&'static str> {
    match mask {
        Mask::Coarser(column) | Mask::OrganizationKind(column) | Mask::StreetOf(column) => {
            Some(column)
        }
        _ => None,
    }
}

/// Every column that the declaration of a field names.
fn of_field(field: &Field) -> Vec<&'static str> {
    let spec = &field.spec;
    let mut named = field.source.columns();
    named.extend(of_mask(spec.mask));
    named.extend(spec.coarse.and_then(of_mask));
    named.extend(spec.collector);
    named.extend(spec.names_person);
    named
}

/// Every column of its own table that the declaration of a kind names.
fn of_kind(kind: &Kind) -> Vec<&'static str> {
    let mut named = vec!["id", "collecting_department"];
    named.extend(kind.subject.column());
    named.extend(kind.ended_by);
    named.extend(kind.protected.map(|rows| match rows {
        ProtectedRows::Flagged(column)
        | ProtectedRows::OfGroup(column)
        | ProtectedRows::Reserved { column, .. } => column,
    }));
    named.extend(kind.relations.iter().map(|relation| relation.from));
    named
}

#[test]
fn every_column_that_a_declaration_names_exists() {
    let tables = tables();
    for kind in catalogue().kinds() {
        let columns = &tables[kind.table];
        let of_fields = catalogue().fields_of(kind.id).flat_map(of_field);
        for column in of_kind(kind).into_iter().chain(of_fields) {
            assert!(columns.contains(column), "{}: there is no column {column}", kind.name);
        }
        for relation in &kind.relations {
            let target = catalogue().kind(relation.target);
            let is_there = tables[target.table].contains(relation.to);
            assert!(
                is_there,
                "{}.{}: no {}.{}",
                kind.name, relation.name, target.table, relation.to
            );
        }
    }
}

#[test]
fn no_way_leads_from_rows_of_nobody_to_rows_of_persons() {
    // Whose rows a filter looks at is recorded from person to person. A way from rows of nobody
    // needs a record of whom it looks at first (`graphql::sql::about`).
    for kind in catalogue().kinds().iter().filter(|kind| kind.person().is_none()) {
        for relation in &kind.relations {
            let target = catalogue().kind(relation.target);
            assert_eq!(target.person(), None, "{}.{}", kind.name, relation.name);
        }
    }
}

#[test]
fn every_kind_of_the_list_is_in_the_catalogue_under_names_of_its_own() {
    let kinds = catalogue().kinds();
    assert_eq!(
        kinds.iter().map(|kind| kind.table).collect::<BTreeSet<_>>(),
        tables().into_keys().collect()
    );
    let names = kinds.iter().flat_map(|kind| [kind.name, kind.single, kind.plural]);
    let mut seen = BTreeSet::new();
    for name in names {
        assert!(seen.insert(name), "{name} names two things");
    }
}

#[test]
fn what_a_kind_shows_has_names_of_its_own_and_labels() {
    for kind in catalogue().kinds() {
        let mut seen = BTreeSet::from(["id"]);
        for field in catalogue().fields_of(kind.id) {
            let spec = &field.spec;
            assert!(seen.insert(spec.name), "{} occurs twice", field.path());
            let is_told = [spec.label_zh, spec.label_en, spec.mask_style, spec.steward];
            assert!(is_told.iter().all(|text| !text.is_empty()), "{} lacks a word", field.path());
        }
        for relation in &kind.relations {
            assert!(seen.insert(relation.name), "{}.{} occurs twice", kind.name, relation.name);
        }
    }
}

#[test]
fn whoever_alone_may_see_a_field_is_a_role() {
    for field in catalogue().fields() {
        for code in field.spec.only_roles.unwrap_or_default() {
            assert!(Role::parse(code).is_some(), "{}: {code} is no role", field.path());
        }
    }
}

#[test]
fn a_column_that_no_kind_shows_is_no_field() {
    let shown = entity::person::Column::Name;
    assert_eq!(catalogue().field_of(shown).path(), "Person.name");
    assert_eq!(catalogue().kind_of::<entity::consent::Entity>().name, "Consent");
    let hidden = std::panic::catch_unwind(|| {
        catalogue().field_of(entity::person::Column::ResidenceUnitId).path()
    });
    assert!(hidden.is_err());
}
