//! Stored values that follow from several records say what the rules say of these records.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::{Value as Json, json};

use super::{everything, options, today};
use crate::{
    demo::Batch,
    graphql::derivation::windows_on,
    rules::{self, rule::Rule},
};

/// What a rule says of a case on a day.
fn answer(rule: &str, on: NaiveDate, case: &Json) -> Json {
    let rule: &Rule = rules::find(rule).unwrap();
    let line = case.to_string();
    let answer = rules::eval::line(rule, None, on, &line, 1);
    let answer = answer.unwrap_or_else(|fault| panic!("{}: {fault:?}\n{line}", rule.id));
    serde_json::to_value(answer).unwrap()
}

/// The windows of a stored list that hold on a day.
fn holding(stored: Option<&String>, on: NaiveDate) -> Vec<Json> {
    let windows = stored.map(|text| serde_json::from_str(text).unwrap());
    windows.as_ref().map_or(Vec::new(), |all| windows_on(all, on).into_iter().cloned().collect())
}

/// Today, and days on which months, checks and stays end.
fn days() -> Vec<NaiveDate> {
    [0, 1, 27, 28, 29, 30, 31, 89, 92, 181, 183, 365, 1_100]
        .map(|days| today() + Days::new(days))
        .to_vec()
}

fn shanghai(at: DateTime<Utc>) -> String {
    at.to_rfc3339()
}

fn parsed(text: Option<&String>) -> Json {
    text.map_or(Json::Null, |text| serde_json::from_str(text).unwrap())
}

/// Each person with the residences, notices and hukou that rules of stays read.
fn stays(all: &Batch) -> HashMap<i64, Json> {
    let person = |id: i64, birth: Option<NaiveDate>| {
        (
            id,
            json!({ "person": { "birthDate": birth }, "householdRegistrations": [],
            "residenceRegistrations": [], "residenceNotices": [] }),
        )
    };
    let mut cases: HashMap<i64, Json> =
        all.persons.iter().map(|row| person(row.id, row.birth_date)).collect();
    let mut push = |id: i64, list: &str, row: Json| {
        cases.get_mut(&id).unwrap()[list].as_array_mut().unwrap().push(row);
    };
    for row in &all.household_registrations {
        let hukou = json!({ "hukouRegionCode": row.hukou_region_code });
        push(row.person_id, "householdRegistrations", hukou);
    }
    for row in &all.residence_registrations {
        push(
            row.person_id,
            "residenceRegistrations",
            json!({
                "residenceRegionCode": row.residence_region_code,
                "adminUnitCode": row.admin_unit_code,
                "arrivalDate": row.arrival_date,
                "departureDate": row.departure_date,
                "absences": parsed(row.absences.as_ref()),
                "collectedAt": shanghai(row.collected_at),
            }),
        );
    }
    for row in &all.residence_notices {
        push(
            row.person_id,
            "residenceNotices",
            json!({
                "communityCode": row.community_code,
                "arrivalDate": row.arrival_date,
                "answeredOn": row.answered_on,
                "accepted": row.status.as_deref() == Some("2"),
            }),
        );
    }
    cases
}

#[test]
fn stored_windows_of_stays_hold_when_the_rules_say_so() {
    let all = everything(options(1_500, 31));
    let cases = stays(&all);
    let (mut due, mut files) = (0, 0);
    for on in days() {
        for row in &all.residence_registrations {
            let case = &cases[&row.person_id];
            let is_open =
                row.arrival_date <= Some(on) && row.departure_date.is_none_or(|end| on < end);
            let expected = match is_open {
                true => answer("R-01", on, case)["migrantDefinition"].clone(),
                false => json!([]),
            };
            let stored = holding(row.migrant_definition.as_ref(), on);
            let codes: Json = stored.iter().map(|window| window["code"].clone()).collect();
            assert_eq!(codes, expected, "{on}: {row:?}\n{case}");
        }
        for row in &all.health_records {
            let mut case = cases[&row.person_id].clone();
            case["healthRecords"] =
                json!([{ "recordNumber": row.record_number, "establishedOn": row.established_on }]);
            let expected = answer("R-02", on, &case)["recordDue"] == true;
            assert_eq!(!holding(row.record_due.as_ref(), on).is_empty(), expected, "{on}: {case}");
            due += usize::from(expected);
        }
        for row in &all.immunization_cards {
            let mut case = cases[&row.person_id].clone();
            case["immunizationCards"] = json!([{ "managingOrg": row.managing_unit_code, "cardCreatedOn": row.card_created_on }]);
            let expected = answer("R-03", on, &case)["vaccinationFileDue"] == true;
            assert_eq!(!holding(row.file_due.as_ref(), on).is_empty(), expected, "{on}: {case}");
            files += usize::from(expected);
        }
    }
    assert!(due > 20 && files > 3, "{due} records and {files} files are due");
    for row in &all.household_registrations {
        let expected = answer("R-01", today(), &cases[&row.person_id])["registrationKind"].clone();
        assert_eq!(json!(row.registration_kind), expected, "{row:?}");
    }
}

#[test]
fn stored_checks_of_children_are_due_when_the_rule_says_so() {
    let all = everything(options(2_500, 32));
    let births: HashMap<i64, Option<NaiveDate>> =
        all.persons.iter().map(|row| (row.id, row.birth_date)).collect();
    let mut due = 0;
    for row in &all.child_care_records {
        let visits = parsed(row.health_checks.as_ref());
        let visits: Vec<Json> = visits
            .as_array()
            .into_iter()
            .flatten()
            .map(|visit| json!({ "visitedOn": visit["visitedOn"] }))
            .collect();
        let case = json!({ "person": { "birthDate": births[&row.person_id] },
            "childCareRecords": [{ "healthChecks": visits }] });
        for on in days() {
            let expected = answer("CHILD-CHECK", on, &case)["childCheckDue"] == true;
            assert_eq!(!holding(row.checks_due.as_ref(), on).is_empty(), expected, "{on}: {case}");
            due += usize::from(expected);
        }
    }
    assert!(due > 20, "{due} checks are due");
}

#[test]
fn stored_doses_are_those_that_the_schedule_says_are_due() {
    let all = everything(options(2_500, 33));
    let births: HashMap<i64, Option<NaiveDate>> =
        all.persons.iter().map(|row| (row.id, row.birth_date)).collect();
    let mut given: HashMap<i64, Vec<Json>> = HashMap::new();
    for row in &all.immunization_doses {
        given.entry(row.card_id).or_default().push(json!({
            "vaccineCode": row.vaccine_code,
            "doseNumber": row.dose_number,
            "occurrenceDate": row.occurrence_date,
            "withdrawn": row.withdrawn,
        }));
    }
    let mut due = 0;
    for card in &all.immunization_cards {
        let case = json!({ "person": { "birthDate": births[&card.person_id] },
            "immunizationDoses": given.get(&card.id) });
        for on in days() {
            let expected = answer("NIP", on, &case);
            let of_rule = |dose: &Json| {
                [&dose["series"], &dose["vaccine"], &dose["dose"], &dose["dueOn"], &dose["lateOn"]]
                    .map(Json::to_string)
            };
            let of_field = |dose: &Json| {
                [
                    &dose["series"],
                    &dose["vaccineCode"],
                    &dose["doseNumber"],
                    &dose["dueOn"],
                    &dose["lateOn"],
                ]
                .map(Json::to_string)
            };
            let stored = parsed(card.pending_doses.as_ref());
            let is_due =
                |dose: &&Json| dose["dueOn"].as_str().unwrap().parse::<NaiveDate>().unwrap() <= on;
            let stored: Vec<_> =
                stored.as_array().into_iter().flatten().filter(is_due).map(of_field).collect();
            let listed = expected["dueDoses"].as_array().unwrap();
            assert_eq!(stored, listed.iter().map(of_rule).collect::<Vec<_>>(), "{on}: {case}");
            assert_eq!(card.next_due_on.is_some_and(|next| next <= on), !listed.is_empty());
            assert_eq!(parsed(card.schedule_edition.as_ref()), expected["scheduleEdition"]);
            due += listed.len();
        }
    }
    assert!(due > 50, "{due} doses are due");
}

#[test]
fn a_record_is_standardized_as_the_form_is_answered() {
    let all = everything(options(2_500, 34));
    let persons: HashMap<i64, _> = all.persons.iter().map(|row| (row.id, row)).collect();
    let hukou: HashMap<i64, _> =
        all.household_registrations.iter().map(|row| (row.person_id, row)).collect();
    let employments: HashMap<i64, _> =
        all.employments.iter().map(|row| (row.person_id, row)).collect();
    let mut standardized = 0;
    for row in &all.health_records {
        let person = persons[&row.person_id];
        let employment = employments.get(&row.person_id);
        let first = |parts: &[&Option<String>]| {
            parts.iter().find_map(|part| part.as_ref()).map(|text| parsed(Some(text)))
        };
        let case = json!({
            "person": {
                "name": person.name, "sex": person.sex, "birthDate": person.birth_date,
                "phone": person.phone, "emergencyContact": parsed(person.emergency_contact.as_ref()),
                "ethnicity": person.ethnicity, "education": person.education,
                "maritalStatus": person.marital_status, "idNumber": person.id_number,
                "idMissingReason": person.id_missing_reason,
            },
            "householdRegistration": { "hukouRegionCode": hukou[&row.person_id].hukou_region_code },
            "employments": employment.map(|row| json!({
                "employerName": row.employer_name, "occupation": row.occupation })),
            "healthRecords": [{
                "recordNumber": row.record_number, "bloodType": row.blood_type,
                "allergies": parsed(row.allergies.as_ref()), "exposures": parsed(row.exposures.as_ref()),
                "pastDiseases": first(&[&row.past_diseases_general, &row.past_diseases_infectious,
                    &row.past_diseases_stigmatized, &row.past_diseases_mental]),
                "surgeries": first(&[&row.surgeries_general, &row.surgeries_reproductive]),
                "traumas": parsed(row.traumas.as_ref()),
                "transfusions": parsed(row.transfusions.as_ref()),
                "familyHistory": parsed(row.family_history.as_ref()),
                "disabilities": parsed(row.disabilities.as_ref()),
                "livingEnvironment": row.living_environment, "paymentMethod": row.payment_method,
                "serviceRecords": first(&[&row.service_records_general,
                    &row.service_records_reproductive, &row.service_records_infectious,
                    &row.service_records_stigmatized, &row.service_records_mental]),
            }],
        });
        let expected = answer("STANDARDIZED", today(), &case)["standardized"].clone();
        assert_eq!(json!(row.standardized), expected, "{case}");
        standardized += usize::from(row.standardized == Some(true));
    }
    let count = all.health_records.len();
    assert!(standardized * 5 > count && standardized < count, "{standardized} of {count}");
}

#[test]
fn some_reports_are_late_and_most_are_not() {
    let reports = everything(options(20_000, 6)).infectious_disease_reports;
    let timely = |row: &entity::infectious_disease_report::Model| {
        rules::r06_timely::of_card(
            row.disease_code.as_deref(),
            row.report_category.as_deref(),
            row.diagnosis_time,
            row.reported_at,
        )
    };
    let late = reports.iter().filter(|row| timely(row) == Some(false)).count();
    assert!(late > 0 && late * 4 < reports.len(), "{late} of {}", reports.len());
}
