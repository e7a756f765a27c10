//! The code lists. Their codes and labels are data (`entity/data/`); of standards that are long or
//! grow, the form of a code stands here.

use super::code_list::{CodeList, Codes, closed, formed, listed};

pub static DEPARTMENTS: CodeList = closed("departments");
pub static FIELD_GROUPS: CodeList = closed("field-groups");
pub static PURPOSES: CodeList = closed("purposes");
pub static ID_TYPE: CodeList = closed("identity-documents");
pub static SEX: CodeList = closed("sex");
pub static ETHNICITY: CodeList = closed("ethnicities");
pub static ETHNICITY_CLASS: CodeList = closed("ethnicity-classes");
pub static NATIONALITY: CodeList = closed("nationalities");
pub static MARITAL_STATUS: CodeList = closed("marital-statuses");
pub static EDUCATION: CodeList = closed("education");
pub static EDUCATION_CATEGORIES: CodeList = closed("education-categories");
pub static VITAL_STATUS: CodeList = closed("vital-statuses");
pub static AGE_BAND: CodeList = closed("age-bands");
pub static REGION_OF_HUKOU: CodeList = formed(
    "regions",
    "six digits, of which two are a province's; of Jilin a code that stands in the list",
    is_region,
);
pub static REGION_OF_RESIDENCE: CodeList =
    CodeList { name: "residence-regions", codes: Codes::Units(Some(&REGION_OF_HUKOU)) };
pub static ADMIN_UNIT: CodeList =
    CodeList { name: "administrative-units", codes: Codes::Units(None) };
pub static ORGANIZATION: CodeList = CodeList { name: "organizations", codes: Codes::Organizations };
pub static ORGANIZATION_KIND: CodeList = closed("organization-kinds");
pub static HUKOU_TYPE: CodeList = closed("hukou-types");
pub static REGISTRATION_KIND: CodeList = closed("registration-kinds");
pub static EXPECTED_STAY: CodeList = closed("expected-stays");
pub static MOVE_REASON: CodeList = closed("move-reasons");
pub static MOVE_REASON_CATEGORIES: CodeList = closed("move-reason-categories");
pub static DWELLING_TYPE: CodeList = closed("dwelling-types");
pub static MIGRANT_DEFINITION: CodeList = closed("migrant-definitions");
pub static PERMIT_STATUS: CodeList = closed("permit-statuses");
pub static RELATION: CodeList = closed("family-relations");
pub static RELATION_CATEGORIES: CodeList = closed("family-relation-categories");
pub static GUARDIAN_ROLE: CodeList = closed("guardian-roles");
pub static EMPLOYMENT_STATUS: CodeList = closed("employment-statuses");
pub static EMPLOYMENT_STATUS_CATEGORIES: CodeList = closed("employment-status-categories");
pub static OCCUPATION: CodeList = formed(
    "occupations",
    "a digit from 1 to 8, and up to three pairs of digits after hyphens",
    |code| {
        let mut parts = code.split('-');
        let major = parts.next().is_some_and(|part| matches!(part.as_bytes(), [b'1'..=b'8']));
        major && code.len() <= 10 && parts.all(|part| part.len() == 2 && is_digits(part))
    },
);
pub static INDUSTRY: CodeList = formed(
    "industries",
    "a letter from A to T, and up to four digits",
    |code| matches!(code.as_bytes(), [b'A'..=b'T', digits @ ..] if digits.len() <= 4 && digits.iter().all(u8::is_ascii_digit)),
);
pub static BLOOD_TYPE: CodeList = closed("blood-types");
pub static ALLERGY: CodeList = closed("allergies");
pub static EXPOSURE: CodeList = closed("exposures");
pub static DISABILITY: CodeList = closed("disabilities");
pub static PAST_DISEASE: CodeList = closed("past-diseases");
static KITCHEN: CodeList = closed("kitchen-ventilation");
static FUEL: CodeList = closed("fuels");
static WATER: CodeList = closed("drinking-water");
static TOILET: CodeList = closed("toilets");
pub static LIVING_ENVIRONMENT: CodeList = CodeList {
    name: "living-environments",
    codes: Codes::Joined(&[&KITCHEN, &FUEL, &WATER, &TOILET]),
};
pub static PAYMENT_METHOD: CodeList = closed("payment-methods");
pub static SCHEDULE_EDITION: CodeList = closed("schedule-editions");
pub static VACCINE_CODE: CodeList = closed("vaccines");
pub static INJECTION_SITE: CodeList = closed("injection-sites");
pub static CAMPAIGN_TYPE: CodeList = closed("campaign-types");
pub static ADVERSE_EVENT: CodeList = closed("adverse-events");
pub static REMINDER_CHANNEL: CodeList = closed("reminder-channels");
pub static REPORT_CATEGORY: CodeList = closed("report-categories");
pub static CASE_CLASSIFICATION: CodeList = closed("case-classifications");
pub static DISEASE_CLASS: CodeList = closed("disease-classes");
pub static PATIENT_BELONGS_TO: CodeList = closed("patient-belongs-to");
pub static POPULATION_GROUP: CodeList = closed("population-groups");
pub static POPULATION_GROUP_CATEGORIES: CodeList = closed("population-group-categories");
pub static SETTING: CodeList = closed("settings");
pub static ICD_10: CodeList =
    formed("icd-10", "a letter, two digits, and up to two digits after a point", is_icd10);
pub static SYMPTOM: CodeList = closed("symptoms");
pub static INSIGHT: CodeList = closed("insight");
pub static MEDICATION_ADHERENCE: CodeList = closed("medication-adherence");
pub static RESTRAINT: CodeList = closed("restraints");
pub static LOST_TO_FOLLOW_UP: CodeList = closed("loss-reasons");
pub static DANGEROUS_BEHAVIOUR: CodeList = closed("dangerous-behaviours");
pub static ESCORT: CodeList = closed("escort-requests");
pub static CASE_REASON: CodeList = closed("case-reasons");
pub static ASSISTANCE_TYPE: CodeList = closed("assistance-types");
pub static INCOME_CHECK_RESULT: CodeList = closed("income-check-results");
pub static CERTIFICATE: CodeList = closed("certificates");
pub static CONTRACEPTIVE_METHOD: CodeList = closed("contraceptive-methods");
pub static FAMILY_PLANNING_PROCEDURE: CodeList = closed("family-planning-procedures");
pub static FREE_SERVICE: CodeList = closed("free-services");
pub static REWARD: CodeList = closed("reward-benefits");
pub static PROGRAMME: CodeList = closed("programmes");
pub static CONTROL_CLASS: CodeList = closed("control-classes");
pub static TCM_CONSTITUTION: CodeList = closed("tcm-constitutions");
pub static IDENTITY_STATUS: CodeList = closed("identity-statuses");
pub static DIAGNOSIS_GROUP: CodeList = closed("icd-10-chapters");
pub static LEFT_BEHIND_KIND: CodeList = closed("left-behind-kinds");
pub static NOTICE_SOURCE: CodeList = closed("notice-sources");
pub static NOTICE_STATUS: CodeList = closed("notice-statuses");
pub static REFUSAL_REASON: CodeList = closed("refusal-reasons");
pub static SERVICE: CodeList = listed("services", crate::service::CODES);
pub static SURGERY: CodeList =
    formed("surgeries", "two digits, and up to two digits after a point; 1 for none", |code| {
        let (category, detail) = code.split_once('.').unwrap_or((code, "0"));
        code == "1"
            || category.len() == 2
                && is_digits(category)
                && (1..=2).contains(&detail.len())
                && is_digits(detail)
    });
pub static ENCOUNTER: CodeList = closed("encounters");
pub static VISIT_KIND: CodeList = closed("visit-kinds");
pub static VISIT_FINDING: CodeList = closed("visit-findings");
pub static BIRTH_PLACE: CodeList = closed("birth-places");
pub static DELIVERY_MODE: CodeList = closed("delivery-modes");
pub static TEST_RESULT: CodeList = closed("test-results");
pub static HIGH_RISK_SCREENING: CodeList = closed("high-risk-screenings");
pub static PREGNANCY_OUTCOME: CodeList = closed("pregnancy-outcomes");
pub static OBSERVATION: CodeList = closed("observations");
pub static NEWBORN_SCREENING: CodeList = closed("newborn-screenings");
pub static SCREENING_RESULT: CodeList = closed("screening-results");
/// What an item of a history says that has no code of its own: that there is none.
pub static HISTORY_ANSWER: CodeList = closed("history-answers");
pub static CONDITION_STATUS: CodeList = closed("condition-statuses");
pub static CONDITION_CLASS: CodeList = closed("condition-classes");
pub static ID_MISSING_REASON: CodeList = closed("missing-number-reasons");
pub static VACCINE_SERIES: CodeList = closed("vaccine-series");
pub static VENUE_TYPE: CodeList = closed("venues");
pub static EDUCATION_CHANNEL: CodeList = closed("education-channels");
pub static EDUCATION_TOPIC: CodeList = closed("education-topics");
pub static FACILITY_KIND: CodeList = closed("facility-kinds");
pub static CAMPAIGN_KIND: CodeList = closed("campaign-kinds");
pub static INSTRUMENT: CodeList = closed("survey-instruments");
pub static QUESTION: CodeList =
    formed("survey-questions", "the number of a question, from 1 to 999", |code| {
        (1..=3).contains(&code.len()) && is_digits(code) && !code.starts_with('0')
    });
pub static INDICATOR: CodeList = closed("indicators");
pub static NOT_COMPUTABLE: CodeList = closed("not-computable-reasons");
pub static DOCUMENT: CodeList = closed("documents");
pub static FUNDING_PAYER: CodeList = closed("funding-payers");
pub static FUNDING_BASIS: CodeList = closed("funding-bases");
pub static SUPERVISION_ROUND: CodeList =
    formed("supervision-rounds", "a year and a quarter: four digits, Q, 1 to 4", |code| {
        let parts = code.split_once('Q');
        parts.is_some_and(|(year, quarter)| {
            year.len() == 4 && is_digits(year) && matches!(quarter, "1" | "2" | "3" | "4")
        })
    });
pub static EXCHANGE_DIRECTION: CodeList = closed("exchange-directions");
pub static EXCHANGE_FLOW: CodeList = closed("exchange-flows");
pub static BATCH_STATUS: CodeList = closed("batch-statuses");
pub static MATCHED: CodeList = closed("matching-results");
pub static QUALITY_DIMENSION: CodeList = closed("quality-dimensions");
pub static QUALITY_RULE: CodeList = closed("quality-rules");

/// The list has all of Jilin, and of other provinces themselves and some of their counties.
fn is_region(code: &str) -> bool {
    let is_listed = |code: &str| REGION_OF_HUKOU.lists(code);
    let province = || code.get(..2).map(|two| format!("{two}0000"));
    let is_elsewhere =
        || !code.starts_with("22") && province().is_some_and(|code| is_listed(&code));
    code.len() == 6 && is_digits(code) && (is_listed(code) || is_elsewhere())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A code of ICD-10, or the row of avian influenza that shares one with another (notifiable_diseases.csv).
fn is_icd10(code: &str) -> bool {
    if code == "J09-H7N9" {
        return true;
    }
    let (category, detail) = code.split_once('.').unwrap_or((code, "0"));
    let is_category = matches!(category.as_bytes(), [b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9']);
    is_category && (1..=2).contains(&detail.len()) && is_digits(detail)
}
