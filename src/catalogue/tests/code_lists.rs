//! Every coded field has a list, and every code of a list its labels.

use std::collections::BTreeSet;

use entity::sharing::{Department, Group, MEMBER_LISTS, Mask, Type};

use crate::{
    catalogue::{
        catalogue,
        code_lists::{self, Codes, Language, label_name},
    },
    graphql::mask::masked_type,
    policy::Purpose,
};

#[test]
fn every_coded_field_has_a_list_with_labels() {
    let mut missing = Vec::new();
    let mut lists = Vec::new();
    for field in catalogue().fields() {
        if matches!(field.spec.ty, Type::Code | Type::Codes) {
            match field.codes {
                Some(list) => lists.push((field.path(), list)),
                None => missing.push(format!("{}: .codes(&LIST) in its entity", field.path())),
            }
        }
        let members = field.spec.ty.structure().map_or(&[][..], |structure| structure.members);
        for (member, _) in members.iter().filter(|(_, ty)| *ty == Type::Code) {
            match code_lists::member_list(&field.path(), member) {
                Some(list) => lists.push((format!("{}.{member}", field.path()), list)),
                None => missing.push(format!(
                    "{}.{member}: a line in entity/src/sharing/member_lists.rs",
                    field.path()
                )),
            }
        }
    }
    lists.extend(catalogue().code_lists().into_iter().map(|list| (list.name.to_owned(), list)));
    for (path, list) in lists {
        if list.about().is_none() {
            missing.push(format!("{path}: {} in entity/data/code_lists.csv", list.name));
        }
        let entries = list.entries();
        if entries.is_empty() && !list.is_of_register() {
            missing.push(format!("{path}: codes of {} in entity/data/codes.csv", list.name));
        }
        if let Codes::Listed(codes) = list.codes {
            let labelled: BTreeSet<&str> = entries.iter().map(|entry| &*entry.code).collect();
            for code in codes.iter().filter(|code| !labelled.contains(*code)) {
                missing.push(format!("{path}: a label of {code} of {}", list.name));
            }
        }
    }
    assert!(missing.is_empty(), "these lack a list or labels: {missing:#?}");
}

#[test]
fn members_that_have_lists_are_members_of_fields() {
    for (path, member, list) in MEMBER_LISTS {
        let (kind, name) = path.split_once('.').unwrap();
        let kind = catalogue().kind_named(kind).unwrap_or_else(|| panic!("no kind {kind}"));
        let field = catalogue().field_named(kind.id, name);
        let field = field.unwrap_or_else(|| panic!("no field {path}"));
        let found = code_lists::of_members(field).any(|(known, _)| known == *member);
        assert!(found, "{path} has no member {member} for {}", list.name);
    }
}

#[test]
fn codes_are_codes_and_words_are_labels() {
    for list in catalogue().code_lists() {
        for entry in list.entries() {
            assert!(entry.code.is_ascii(), "{}: {} is a word", list.name, entry.code);
            assert!(list.has(&entry.code), "{}: {} is none of its codes", list.name, entry.code);
        }
    }
}

#[test]
fn whatever_a_mask_leaves_as_a_code_has_a_list() {
    for field in catalogue().fields() {
        for mask in [Some(field.spec.mask), field.spec.coarse].into_iter().flatten() {
            let is_code = match masked_type(mask, field.spec.ty) {
                Some(masked) => masked == "Code",
                None => field.spec.ty == Type::Code && !mask.leaves_nothing(),
            };
            let list = code_lists::shown(field, Some(mask));
            if is_code {
                assert!(list.is_some(), "{} at {}", field.path(), mask.style());
            }
            // A category of a code of the list is a code of the list of categories.
            if let (Some(codes), Mask::Category | Mask::CategoryOf(_)) = (field.codes, mask) {
                for entry in codes.entries() {
                    let left = crate::graphql::mask::text(mask, &entry.code).unwrap();
                    assert!(list.unwrap().has(&left), "{}: {left} of {}", field.path(), entry.code);
                }
            }
        }
    }
}

#[test]
fn labels_have_names_of_their_own() {
    for kind in catalogue().kinds() {
        let names: BTreeSet<&str> = catalogue().fields_of(kind.id).map(|f| f.spec.name).collect();
        for field in catalogue().fields_of(kind.id) {
            for language in [Language::Zh, Language::En] {
                let name = label_name(field.spec.name, language);
                let is_taken = names.contains(&*name) || kind.relation_named(&name).is_some();
                assert!(!is_taken, "{}.{name} is the name of a field", kind.name);
            }
        }
    }
}

#[test]
fn departments_groups_and_purposes_are_those_of_the_policy() {
    let told = |name: &str| -> Vec<(&str, &str)> {
        let list = catalogue().code_list(name).unwrap();
        list.entries().iter().map(|entry| (&*entry.code, &*entry.label_zh)).collect()
    };
    assert_eq!(told("departments"), Department::ALL.map(|d| (d.code(), d.label_zh())));
    assert_eq!(told("field-groups"), Group::ALL.map(|group| (group.code(), group.label_zh())));
    assert_eq!(told("purposes"), Purpose::ALL.map(|p| (p.code(), p.label_zh())));
}

#[test]
fn a_list_is_found_by_its_name_and_by_its_standard() {
    for name in ["sex", "GB/T 2261.1-2003", "GB/T 2261.1"] {
        assert_eq!(catalogue().code_list(name).unwrap().name, "sex", "{name}");
    }
    assert_eq!(catalogue().code_list("GB/T 2260").unwrap().name, "regions");
    for name in ["", "GB/T", "2261.1", "Sex"] {
        assert!(catalogue().code_list(name).is_none(), "{name}");
    }
}

#[test]
fn regions_of_jilin_are_those_of_the_rules() {
    let regions = catalogue().code_list("regions").unwrap();
    let file = include_str!("../../../rules/data/regions_jilin.csv");
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let mut known = BTreeSet::new();
    for row in reader.records() {
        let row = row.unwrap();
        let entry = regions.entries().iter().find(|entry| entry.code == row[0]).unwrap();
        let year = |at: usize, end: &str| match &row[at] {
            "" => None,
            year => Some(format!("{year}-{end}").parse().unwrap()),
        };
        assert_eq!(entry.label_zh, row[1]);
        assert_eq!((entry.valid_from, entry.valid_until), (year(4, "01-01"), year(5, "12-31")));
        known.insert(row[0].to_owned());
    }
    let of_jilin = regions.entries().iter().filter(|entry| entry.code.starts_with("22"));
    assert_eq!(of_jilin.map(|entry| entry.code.clone()).collect::<BTreeSet<_>>(), known);
}

#[test]
fn a_mask_leaves_the_category_of_a_code_and_of_no_code_nothing() {
    let left = |list, code| crate::graphql::mask::text(Mask::CategoryOf(list), code);
    // The first character of 10, visiting friends, is the code of work.
    for (code, category) in [("1", "1"), ("3", "2"), ("10", "4"), ("99", "9")] {
        assert_eq!(left("move-reasons", code).as_deref(), Some(category), "{code}");
    }
    assert_eq!(left("population-groups", "11").as_deref(), Some("3"));
    assert_eq!(left("move-reasons", "务工经商"), None);
}
