//! What further departments collected of the same persons and stays: what is shown is one value, and
//! theirs stand beside it.
//!
//! The shares are assumptions about registers of one population that were never matched.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use entity::{person, person_collected, residence_registration_collected, sharing::Department};

use super::{
    draft::{Draft, latest},
    household::Home,
    names,
};

/// Who collects a person whom another department registered, of how many in a thousand. The police do
/// not: where they register somebody, theirs is what is shown; but they keep the number they were told.
const PERSONS: [(Department, u32); 2] =
    [(Department::Health, 350), (Department::CivilAffairs, 150)];

/// In how many of a thousand the police hold a number of their own of somebody they registered, whose
/// newest number came from others.
const NUMBERS_OF_POLICE: u32 = 600;

/// Of how many stays in a thousand the health centre has an address of its own.
const STAYS: u32 = 200;

/// In how many of a thousand collections of a department a value differs from the one that is shown.
const OTHER_NAME: u32 = 26;
const OTHER_BIRTH_DATE: u32 = 10;
const OTHER_NUMBER: u32 = 120;
const OTHER_ADDRESS: u32 = 300;

/// Of how many in a thousand the department had another number before.
const NUMBER_BEFORE: u32 = 100;

/// The most values that stand beside one row.
const MOST: i64 = 8;

/// Writes what others collected of each member, and of where they live.
pub(super) fn write(draft: &mut Draft, home: &Home) {
    let first = draft.batch.persons.len() - home.members.len();
    for place in first..draft.batch.persons.len() {
        let row = draft.batch.persons[place].clone();
        let known = draft.batch.persons_collected.len();
        of_person(draft, home, &row);
        let own = &draft.batch.persons_collected[known..];
        let current = own.iter().filter(|own| own.replaced_at.is_none());
        let beside = current.filter_map(|own| Department::parse(&own.collecting_department));
        draft.batch.persons[place].collectors_beside =
            beside.fold(0, |all, department| all | department.bit());
    }
    let members = &home.members;
    let is_of_home = |person: i64| members.iter().any(|member| member.id == person);
    let stays = &draft.batch.residence_registrations;
    let of_home = stays.iter().rev().take_while(|stay| is_of_home(stay.person_id)).count();
    for place in stays.len() - of_home..stays.len() {
        of_stay(draft, place);
    }
}

fn of_person(draft: &mut Draft, home: &Home, row: &person::Model) {
    let mut keys = row.id * MOST..;
    let is_of = |department: Department, code: Option<&str>| code == Some(department.code());
    let police = Department::Police;
    let has_own = row.phone.is_some()
        && is_of(police, Some(&row.collecting_department))
        && !is_of(police, row.phone_collected_by.as_deref());
    // Whoever is there to show something shows this, too.
    if has_own && (home.showcase.is_some() || draft.dice.chance(NUMBERS_OF_POLICE)) {
        number(draft, row, police, "police-register", &mut keys);
    }
    for (department, per_mille) in PERSONS {
        let is_row = is_of(department, Some(&row.collecting_department));
        if is_row || !draft.dice.chance(per_mille) {
            continue;
        }
        if department == Department::Health {
            identity(draft, row, &mut keys);
        } else {
            number(draft, row, department, "community-service-platform", &mut keys);
        }
    }
}

/// A name and a telephone number; of the police the number alone, whose name is the one that is shown.
fn number(
    draft: &mut Draft,
    row: &person::Model,
    department: Department,
    system: &str,
    keys: &mut impl Iterator<Item = i64>,
) {
    let Some(mut own) = beside(draft, row, department, system, keys) else { return };
    if department != Department::Police {
        own.name = name(draft, row);
    }
    tell_number(draft, row, own, keys);
}

/// What a health centre writes into its own record (rules of the domain, who writes what).
fn identity(draft: &mut Draft, row: &person::Model, keys: &mut impl Iterator<Item = i64>) {
    let Some(mut own) = beside(draft, row, Department::Health, "basic-public-health", keys) else {
        return;
    };
    own.name = name(draft, row);
    own.id_type.clone_from(&row.id_type);
    own.id_number.clone_from(&row.id_number);
    own.id_missing_reason.clone_from(&row.id_missing_reason);
    own.sex.clone_from(&row.sex);
    own.birth_date = match row.birth_date {
        Some(date) if draft.dice.chance(OTHER_BIRTH_DATE) => Some(misread(date)),
        date => date,
    };
    own.education.clone_from(&row.education);
    tell_number(draft, row, own, keys);
}

/// Values of a department in which nothing stands yet, collected before what is shown; none where the
/// person was not born yet.
fn beside(
    draft: &mut Draft,
    row: &person::Model,
    department: Department,
    system: &str,
    keys: &mut impl Iterator<Item = i64>,
) -> Option<person_collected::Model> {
    let at = earlier(draft, row.collected_at, row.birth_date)?;
    Some(person_collected::Model {
        id: keys.next()?,
        person_id: row.id,
        name: None,
        id_type: None,
        id_number: None,
        sex: None,
        birth_date: None,
        ethnicity: None,
        nationality: None,
        phone: None,
        phone_collected_by: None,
        phone_collected_at: None,
        phone_updated_at: None,
        emergency_contact: None,
        emergency_contact_person_id: None,
        emergency_contact_relation: None,
        marital_status: None,
        education: None,
        vital_status: None,
        legally_incapacitated: None,
        former_names: None,
        former_id_numbers: None,
        id_missing_reason: None,
        source_system: system.to_owned(),
        collecting_department: department.code().to_owned(),
        collected_at: at,
        recorded_at: at,
        updated_at: at,
        source_record_id: Some(format!("{system}/{}", row.id)),
        batch: None,
        applied_at: at,
        replaced_at: None,
    })
}

/// Adds the number that the department was told, unless the newest is its own, and the one before.
fn tell_number(
    draft: &mut Draft,
    row: &person::Model,
    mut own: person_collected::Model,
    keys: &mut impl Iterator<Item = i64>,
) {
    let is_shown = row.phone_collected_by.as_ref() == Some(&own.collecting_department);
    if let Some(phone) = row.phone.as_ref().filter(|_| !is_shown) {
        let is_other = own.collecting_department == Department::Police.code()
            || draft.dice.chance(OTHER_NUMBER);
        own.phone = Some(if is_other { names::phone(&mut draft.dice) } else { phone.clone() });
        own.phone_collected_by = Some(own.collecting_department.clone());
        own.phone_collected_at = Some(own.collected_at);
        own.phone_updated_at = Some(own.recorded_at);
        let before = earlier(draft, own.collected_at, row.birth_date);
        if let Some(at) = before.filter(|_| draft.dice.chance(NUMBER_BEFORE))
            && let Some(key) = keys.next()
        {
            let replaced = person_collected::Model {
                id: key,
                phone: Some(names::phone(&mut draft.dice)),
                phone_collected_at: Some(at),
                phone_updated_at: Some(at),
                collected_at: at,
                recorded_at: at,
                updated_at: at,
                applied_at: at,
                replaced_at: Some(own.applied_at),
                ..own.clone()
            };
            draft.batch.persons_collected.push(replaced);
        }
    }
    draft.batch.persons_collected.push(own);
}

/// The name as it was written down elsewhere: mostly the same, sometimes with another character.
fn name(draft: &mut Draft, row: &person::Model) -> Option<String> {
    let name = row.name.as_ref()?;
    if !draft.dice.chance(OTHER_NAME) {
        return Some(name.clone());
    }
    let surname: String = name.chars().take(1).collect();
    Some(names::full(&mut draft.dice, &surname, row.sex.as_deref() == Some("1")))
}

/// Day and month exchanged where that is a date, and else the year before.
fn misread(date: NaiveDate) -> NaiveDate {
    let exchanged = NaiveDate::from_ymd_opt(date.year(), date.day(), date.month());
    exchanged.filter(|other| *other != date).unwrap_or(date - Days::new(365))
}

/// An instant before another, and after a birth.
fn earlier(
    draft: &mut Draft,
    than: DateTime<Utc>,
    birth: Option<NaiveDate>,
) -> Option<DateTime<Utc>> {
    let day = than.date_naive() - Days::new(1 + u64::from(draft.dice.below(400)));
    let is_born = birth.is_none_or(|birth| birth < day);
    is_born.then(|| draft.instant(day)).filter(|at| *at < than)
}

/// Where the health centre has it that somebody lives.
fn of_stay(draft: &mut Draft, place: usize) {
    let row = draft.batch.residence_registrations[place].clone();
    let health = Department::Health.code();
    if row.collecting_department == health || !draft.dice.chance(STAYS) {
        return;
    }
    let Some(arrival) = row.arrival_date else { return };
    let came = draft.soon_after(arrival, 20);
    let collected_at = draft.instant(came).min(latest(draft.today));
    let address = match row.residence_address {
        Some(address) if draft.dice.chance(OTHER_ADDRESS) => {
            let (building, _) = address.split_once("号楼").unwrap_or((&address, ""));
            let (entrance, floor) = (draft.dice.between(1, 6), draft.dice.between(1, 18));
            Some(format!("{building}号楼{entrance}单元{floor}02室"))
        }
        address => address,
    };
    let own = residence_registration_collected::Model {
        id: row.id,
        residence_registration_id: row.id,
        residence_region_code: row.residence_region_code,
        residence_address: address,
        admin_unit_code: row.admin_unit_code,
        arrival_date: Some(came),
        departure_date: row.departure_date,
        expected_stay: row.expected_stay,
        move_reason: row.move_reason,
        dwelling_type: None,
        migrant_definition: row.migrant_definition,
        absences: row.absences,
        source_system: "basic-public-health".to_owned(),
        collecting_department: health.to_owned(),
        collected_at,
        recorded_at: collected_at,
        updated_at: collected_at,
        source_record_id: Some(format!("basic-public-health/{}", row.id)),
        batch: None,
        applied_at: collected_at,
        replaced_at: None,
    };
    draft.batch.residences_collected.push(own);
    draft.batch.residence_registrations[place].collectors_beside = Department::Health.bit();
}
