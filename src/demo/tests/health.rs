use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use super::{everything, options, today};
use crate::rules::immunization::{DueDose, Edition, pending_doses};
use crate::rules::reporting::{Edition as Reporting, disease, timely};

#[test]
fn pending_doses_are_the_schedule_without_what_was_given() {
    let all = everything(options(4_000, 4));
    let births: HashMap<i64, NaiveDate> =
        all.persons.iter().map(|row| (row.id, row.birth_date.unwrap())).collect();
    let mut given: HashMap<i64, Vec<(&str, i32)>> = HashMap::new();
    for dose in &all.immunization_doses {
        assert!(dose.occurrence_date.unwrap() <= today());
        let named = (dose.vaccine_code.as_deref().unwrap(), dose.dose_number.unwrap());
        given.entry(dose.card_id).or_default().push(named);
    }
    let mut overdue = 0;
    assert!(all.immunization_cards.len() > 200);
    for card in &all.immunization_cards {
        let edition = Edition::parse(card.schedule_edition.as_deref().unwrap()).unwrap();
        let birth = births[&card.person_id];
        let expected =
            pending_doses(birth, edition, given.get(&card.id).map_or(&[], Vec::as_slice));
        let stored: Vec<DueDose> = match &card.pending_doses {
            Some(text) => serde_json::from_str(text).unwrap(),
            None => Vec::new(),
        };
        assert_eq!(stored, expected);
        assert_eq!(card.next_due_on, expected.iter().map(|dose| dose.due_on).min());
        overdue += usize::from(card.next_due_on.is_some_and(|due| due <= today()));
    }
    assert!(overdue > 20 && overdue < all.immunization_cards.len());
}

#[test]
fn protected_diagnoses_stay_in_their_columns() {
    let all = everything(options(20_000, 5));
    let protected = |code: &str| {
        let group = disease(code).map(|disease| disease.group);
        let (chapter, reproductive) = (code.get(..2), ["O", "Z3", "74.", "66.3", "69."]);
        group == Some("G20")
            || chapter.is_some_and(|head| ("F0"..="F9").contains(&head))
            || reproductive.iter().any(|start| code.starts_with(start))
            || ["8", "11", "精神"].contains(&code)
    };
    let codes = |column: &Option<String>| -> Vec<String> {
        let values: Vec<serde_json::Value> =
            column.as_deref().map_or(Vec::new(), |text| serde_json::from_str(text).unwrap());
        let code = |value: &serde_json::Value| match value {
            serde_json::Value::Object(members) => members["code"].as_str().unwrap().to_owned(),
            other => other.as_str().unwrap().to_owned(),
        };
        values.iter().map(code).collect()
    };
    let mut seen = BTreeSet::new();
    for row in &all.health_records {
        for column in [
            &row.past_diseases_general,
            &row.past_diseases_infectious,
            &row.main_problems_general,
            &row.main_problems_infectious,
            &row.surgeries_general,
            &row.family_history,
            &row.disabilities,
            &row.exposures,
        ] {
            assert!(codes(column).iter().all(|code| !protected(code)), "{row:?}");
            assert_ne!(column.as_deref(), Some("[]"));
        }
        let services = row.service_records_general.as_deref().unwrap();
        assert!(!["孕", "避孕", "专病", "精神"].iter().any(|word| services.contains(word)));
        for code in codes(&row.main_problems_general) {
            assert!(disease(&code).is_none(), "{code} belongs to reports");
        }
        seen.extend(row.main_problems_stigmatized.iter().map(|_| "stigmatized"));
        seen.extend(row.main_problems_mental.iter().map(|_| "mental"));
        seen.extend(row.surgeries_reproductive.iter().map(|_| "reproductive"));
        seen.extend(row.past_diseases_infectious.iter().map(|_| "infectious"));
        seen.insert(row.managing_org_kind.as_deref().unwrap());
    }
    for row in &all.infectious_disease_reports {
        assert_eq!(disease(row.disease_code.as_deref().unwrap()).unwrap().group, "G19");
    }
    for row in &all.stigmatized_disease_reports {
        assert_eq!(disease(row.stigmatized_disease_code.as_deref().unwrap()).unwrap().group, "G20");
    }
    for expected in [
        "stigmatized",
        "mental",
        "reproductive",
        "infectious",
        "psychiatric_hospital",
        "infectious_hospital",
        "reproductive_hospital",
        "detoxification",
    ] {
        assert!(seen.contains(expected), "no {expected} in twenty thousand");
    }
}

#[test]
fn reports_are_judged_by_their_limit() {
    let reports = everything(options(20_000, 6)).infectious_disease_reports;
    for report in &reports {
        let limit =
            disease(report.disease_code.as_deref().unwrap()).unwrap().limit(Reporting::E2015);
        let judged = timely(report.diagnosis_time.unwrap(), report.reported_at.unwrap(), limit);
        assert_eq!(report.timely, Some(judged));
    }
    let late = reports.iter().filter(|report| report.timely == Some(false)).count();
    assert!(late > 0 && late * 4 < reports.len());
}
