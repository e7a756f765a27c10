//! The code lists of members of structured values, by the field that holds them: an event is an operation
//! in one field and a request of escort in another.

use super::{code_list::CodeList, code_lists::*};

/// `Kind.field`, the member, and its list.
#[rustfmt::skip]
pub static MEMBER_LISTS: &[(&str, &str, &CodeList)] = &[
    ("Person.emergencyContact", "relation", &RELATION),
    ("HealthRecord.pastDiseases", "code", &PAST_DISEASE),
    ("HealthRecord.pastDiseases", "status", &CONDITION_STATUS),
    ("HealthRecord.mainProblems", "code", &ICD_10),
    ("HealthRecord.mainProblems", "status", &CONDITION_STATUS),
    ("HealthRecord.surgeries", "code", &SURGERY),
    ("HealthRecord.traumas", "code", &HISTORY_ANSWER),
    ("HealthRecord.transfusions", "code", &HISTORY_ANSWER),
    ("HealthRecord.serviceRecords", "service", &ENCOUNTER),
    ("ImmunizationCard.adverseEvent", "code", &ADVERSE_EVENT),
    ("ImmunizationCard.reminder", "channel", &REMINDER_CHANNEL),
    ("ImmunizationCard.dueDoses", "series", &VACCINE_SERIES),
    ("ImmunizationCard.dueDoses", "vaccineCode", &VACCINE_CODE),
    ("ImmunizationDose.adverseEvent", "code", &ADVERSE_EVENT),
    ("MaternalCareRecord.antenatalVisits", "kind", &VISIT_KIND),
    ("MaternalCareRecord.antenatalVisits", "finding", &VISIT_FINDING),
    ("MaternalCareRecord.delivery", "placeKind", &BIRTH_PLACE),
    ("MaternalCareRecord.delivery", "mode", &DELIVERY_MODE),
    ("MaternalCareRecord.postpartumVisits", "kind", &VISIT_KIND),
    ("MaternalCareRecord.postpartumVisits", "finding", &VISIT_FINDING),
    ("MaternalCareRecord.pmtctHiv", "result", &TEST_RESULT),
    ("MaternalCareRecord.pmtctSyphilis", "result", &TEST_RESULT),
    ("MaternalCareRecord.pmtctHepB", "result", &TEST_RESULT),
    ("SevereMentalDisorderRecord.dangerousBehaviours", "behaviour", &DANGEROUS_BEHAVIOUR),
    ("SevereMentalDisorderRecord.safetyEscort", "code", &ESCORT),
    ("ChildCareRecord.newbornVisits", "kind", &VISIT_KIND),
    ("ChildCareRecord.newbornVisits", "finding", &VISIT_FINDING),
    ("ChildCareRecord.healthChecks", "kind", &VISIT_KIND),
    ("ChildCareRecord.healthChecks", "finding", &VISIT_FINDING),
    ("ChildCareRecord.growth", "code", &OBSERVATION),
    ("ChildCareRecord.newbornScreening", "code", &NEWBORN_SCREENING),
    ("ChildCareRecord.newbornScreening", "result", &SCREENING_RESULT),
    ("FamilyPlanningService.supplyIssued", "item", &CONTRACEPTIVE_METHOD),
    ("FamilyPlanningService.procedure", "code", &FAMILY_PLANNING_PROCEDURE),
    ("FamilyPlanningService.rewardBenefit", "code", &REWARD),
    ("FamilyPlanningService.serviceRequests", "service", &FREE_SERVICE),
    ("ChronicCareRecord.bloodPressure", "code", &OBSERVATION),
    ("ChronicCareRecord.fastingGlucose", "code", &OBSERVATION),
    ("LeftBehindCare.visit", "kind", &VISIT_KIND),
    ("LeftBehindCare.visit", "finding", &VISIT_FINDING),
    ("Facility.dispensed", "item", &CONTRACEPTIVE_METHOD),
    ("Survey.answerCounts", "question", &QUESTION),
    ("Indicator.supervisionRound", "round", &SUPERVISION_ROUND),
    ("DataExchangeBatch.rowsByDisposition", "matched", &MATCHED),
    ("DataExchangeBatch.qualityIssue", "dimension", &QUALITY_DIMENSION),
    ("DataExchangeBatch.qualityIssue", "rule", &QUALITY_RULE),
];

/// The list of a member of a structured field, by `Kind.field`.
pub fn member_list(field: &str, member: &str) -> Option<&'static CodeList> {
    let found = MEMBER_LISTS.iter().find(|(of, name, _)| *of == field && *name == member);
    found.map(|(.., list)| *list)
}
