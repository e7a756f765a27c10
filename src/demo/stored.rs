//! Derived values of several records together, worked out when all records of a household are there.

use entity::{
    employment, health_record, household_registration, person, residence_notice,
    residence_registration,
};

use super::draft::Draft;
use super::household::{Home, Member};
use crate::rules::{
    calendar::day_of,
    derived,
    owed::Held,
    regions::{self, Sense},
    residence::{Absence, Residence, Resident, with_notices},
    standardized::{self, Form},
};

/// Writes what rules say of the members' stays, records and cards.
pub(super) fn write(draft: &mut Draft, home: &Home) {
    for member in &home.members {
        let resident = resident(draft, member);
        of_stays(draft, member, &resident);
        of_record(draft, member, &resident);
        of_card(draft, member, &resident);
    }
}

/// The rows of a person among those of its household, which are the last.
macro_rules! own {
    ($rows:expr, $member:expr) => {
        $rows.iter().rev().take(WITHIN).filter(|row| row.person_id == $member.id)
    };
}

/// The rows of a person, to be changed; as many of the last rows are looked at as a household may have.
macro_rules! own_mut {
    ($rows:expr, $member:expr) => {
        $rows.iter_mut().rev().take(WITHIN).filter(|row| row.person_id == $member.id)
    };
}

/// More rows of a kind than a household has.
const WITHIN: usize = 64;

fn resident(draft: &Draft, member: &Member) -> Resident {
    let batch = &*draft.batch;
    let registered: Vec<Residence> =
        own!(batch.residence_registrations, member).filter_map(residence).collect();
    let notices = own!(batch.residence_notices, member).filter_map(noticed).collect();
    let hukou = own!(batch.household_registrations, member).next();
    Resident {
        birth: Some(member.birth),
        hukou: hukou.and_then(|row| row.hukou_region_code.clone()),
        residences: with_notices(registered, notices),
    }
}

fn residence(row: &residence_registration::Model) -> Option<Residence> {
    // A management unit says more than the six digits of a county.
    let (code, unit) = (&row.residence_region_code, &row.admin_unit_code);
    let is_long = code.as_ref().is_some_and(|code| code.len() > 6);
    let region = if is_long { code } else { unit }.as_ref().or(code.as_ref());
    let absences = row.absences.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let absences: Vec<serde_json::Value> = absences.unwrap_or_default();
    let day = |value: &serde_json::Value| value.as_str().and_then(|day| day.parse().ok());
    Some(Residence {
        region: region.cloned(),
        arrival: row.arrival_date?,
        departure: row.departure_date,
        absences: absences
            .iter()
            .filter_map(|away| {
                Some(Absence { from: day(&away["from"])?, until: day(&away["until"]) })
            })
            .collect(),
        move_reason: row.move_reason.clone(),
        collected: Some(day_of(row.collected_at)),
    })
}

/// An accepted notice of arrival.
fn noticed(row: &residence_notice::Model) -> Option<Residence> {
    (row.status.as_deref() == Some("2")).then_some(())?;
    Some(Residence {
        region: row.community_code.clone(),
        arrival: row.arrival_date?,
        departure: None,
        absences: Vec::new(),
        move_reason: None,
        collected: row.answered_on,
    })
}

fn of_stays(draft: &mut Draft, member: &Member, resident: &Resident) {
    let today = draft.today;
    let batch = &mut *draft.batch;
    for row in own_mut!(batch.household_registrations, member) {
        row.registration_kind = derived::registration_kind(resident, today).map(str::to_owned);
    }
    for row in own_mut!(batch.residence_registrations, member) {
        let Some(arrival) = row.arrival_date else { continue };
        row.migrant_definition = derived::migrant_windows(resident, arrival, today);
        let beside = batch.residences_collected.iter_mut().rev().take(WITHIN);
        for own in beside.filter(|own| own.residence_registration_id == row.id) {
            own.migrant_definition.clone_from(&row.migrant_definition);
        }
    }
}

fn of_record(draft: &mut Draft, member: &Member, resident: &Resident) {
    let today = draft.today;
    let Some(record) = own!(draft.batch.health_records, member).next().cloned() else { return };
    let held = [Held {
        county: record.record_number.as_deref().and_then(|number| number.get(..6)).and_then(county),
        since: record.established_on,
    }];
    let due = derived::record_due_windows(resident, &held, today);
    let batch = &*draft.batch;
    let person = batch.persons.iter().rev().find(|row| row.id == member.id);
    let hukou = own!(batch.household_registrations, member).next();
    let employment = own!(batch.employments, member).next();
    let standardized = person.map(|person| is_standardized(person, hukou, employment, &record));
    for row in own_mut!(draft.batch.health_records, member) {
        row.record_due.clone_from(&due);
        row.standardized = standardized;
    }
}

fn of_card(draft: &mut Draft, member: &Member, resident: &Resident) {
    let today = draft.today;
    for row in own_mut!(draft.batch.immunization_cards, member) {
        let held = [Held {
            county: row.managing_unit_code.as_deref().and_then(county),
            since: row.card_created_on,
        }];
        row.file_due = derived::file_due_windows(resident, &held, today);
    }
}

fn county(code: &str) -> Option<regions::County> {
    regions::county(code, Sense::Health)
}

/// Whether every item of the form is answered, and validly.
fn is_standardized(
    person: &person::Model,
    hukou: Option<&household_registration::Model>,
    employment: Option<&employment::Model>,
    record: &health_record::Model,
) -> bool {
    let is_any = |parts: &[&Option<String>]| parts.iter().any(|part| part.is_some());
    let answers = |item: &str| match item {
        "name" => person.name.is_some(),
        "sex" => person.sex.is_some(),
        "birthDate" => person.birth_date.is_some(),
        "phone" => person.phone.is_some(),
        "emergencyContact" => person.emergency_contact.is_some(),
        "ethnicity" => person.ethnicity.is_some(),
        "education" => person.education.is_some(),
        "maritalStatus" => person.marital_status.is_some(),
        "idMissingReason" => person.id_missing_reason.is_some(),
        "hukouRegionCode" => hukou.is_some_and(|row| row.hukou_region_code.is_some()),
        "employerName" => employment.is_some_and(|row| row.employer_name.is_some()),
        "occupation" => employment.is_some_and(|row| row.occupation.is_some()),
        "recordNumber" => record.record_number.is_some(),
        "bloodType" => record.blood_type.is_some(),
        "allergies" => record.allergies.is_some(),
        "exposures" => record.exposures.is_some(),
        "pastDiseases" => is_any(&[
            &record.past_diseases_general,
            &record.past_diseases_infectious,
            &record.past_diseases_stigmatized,
            &record.past_diseases_mental,
        ]),
        "surgeries" => is_any(&[&record.surgeries_general, &record.surgeries_reproductive]),
        "traumas" => record.traumas.is_some(),
        "transfusions" => record.transfusions.is_some(),
        "familyHistory" => record.family_history.is_some(),
        "disabilities" => record.disabilities.is_some(),
        "livingEnvironment" => record.living_environment.is_some(),
        "paymentMethod" => record.payment_method.is_some(),
        "serviceRecords" => is_any(&[
            &record.service_records_general,
            &record.service_records_reproductive,
            &record.service_records_infectious,
            &record.service_records_stigmatized,
            &record.service_records_mental,
        ]),
        _ => false,
    };
    let (missing, invalid) = standardized::faults(&Form {
        answers: &answers,
        id_number: person.id_number.as_deref(),
        sex: person.sex.as_deref(),
        hukou: hukou.and_then(|row| row.hukou_region_code.as_deref()),
        payment: record.payment_method.as_deref(),
    });
    missing.is_empty() && invalid.is_empty()
}
