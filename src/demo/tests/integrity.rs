use std::collections::{HashMap, HashSet};

use super::{everything, options, today, units};
use crate::catalogue::catalogue;
use crate::demo::{Options, draft::latest, in_force, organizations};
use crate::rules::citizen_id::{CitizenId, is_synthetic};

#[test]
fn identity_numbers_are_synthetic_valid_and_unique() {
    let people = everything(options(5_000, 1)).persons;
    let mut seen = HashSet::new();
    for person in &people {
        let Some(number) = &person.id_number else {
            assert!((today() - person.birth_date.unwrap()).num_days() < 60);
            continue;
        };
        let id = CitizenId::parse(number).unwrap();
        assert!(is_synthetic(number) && seen.insert(number));
        assert_eq!(Some(id.birth), person.birth_date);
        assert_eq!(if id.male { "1" } else { "2" }, person.sex.as_deref().unwrap());
    }
    let without = people.iter().filter(|person| person.id_number.is_none()).count();
    assert!((80..=180).contains(&without), "{without} newborns without a number");
}

#[test]
fn every_kind_that_is_a_table_has_rows() {
    for (rows, count) in everything(options(2_500, 2)).row_counts() {
        assert!(count > 0, "there are no {rows}: have the population bring some, in src/demo/");
    }
}

#[test]
fn every_row_belongs_to_rows_that_there_are() {
    let all = everything(options(2_500, 2));
    let mut keys: HashMap<(&str, &str), HashSet<i64>> = HashMap::new();
    for kind in catalogue().kinds() {
        for relation in kind.relations.iter().filter(|relation| !relation.many) {
            let target = catalogue().kind(relation.target).table;
            keys.insert((target, relation.to), HashSet::new());
        }
    }
    all.visit(|table, row| {
        for ((_, column), keys) in keys.iter_mut().filter(|((of, _), _)| *of == table) {
            keys.extend(key(row(column)));
        }
    });
    all.visit(|table, row| {
        let kind = catalogue().kinds().iter().find(|kind| kind.table == table);
        let relations = kind.into_iter().flat_map(|kind| &kind.relations);
        for relation in relations.filter(|relation| !relation.many) {
            let target = catalogue().kind(relation.target).table;
            let is_there = key(row(relation.from))
                .is_some_and(|key| keys[&(target, relation.to)].contains(&key));
            assert!(is_there, "{table}.{} leads nowhere", relation.from);
        }
    });
}

fn key(value: sea_orm::Value) -> Option<i64> {
    match value {
        sea_orm::Value::BigInt(key) => key,
        _ => None,
    }
}

#[test]
fn every_reference_holds() {
    let all = everything(options(3_000, 2));
    let units = units();
    let unit_ids: HashSet<i64> = units.iter().map(|unit| unit.id).collect();
    let people: HashSet<i64> = all.persons.iter().map(|row| row.id).collect();
    let cards: HashMap<i64, i64> =
        all.immunization_cards.iter().map(|row| (row.id, row.person_id)).collect();
    let offices: HashSet<i64> =
        organizations(&in_force(&units, today())).iter().map(|row| row.id).collect();
    let mut homes = HashMap::new();
    for row in &all.residence_registrations {
        assert!(people.contains(&row.person_id) && unit_ids.contains(&row.admin_unit_id));
        assert!(row.arrival_date.unwrap() <= today());
        if let Some(left) = row.departure_date {
            assert!(row.arrival_date.unwrap() < left && left < today());
        } else {
            assert!(homes.insert(row.person_id, row.admin_unit_id).is_none());
        }
    }
    for person in &all.persons {
        assert_eq!(homes.get(&person.id), Some(&person.residence_unit_id));
    }
    for row in &all.household_members {
        assert!(people.contains(&row.person_id));
        assert!(row.guardian_person_id.is_none_or(|guardian| people.contains(&guardian)));
        assert_eq!(row.guardian_person_id.is_some(), row.guardian_of.is_some());
    }
    for row in &all.immunization_doses {
        assert_eq!(cards.get(&row.card_id), Some(&row.person_id));
    }
    for row in &all.caseloads {
        assert!(people.contains(&row.person_id) && offices.contains(&row.organization_id));
        assert!(row.ended_on.is_none_or(|end| row.started_on <= end && end <= today()));
    }
    for id in all.consents.iter().map(|row| row.person_id) {
        assert!(people.contains(&id));
    }
}

#[test]
fn instants_are_in_order_and_not_after_today() {
    for today in ["2015-11-20", "2026-03-31"] {
        let today = today.parse().unwrap();
        check_instants(&Options { today, ..options(3_000, 3) });
    }
}

fn check_instants(options: &Options) {
    let all = everything(*options);
    macro_rules! check {
        (tables { $($kind:ident => $rows:ident,)* } views { $($view:ident,)* }) => {$(
            for row in &all.$rows {
                assert!(row.collected_at <= row.recorded_at, "{row:?}");
                assert!(row.recorded_at <= row.updated_at, "{row:?}");
                assert!(row.updated_at <= latest(options.today), "{row:?}");
            }
        )*};
    }
    entity::for_each_kind!(check);
}

/// A department's own value stands in the row or beside it, and the police's beside it never, but for a
/// number; the number that is shown is the newest.
#[test]
fn what_departments_collected_of_the_same_persons_and_stays_stands_beside_the_rows() {
    let all = everything(options(3_000, 2));
    let persons: HashMap<i64, &entity::person::Model> =
        all.persons.iter().map(|row| (row.id, row)).collect();
    let (mut keys, mut current) = (HashSet::new(), HashSet::new());
    let (mut others, mut names, mut of_police, mut before) = (0, 0, 0, 0);
    for own in &all.persons_collected {
        let row = persons[&own.person_id];
        assert!(keys.insert(own.id));
        assert!(own.collected_at < row.collected_at && own.collected_at <= latest(today()));
        if own.replaced_at.is_some() {
            before += 1;
            continue;
        }
        assert!(current.insert((own.person_id, own.collecting_department.clone())));
        if own.collecting_department == "police" {
            assert!(own.name.is_none() && own.id_number.is_none() && own.phone.is_some());
            of_police += 1;
        } else {
            assert_ne!(own.collecting_department, row.collecting_department);
            names += usize::from(own.name != row.name);
        }
        if own.phone.is_some() {
            assert_eq!(own.phone_collected_by.as_ref(), Some(&own.collecting_department));
            assert_ne!(own.phone_collected_by, row.phone_collected_by);
            assert!(own.phone_collected_at < row.phone_collected_at);
            others += usize::from(own.phone != row.phone);
        }
    }
    for row in &all.persons {
        let own = current.iter().filter(|(person, _)| *person == row.id);
        let bits = own.map(|(_, code)| entity::sharing::Department::parse(code).unwrap().bit());
        assert_eq!(row.collectors_beside, bits.sum::<i32>(), "{}", row.id);
    }
    assert!(others > 300 && names > 15 && of_police > 200 && before > 50);
    let stays: HashMap<i64, &entity::residence_registration::Model> =
        all.residence_registrations.iter().map(|row| (row.id, row)).collect();
    let addresses = all.residences_collected.iter().filter(|own| {
        let row = stays[&own.residence_registration_id];
        assert_ne!(own.collecting_department, row.collecting_department);
        assert_eq!(row.collectors_beside, entity::sharing::Department::Health.bit());
        own.residence_address != row.residence_address
    });
    assert!(addresses.count() > 50);
}

#[test]
fn an_emergency_contact_is_another_person_or_somebody_who_is_none_here() {
    let all = everything(options(3_000, 2));
    let people: HashMap<i64, &entity::person::Model> =
        all.persons.iter().map(|row| (row.id, row)).collect();
    let (mut persons, mut strangers) = (0, 0);
    for row in &all.persons {
        let contact: serde_json::Value =
            serde_json::from_str(row.emergency_contact.as_ref().unwrap()).unwrap();
        assert_eq!(contact["relation"].as_str(), row.emergency_contact_relation.as_deref());
        match row.emergency_contact_person_id {
            Some(key) => {
                assert!(key != row.id && contact["name"] == people[&key].name.clone().unwrap());
                persons += 1;
            }
            None => strangers += 1,
        }
    }
    assert!(persons > 1_000 && strangers > 200, "{persons} {strangers}");
}
