//! What no grant may override is refused at the proposal, at the signature, and when data is asked
//! for; each time with its article.

use chrono::TimeDelta;
use entity::legal_basis;
use migrant_gateway::policy::{Purpose, Role};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};

use super::office::{Office, cell, dwelling, steward};
use crate::support::{backends, code, world::noon};

/// A law that ends at an instant, added as an operator adds laws.
pub async fn law(office: &Office, code: &str, until: chrono::DateTime<chrono::Utc>) {
    let row = legal_basis::ActiveModel {
        id: Set(9000),
        code: Set(code.to_owned()),
        law: Set("试行办法".to_owned()),
        instrument: Set("regulation".to_owned()),
        in_force_from: Set(noon() - TimeDelta::days(1)),
        in_force_until: Set(Some(until)),
    };
    row.insert(&office.world.db).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn floors_refuse_proposals_and_name_the_article() {
    for backend in backends("floors_refuse_proposals_and_name_the_article") {
        let office = Office::new(backend).await;
        law(&office, "ENDED", noon()).await;
        let with = |law: &str, mut cell: serde_json::Value| {
            cell["legalBasis"] = law.into();
            cell
        };
        let id_masked = cell("CW", "P-RES", "Person.idNumber", "masked");
        let birth = cell("CW", "P-RES", "Person.birthDate", "full");
        for (by, cells, reason, article) in [
            (Role::SH, vec![cell("PO", "P-RES", "G20", "full")], "SPECIALLY_PROTECTED", "PIPL 28"),
            (Role::SH, vec![cell("FA", "P-FUND", "G20", "aggregate")], "SPECIALLY_PROTECTED", "39"),
            (Role::SP, vec![cell("FA", "P-FUND", "G02", "masked")], "ANALYSTS_COUNT", "统计法 28"),
            (Role::SP, vec![cell("HC", "P-FUND", "G02", "full")], "PURPOSE_NOT_OPEN", "PIPL 6"),
            (Role::SP, vec![with("ENDED", dwelling())], "LAW_NOT_IN_FORCE", "PIPL 34"),
            (Role::SP, vec![id_masked, birth], "JOINT_MASK", "PIPL 6"),
        ] {
            let answer = office.try_propose(&steward("wang", by), &cells).await;
            assert_eq!(code(&answer), Some("FORBIDDEN"), "{answer}");
            let extensions = &answer["errors"][0]["extensions"];
            assert_eq!(extensions["reason"], reason, "{answer}");
            let law = extensions["legalBasis"].as_str().unwrap();
            assert!(law.contains(article), "{reason}: {law}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_law_that_ended_since_the_proposal_refuses_the_signature_and_nothing_changes() {
    for backend in
        backends("a_law_that_ended_since_the_proposal_refuses_the_signature_and_nothing_changes")
    {
        let office = Office::new(backend).await;
        let end = noon() + TimeDelta::hours(1);
        law(&office, "TRIAL", end).await;
        let before = office.version();
        let mut cell = dwelling();
        cell["legalBasis"] = "TRIAL".into();
        let id = office.propose(&steward("wang", Role::SP), &[cell]).await;
        office.world.clock.set(end);
        let answer = office.decide(&steward("li", Role::SG), "approve", id).await;
        assert_eq!(code(&answer), Some("FORBIDDEN"), "{answer}");
        assert_eq!(answer["errors"][0]["extensions"]["reason"], "LAW_NOT_IN_FORCE");
        assert_eq!((office.status(id).await.as_str(), office.version()), ("PENDING", before));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn masks_that_would_identify_with_what_was_approved_since_refuse_the_signature() {
    for backend in
        backends("masks_that_would_identify_with_what_was_approved_since_refuse_the_signature")
    {
        let office = Office::new(backend).await;
        let (wang, chen) = (steward("wang", Role::SP), steward("chen", Role::SC));
        let masked = cell("CW", "P-RES", "Person.idNumber", "masked");
        let id = office.propose(&wang, &[masked]).await;
        let birth = cell("CW", "P-RES", "Person.birthDate", "full");
        let other = office.propose(&wang, &[birth]).await;
        office.approve(&chen, other).await;
        let answer = office.decide(&chen, "approve", id).await;
        assert_eq!(answer["errors"][0]["extensions"]["reason"], "JOINT_MASK", "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_written_by_hand_past_all_signatures_opens_nothing() {
    for backend in backends("a_grant_written_by_hand_past_all_signatures_opens_nothing") {
        let office = Office::populated(backend).await;
        let row = entity::sharing_grant::ActiveModel {
            id: Set(90_000),
            version: Set(office.version() + 1),
            role: Set("PO".to_owned()),
            field_group: Set("G20".to_owned()),
            field: Set(None),
            level: Set("full".to_owned()),
            scope: Set(Some("j".to_owned())),
            purpose: Set("P-RES".to_owned()),
            legal_basis_id: Set(1),
            covers_minors: Set(true),
            valid_from: Set(noon() - TimeDelta::days(1)),
            valid_until: Set(None),
        };
        row.insert(&office.world.db).await.unwrap();
        office.gateway.look().await.unwrap();
        let query = "{ stigmatizedDiseaseReports(first: 1) { nodes { id } } }";
        let refused = office.sees(Role::PO, Purpose::Res, query).await;
        assert_eq!(refused.as_deref(), Some("FIELD_NOT_SHARED"));
    }
}
