use std::collections::BTreeSet;

use super::{everything, options};
use crate::rules::reporting::disease;

#[test]
fn protected_diagnoses_stay_in_their_columns() {
    let all = everything(options(20_000, 5));
    let protected = |code: &str| {
        let group = disease(code).map(|disease| disease.group);
        let (chapter, reproductive) = (code.get(..2), ["O", "Z3", "74.", "66.3", "69."]);
        group == Some("G20")
            || chapter.is_some_and(|head| ("F0"..="F9").contains(&head))
            || reproductive.iter().any(|start| code.starts_with(start))
            || ["8", "11"].contains(&code)
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
            &row.exposures,
        ] {
            assert!(codes(column).iter().all(|code| !protected(code)), "{row:?}");
            assert_ne!(column.as_deref(), Some("[]"));
        }
        // Of the mind is the sixth of the disabilities.
        assert!(!codes(&row.disabilities).contains(&"6".to_owned()), "{row:?}");
        // Care in pregnancy, contraception, follow-ups of infections, of HIV/STI, of the mind.
        let services = row.service_records_general.as_deref().unwrap();
        let services: Vec<serde_json::Value> = serde_json::from_str(services).unwrap();
        let is_protected = |code: &str| ["5", "6", "7", "8", "9"].contains(&code);
        assert!(!services.iter().any(|one| is_protected(one["service"].as_str().unwrap())));
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
