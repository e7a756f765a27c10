//! What a record holds: who asked, for what, and which fields.

use migrant_gateway::{
    demo,
    graphql::Request,
    policy::{Purpose, Role},
};
use sha2::{Digest as _, Sha256};

use super::{sql, trail::*};
use crate::support::{World, backends, caller, world::noon};

/// What each role's demo request asks for, with the level it is shown at.
const FIELDS: [(Role, &str); 24] = [
    (
        Role::HC,
        "HealthRecord.bloodType:full HealthRecord.pastDiseases:full \
         HealthRecord.recordNumber:full HealthRecord.serviceRecords:full \
         Person.birthDate:full Person.name:full Person.phone:full Person.sex:full",
    ),
    (
        Role::HF,
        "ImmunizationCard.vaccinationDue:predicate Person.birthDate:masked \
         Person.name:full Person.phone:full",
    ),
    (
        Role::HV,
        "ImmunizationCard.cardNumber:full ImmunizationCard.dueDoses:full \
         ImmunizationCard.hasDueDoses:full Person.birthDate:full Person.name:full \
         Person.phone:full",
    ),
    (
        Role::HM,
        "MaternalCareRecord.antenatalVisits:full MaternalCareRecord.estimatedDueDate:full \
         MaternalCareRecord.lmpDate:full Person.name:full Person.phone:full",
    ),
    (
        Role::HI,
        "InfectiousDiseaseReport.diseaseCode:full InfectiousDiseaseReport.onsetDate:full \
         InfectiousDiseaseReport.reportedAt:full InfectiousDiseaseReport.timely:full \
         Person.name:full Person.phone:full",
    ),
    (
        Role::HX,
        "Person.name:full Person.phone:full StigmatizedDiseaseReport.caseAlias:full \
         StigmatizedDiseaseReport.freeTreatmentEnrolled:full \
         StigmatizedDiseaseReport.stigmatizedDiseaseCode:full",
    ),
    (
        Role::HP,
        "Person.name:full Person.phone:full SevereMentalDisorderRecord.dangerLevel:full \
         SevereMentalDisorderRecord.diagnosis:full \
         SevereMentalDisorderRecord.followUpOn:full \
         SevereMentalDisorderRecord.medicationAdherence:full",
    ),
    (
        Role::HE,
        "AssistanceCase.incomeCheckPassed:predicate \
         AssistanceCase.receivesAssistance:predicate",
    ),
    (
        Role::HO,
        "HealthRecord.standardized:predicate Person.birthDate:masked Person.sex:masked \
         ResidenceRegistration.arrivalDate:masked \
         ResidenceRegistration.residenceRegionCode:masked",
    ),
    (Role::HA, "Person.ageBand:aggregate Person.sex:aggregate"),
    (
        Role::PO,
        "Person.idNumber:full Person.name:full ResidenceRegistration.arrivalDate:full \
         ResidenceRegistration.departureDate:full \
         ResidenceRegistration.residenceAddress:full",
    ),
    (
        Role::PC,
        "HouseholdRegistration.hukouAddress:full \
         HouseholdRegistration.hukouRegionCode:full Person.ethnicity:full \
         Person.phone:full",
    ),
    (Role::PA, "ResidenceRegistration.adminUnitCode:aggregate"),
    (
        Role::CW,
        "Person.birthDate:masked Person.name:full \
         ResidenceRegistration.arrivalDate:masked \
         ResidenceRegistration.residenceAddress:full",
    ),
    (
        Role::CA,
        "AssistanceCase.assistanceType:full AssistanceCase.benefitAmount:full \
         AssistanceCase.decisionOn:full AssistanceCase.incomeCheckResult:full \
         Person.idNumber:full Person.name:full",
    ),
    (
        Role::GG,
        "Person.name:masked ResidenceRegistration.residenceRegionCode:masked \
         ResidenceRegistration.residentThreeMonths:predicate",
    ),
    (Role::GC, "Person.ageBand:aggregate"),
    (
        Role::MW,
        "Employment.hasLaborContract:full Employment.industry:full \
         Employment.occupation:full Person.name:full Person.phone:full \
         ResidenceRegistration.residentSixMonths:predicate",
    ),
    (Role::MC, "Employment.industry:aggregate"),
    (Role::FA, "ResidenceRegistration.adminUnitCode:aggregate"),
    (Role::VN, "HouseholdMember.relation:masked Person.ageBand:masked Person.name:masked"),
    (
        Role::DP,
        "Consent.active:full Consent.fieldGroup:full Consent.purpose:full \
         Consent.recipientDepartment:full Person.name:full Person.phone:full",
    ),
    (
        Role::AU,
        "AccessEvent.at:masked AccessEvent.department:masked AccessEvent.fields:masked \
         AccessEvent.purpose:masked",
    ),
    (
        Role::SU,
        "AccessEvent.actor:full AccessEvent.at:full AccessEvent.department:full \
         AccessEvent.fields:full AccessEvent.purpose:full HealthRecord.pastDiseases:full \
         HealthRecord.recordNumber:full Person.birthDate:full Person.idNumber:full \
         Person.name:full",
    ),
];

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_tells_who_asked_for_what_and_which_fields_at_which_level() {
    for backend in backends("a_record_tells_who_asked_for_what_and_which_fields_at_which_level") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let versions: Vec<i64> =
            sql::column(&world.db, "SELECT max(version) FROM sharing_grant").await;
        for request in demo::requests() {
            let role = request.role;
            let caller = caller(role, request.purpose);
            let Trail { record, .. } =
                follow(&world.db, &gateway, &caller, None, query(request.query)).await;
            assert_eq!(record.at, noon());
            assert_eq!(record.caller, caller.subject);
            assert_eq!(record.token_id, caller.token_id);
            assert_eq!(record.role, role.code());
            assert_eq!(record.department, role.department().code());
            assert_eq!(record.unit, request.unit);
            assert_eq!(record.organization.as_deref(), request.organization);
            assert_eq!(record.purpose.as_deref(), Some(request.purpose.code()));
            assert_eq!(record.operation, None);
            assert_eq!(record.document_hash, sha256(request.query));
            assert_eq!(record.grants_version, versions[0]);
            assert_eq!(record.decision, "allowed");
            let (_, fields) = FIELDS.iter().find(|(known, _)| *known == role).expect("all roles");
            // That there is a row is named beside them for whom nothing else of it is told.
            let told = record.fields.split(' ').filter(|field| !field.ends_with(".id:predicate"));
            let told = told.collect::<Vec<_>>().join(" ");
            assert_eq!(told, *fields, "{backend:?} {role}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_names_the_operation_that_ran() {
    for backend in backends("a_record_names_the_operation_that_ran") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let caller = caller(Role::HC, Purpose::Hr);
        let document = "query Names { persons(first: 1) { nodes { name } } } \
                        query Births { persons(first: 1, orderBy: [{ birthDate: ASC }]) \
                        { nodes { id } } }";
        for (operation, fields) in
            [("Names", "Person.name:full"), ("Births", "Person.birthDate:full")]
        {
            let operation_name = Some(operation.to_owned());
            let request = Request { operation_name, ..query(document) };
            let Trail { record, .. } = follow(&world.db, &gateway, &caller, None, request).await;
            assert_eq!(record.operation.as_deref(), Some(operation));
            assert_eq!(record.fields, fields);
            assert_eq!(record.document_hash, sha256(document));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_about_the_schema_leave_records_of_no_rows() {
    for backend in backends("questions_about_the_schema_leave_records_of_no_rows") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        for (role, purpose) in [(Role::HX, Purpose::Stg), (Role::FA, Purpose::Fund)] {
            let caller = caller(role, purpose);
            for text in [
                "{ __schema { types { name } } }",
                "{ __type(name: \"Person\") { name } }",
                "{ entitlement { role purpose } }",
                "{ __typename }",
            ] {
                let Trail { answer, record, subjects } =
                    follow(&world.db, &gateway, &caller, None, query(text)).await;
                assert_eq!(record.decision, "allowed", "{text}: {answer}");
                assert_eq!(record.document_hash, sha256(text));
                assert_eq!(record.fields, "");
                assert_eq!(record.row_count, 0);
                assert!(subjects.is_empty());
            }
        }
    }
}
