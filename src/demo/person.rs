//! The person, the household registration (户籍) and the place in the household.

use std::sync::LazyLock;

use serde_json::json;

use super::draft::{Draft, json, list, row, text};
use super::family::{NEWBORN_DAYS, Role};
use super::household::{Home, Member};
use super::names;
use super::population::Numbers;
use super::traits::Trait;
use crate::rules::citizen_id;
use entity::sharing::Department;

/// Regions where people are registered: code and name.
static HUKOU_REGIONS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let lines = include_str!("data/hukou_regions.csv").lines().skip(1);
    lines.filter_map(|line| line.split_once(',')).collect()
});

/// Writes every member with registration and relation.
pub(super) fn write_hukou_and_people(draft: &mut Draft, home: &Home, numbers: &mut Numbers) {
    let away: Vec<_> =
        HUKOU_REGIONS.iter().filter(|(code, _)| *code != home.place.county.code).collect();
    let (region, region_name) = **draft.dice.pick(&away);
    let village = format!(
        "{region_name}{}乡{}村{}组",
        draft.dice.pick(&["永安", "新立", "太平", "兴隆", "双河", "胜利"]),
        draft.dice.pick(&["前进", "东风", "红旗", "柳树", "团结", "民主"]),
        draft.dice.between(1, 9),
    );
    let hukou_type = draft.dice.weighted(&[("1", 60), ("3", 25), ("2", 15)]);
    for member in &home.members {
        write_person(draft, home, member, numbers);
        let stamp = draft.stamp(system(home.collector), home.collector, member.arrival);
        let registration = row!(
            household_registration {
                id: draft.key(),
                person_id: member.id,
                hukou_region_code: text(region),
                hukou_address: text(village.clone()),
                hukou_type: text(hukou_type),
                registration_kind: None,
            },
            stamp.clone()
        );
        draft.batch.household_registrations.push(registration);
        let guardian = home.guardian(member);
        let membership = row!(
            household_member {
                id: draft.key(),
                person_id: member.id,
                household_id: home.number,
                relation: text(relation(member)),
                is_accompanying: Some(member.role != Role::Head),
                guardian_of: guardian.map(|guardian| guardian.name.clone()),
                guardian_person_id: guardian.map(|guardian| guardian.id),
                guardian_role: guardian.map(|guardian| guardian_role(guardian, member).to_owned()),
            },
            stamp
        );
        draft.batch.household_members.push(membership);
    }
}

fn write_person(draft: &mut Draft, home: &Home, member: &Member, numbers: &mut Numbers) {
    let dice = &mut draft.dice;
    let newborn = (draft.today - member.birth).num_days() < NEWBORN_DAYS;
    let id_number =
        if newborn && dice.chance(950) { None } else { numbers.next(member.birth, member.male) };
    let phone_collector = match home.showcase {
        Some(Trait::Street | Trait::Assistance) => Department::CivilAffairs,
        _ if dice.chance(550) => home.collector,
        _ => dice.weighted(&[
            (Department::CivilAffairs, 45),
            (Department::Health, 30),
            (Department::Police, 15),
            (Department::MigrantWorkers, 10),
        ]),
    };
    let contact_person = home.guardian(member).or_else(|| home.other_adult(member));
    let contact_relation = contact_person.map_or("80", relation);
    let contact = match contact_person {
        Some(adult) => {
            json!({ "name": adult.name, "phone": adult.phone, "relation": contact_relation })
        }
        None => {
            let (name, phone) = (names::anyone(dice), names::phone(dice));
            json!({ "name": name, "phone": phone, "relation": contact_relation })
        }
    };
    let marital = match member.role {
        _ if member.age < 20 => "10",
        Role::Spouse => "20",
        Role::Head if home.members.iter().any(|other| other.role == Role::Spouse) => "20",
        Role::Grandparent => dice.weighted(&[("20", 6), ("30", 4)]),
        _ => dice.weighted(&[("10", 7), ("40", 2), ("20", 1)]),
    };
    let vital =
        if member.deceased { "deceased" } else { dice.weighted(&[("alive", 997), ("unknown", 3)]) };
    let education = education(draft, member);
    let stamp = draft.stamp(system(home.collector), home.collector, member.arrival);
    let recorded_at = stamp.recorded_at;
    // What another department than that of the row brought, it brought later.
    let phone_collected_at =
        if phone_collector == home.collector { stamp.collected_at } else { recorded_at };
    let person = row!(
        person {
            id: member.id,
            residence_unit_id: home.place.community.id,
            name: text(member.name.clone()),
            id_type: text(if id_number.is_some() { "01" } else { "99" }),
            id_missing_reason: id_number.is_none().then(|| "1".to_owned()),
            id_number,
            sex: text(if member.male { "1" } else { "2" }),
            birth_date: Some(member.birth),
            ethnicity: text(home.ethnicity),
            nationality: text("CHN"),
            phone: member.phone.clone(),
            phone_collected_by: member.phone.as_ref().map(|_| phone_collector.code().to_owned()),
            phone_collected_at: member.phone.as_ref().map(|_| phone_collected_at),
            phone_updated_at: member.phone.as_ref().map(|_| recorded_at),
            emergency_contact: json(contact),
            emergency_contact_person_id: contact_person.map(|adult| adult.id),
            emergency_contact_relation: text(contact_relation),
            marital_status: text(marital),
            education,
            vital_status: text(vital),
            legally_incapacitated: member.incapacitated,
            former_names: (member.id % 25 == 0)
                .then(|| list(
                    member.name.chars().take(1).map(|own| format!("{own}小兵")).collect()
                ))
                .flatten(),
            former_id_numbers: (member.id % 200 == 0 && member.age >= 18)
                .then(|| list(vec![former_number(member)]))
                .flatten(),
            collectors_beside: 0,
        },
        stamp
    );
    draft.batch.persons.push(person);
}

/// A number that was given twice, and so replaced by another.
fn former_number(member: &Member) -> String {
    citizen_id::compose(229_904, member.birth, if member.male { 997 } else { 998 })
}

/// GB/T 4658; children before school have none.
fn education(draft: &mut Draft, member: &Member) -> Option<String> {
    let adult = [("90", 3), ("80", 12), ("70", 45), ("60", 17), ("40", 8), ("30", 9), ("20", 6)];
    match member.age {
        ..6 => None,
        6..13 => text("80"),
        13..16 => text("70"),
        16..18 => text(draft.dice.weighted(&[("70", 2), ("60", 6), ("40", 2)])),
        _ => text(draft.dice.weighted(&adult)),
    }
}

/// GB/T 4761, seen from the head of the household.
pub(super) fn relation(member: &Member) -> &'static str {
    match (member.role, member.male) {
        (Role::Head, _) => "02",
        (Role::Spouse, true) => "11",
        (Role::Spouse, false) => "12",
        (Role::Child, true) => "20",
        (Role::Child, false) => "30",
        (Role::Grandparent, true) => "51",
        (Role::Grandparent, false) => "52",
    }
}

/// What the guardian is to the person (民法典 27, 28).
fn guardian_role(guardian: &Member, member: &Member) -> &'static str {
    use Role::{Child, Grandparent, Head, Spouse};
    match (member.role, guardian.role) {
        (Child, Head | Spouse) | (Head | Spouse, Grandparent) => "2",
        (Child, Grandparent) => "4",
        (Head | Spouse, Head | Spouse) => "1",
        (Head | Spouse, Child) | (Grandparent, Head | Spouse) => "3",
        (Child, Child) => "5",
        (Grandparent, Child | Grandparent) => "6",
    }
}

/// The system a department registers persons in.
pub(super) fn system(collector: Department) -> &'static str {
    match collector {
        Department::Police => "police-register",
        Department::Health => "family-planning",
        Department::CivilAffairs => "community-service-platform",
        _ => "provincial-migrant-platform",
    }
}
