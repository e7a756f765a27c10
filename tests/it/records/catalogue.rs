//! `catalogue`: every shared field, in three forms that say the same.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::process::Installation;

const MEMBERS: [&str; 13] = [
    "kind", "field", "type", "nullable", "group", "class", "owner", "mask", "labelZh", "labelEn",
    "standard", "table", "column",
];

/// The data dictionary (数据字典) of the shared kinds. Doses stand beside their card, and reports of
/// HIV and STI beside other reports, because their protection differs.
const DICTIONARY: [(&str, &str); 14] = [
    (
        "Person",
        "personRef name idType idNumber idNumberValid sex birthDate ageBand ethnicity \
         nationality phone emergencyContact maritalStatus education vitalStatus \
         underGuardianship",
    ),
    ("HouseholdRegistration", "hukouRegionCode hukouAddress hukouType registrationKind"),
    (
        "ResidenceRegistration",
        "residenceRegionCode residenceAddress adminUnitCode arrivalDate departureDate \
         expectedStay moveReason dwellingType monthsOfResidence migrantDefinition",
    ),
    ("ResidencePermit", "permitNumber issueDate endorsedUntil permitStatus"),
    ("HouseholdMember", "householdRef relation isAccompanying guardianOf"),
    (
        "Employment",
        "employmentStatus occupation industry employerName employerCode \
         hasLaborContract",
    ),
    (
        "HealthRecord",
        "recordNumber establishedOn managingOrg responsibleDoctor standardized \
         lastUpdatedOn bloodType allergies exposures pastDiseases surgeries \
         familyHistory disabilities livingEnvironment paymentMethod mainProblems \
         serviceRecords",
    ),
    (
        "ImmunizationCard",
        "cardNumber cardCreatedOn scheduleEdition contraindication adverseEvent \
         dueDoses reminder",
    ),
    (
        "ImmunizationDose",
        "vaccineCode doseNumber occurrenceDate lotNumber manufacturer site performerOrg \
         campaignType",
    ),
    (
        "InfectiousDiseaseReport",
        "cardId reportCategory diseaseCode caseClassification patientBelongsTo \
         populationGroup onsetDate diagnosisTime deathDate reportedAt reportingOrg \
         timely settingType outbreakEventRef missedInAudit",
    ),
    ("StigmatizedDiseaseReport", "stigmatizedDiseaseCode caseAlias freeTreatmentEnrolled"),
    (
        "MaternalCareRecord",
        "pregnancyRef lmpDate estimatedDueDate gestationalWeeksAtRegistration gravidity \
         parity folicAcid antenatalVisits highRiskScreening delivery pregnancyOutcome \
         postpartumVisits pmtctHiv pmtctSyphilis pmtctHepB",
    ),
    (
        "SevereMentalDisorderRecord",
        "diagnosis consentToManagement dangerLevel symptoms insight medicationAdherence \
         dangerousBehaviours restraint rehabGuidance followUpOn lostToFollowUp \
         safetyEscort",
    ),
    (
        "AssistanceCase",
        "assistanceType applicantAuthorization incomeCheckResult benefitAmount \
         decisionOn",
    ),
];

fn entries() -> Vec<Map<String, Value>> {
    let text = Installation::empty().succeed(&["catalogue", "--format", "json"]);
    serde_json::from_str(&text).expect("a JSON array of objects")
}

fn paths() -> BTreeSet<String> {
    let path = |entry: Map<String, Value>| {
        let text = |name: &str| entry[name].as_str().expect("text").to_owned();
        format!("{}.{}", text("kind"), text("field"))
    };
    entries().into_iter().map(path).collect()
}

/// The cells of an entry as text, in order.
fn cells(entry: &Map<String, Value>) -> Vec<String> {
    let cell = |name: &&str| match &entry[*name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    MEMBERS.iter().map(cell).collect()
}

/// RFC 4180.
fn from_csv(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let row = rows.last_mut().expect("a row");
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                row.last_mut().expect("a cell").extend(characters.next());
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            other => row.last_mut().expect("a cell").push(other),
        }
    }
    assert_eq!(rows.pop(), Some(vec![String::new()]), "the text ends with a line");
    rows
}

#[test]
fn every_entry_has_exactly_the_agreed_members() {
    let expected: BTreeSet<&str> = MEMBERS.into();
    for entry in entries() {
        let members: BTreeSet<&str> = entry.keys().map(String::as_str).collect();
        assert_eq!(members, expected);
        assert!(entry["nullable"].is_boolean(), "{entry:?}");
        for name in MEMBERS.iter().filter(|name| **name != "nullable") {
            assert!(
                entry[*name].as_str().is_some_and(|text| !text.is_empty()),
                "{name}: {entry:?}"
            );
        }
    }
    assert_eq!(paths().len(), entries().len(), "a field occurs once");
}

#[test]
fn every_field_of_the_dictionary_is_in_the_catalogue() {
    let paths = paths();
    for (kind, fields) in DICTIONARY {
        for field in fields.split(' ') {
            assert!(paths.contains(&format!("{kind}.{field}")), "{kind}.{field} is missing");
        }
    }
    assert!(!paths.contains("Person.photo"), "biometrics are not carried");
}

#[test]
fn the_access_log_has_the_fields_of_the_dictionary() {
    let paths = paths();
    let fields = ["actor", "purpose", "fields", "subjectVisibleFrom"];
    let missing: Vec<_> =
        fields.iter().filter(|field| !paths.contains(&format!("AccessEvent.{field}"))).collect();
    assert!(missing.is_empty(), "AccessEvent lacks {missing:?}");
}

#[test]
fn the_forms_of_the_catalogue_say_the_same() {
    let installation = Installation::empty();
    let entries = entries();
    assert_eq!(
        installation.succeed(&["catalogue"]),
        installation.succeed(&["catalogue", "--format", "json"])
    );
    let header = MEMBERS.map(str::to_owned).to_vec();
    let expected: Vec<Vec<String>> =
        std::iter::once(header).chain(entries.iter().map(cells)).collect();

    let csv = installation.succeed(&["catalogue", "--format", "csv"]);
    assert_eq!(from_csv(&csv), expected);

    let markdown = installation.succeed(&["catalogue", "--format", "markdown"]);
    let mut rows: Vec<Vec<String>> = markdown
        .lines()
        .map(|line| line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")))
        .map(|line| {
            line.expect("a row").split(" | ").map(|cell| cell.replace("\\|", "|")).collect()
        })
        .collect();
    assert_eq!(rows.remove(1), vec!["---"; MEMBERS.len()]);
    assert_eq!(rows, expected);
    assert!(installation.fail(&["catalogue", "--format", "xml"]).contains("markdown"));
}
