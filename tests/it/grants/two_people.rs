//! Two people at least, and everybody whom it concerns.

use migrant_gateway::policy::{Purpose, Role};
use serde_json::json;

use super::office::{Office, cell, dwelling, steward};
use crate::support::{backends, code};

const DWELLING: &str = "{ residenceRegistrations(first: 1) { nodes { dwellingType } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_holds_from_the_last_signature_on_and_not_before() {
    for backend in backends("a_grant_holds_from_the_last_signature_on_and_not_before") {
        let office = Office::populated(backend).await;
        let before = office.version();
        let refused = office.sees(Role::GG, Purpose::Ref, DWELLING).await;
        assert_eq!(refused.as_deref(), Some("FIELD_NOT_SHARED"));

        let id = office.propose(&steward("wang", Role::SP), &[dwelling()]).await;
        assert_eq!(office.version(), before);
        assert!(office.sees(Role::GG, Purpose::Ref, DWELLING).await.is_some());

        let made = office.approve(&steward("li", Role::SG), id).await;
        assert_eq!(made, json!({ "status": "APPROVED", "missing": [], "version": before + 1 }));
        assert_eq!(office.version(), before + 1);
        assert_eq!(office.sees(Role::GG, Purpose::Ref, DWELLING).await, None);
        office.assert_recorded().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sensitive_data_that_crosses_departments_needs_three_signatures() {
    for backend in backends("sensitive_data_that_crosses_departments_needs_three_signatures") {
        let office = Office::new(backend).await;
        let ethnicity = cell("GG", "P-REF", "Person.ethnicity", "full");
        let id = office.propose(&steward("wang", Role::SP), &[ethnicity]).await;
        let first = office.approve(&steward("li", Role::SG), id).await;
        assert_eq!(first["missing"], json!(["DP"]));
        assert_eq!(first["status"], "PENDING");
        let last = office.approve(&steward("zhao", Role::DP), id).await;
        assert_eq!(last["status"], "APPROVED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_beyond_the_need_of_a_purpose_needs_the_data_protection_officer_and_a_law() {
    for backend in
        backends("what_goes_beyond_the_need_of_a_purpose_needs_the_data_protection_officer")
    {
        let office = Office::new(backend).await;
        let chen = steward("chen", Role::SH);
        // Health's own data to health: another steward of health signs, where the purpose needs it.
        let within = cell("HC", "P-HR", "G13", "masked");
        let id = office.propose(&chen, &[within]).await;
        assert_eq!(office.approve(&steward("liu", Role::SH), id).await["status"], "APPROVED");
        for (purpose, target, level) in [
            ("P-HE", "G13", "aggregate"),
            ("P-IMM", "G14", "full"),
            ("P-IMM", "HealthRecord.bloodType", "full"),
        ] {
            let beyond = cell("HC", purpose, target, level);
            let id = office.propose(&chen, std::slice::from_ref(&beyond)).await;
            let answer = office.decide(&steward("liu", Role::SH), "approve", id).await;
            assert_eq!(code(&answer), Some("FORBIDDEN"), "{purpose} {target}: {answer}");
            let approved = office.approve(&steward("zhao", Role::DP), id).await;
            assert_eq!(approved["status"], "APPROVED", "{purpose} {target}");
        }
        let mut on_paper = cell("HC", "P-HE", "G22", "aggregate");
        on_paper["legalBasis"] = "SEED-B".into();
        let refused = office.try_propose(&chen, &[on_paper]).await;
        assert_eq!(code(&refused), Some("BAD_USER_INPUT"), "{refused}");
        let extensions = &refused["errors"][0]["extensions"];
        assert_eq!(extensions["reason"], "POLICY_IS_NO_LAW", "{refused}");
        office.assert_recorded().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_their_own_nor_twice_nor_for_others() {
    for backend in backends("nobody_approves_their_own_nor_twice_nor_for_others") {
        let office = Office::new(backend).await;
        let ethnicity = cell("GG", "P-REF", "Person.ethnicity", "full");
        let id = office.propose(&steward("wang", Role::SP), &[ethnicity]).await;
        for (name, role, expected) in [
            ("wang", Role::SP, "FORBIDDEN"),
            ("wang", Role::SG, "FORBIDDEN"),
            ("wang", Role::DP, "FORBIDDEN"),
            ("chen", Role::SH, "FORBIDDEN"),
            ("chen", Role::SP, "FORBIDDEN"),
        ] {
            let answer = office.decide(&steward(name, role), "approve", id).await;
            assert_eq!(code(&answer), Some(expected), "{name} {role}: {answer}");
        }
        office.approve(&steward("li", Role::SG), id).await;
        for role in [Role::SG, Role::DP] {
            let answer = office.decide(&steward("li", role), "approve", id).await;
            assert_eq!(code(&answer), Some("CONFLICT"), "{role}: {answer}");
        }
        assert_eq!(office.status(id).await, "PENDING");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_proposes_with_a_reason_and_something_to_change() {
    for backend in backends("only_the_owner_proposes_with_a_reason_and_something_to_change") {
        let office = Office::new(backend).await;
        for role in [Role::SG, Role::SH, Role::DP] {
            let answer = office.try_propose(&steward("li", role), &[dwelling()]).await;
            assert_eq!(code(&answer), Some("FORBIDDEN"), "{role}: {answer}");
        }
        let wang = steward("wang", Role::SP);
        let query = "mutation($cells: [GrantCellInput!]!) { \
             proposeGrants(necessity: \"needed\", changes: $cells) { id } }";
        let variables = json!({ "cells": [dwelling()] });
        assert_eq!(office.refusal(&wang, query, variables).await, "BAD_USER_INPUT");
        for (cells, expected) in [
            (vec![], "BAD_USER_INPUT"),
            (vec![dwelling(), dwelling()], "BAD_USER_INPUT"),
            (vec![cell("GG", "P-REF", "Person.soul", "full")], "BAD_USER_INPUT"),
            (
                vec![cell("XX", "P-RES", "ResidenceRegistration.dwellingType", "full")],
                "BAD_USER_INPUT",
            ),
            (
                vec![cell("GG", "P-ADM", "ResidenceRegistration.dwellingType", "full")],
                "BAD_USER_INPUT",
            ),
        ] {
            let answer = office.try_propose(&wang, &cells).await;
            assert_eq!(code(&answer), Some(expected), "{cells:?}: {answer}");
        }
        let id = office.propose(&wang, &[dwelling()]).await;
        office.approve(&steward("li", Role::SG), id).await;
        let again = office.try_propose(&wang, &[dwelling()]).await;
        assert_eq!(code(&again), Some("CONFLICT"), "{again}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_or_withdrawn_proposal_is_over() {
    for backend in backends("a_rejected_or_withdrawn_proposal_is_over") {
        let office = Office::new(backend).await;
        let (wang, li) = (steward("wang", Role::SP), steward("li", Role::SG));
        let before = office.version();
        for (who, what, became) in [(&li, "reject", "REJECTED"), (&wang, "withdraw", "WITHDRAWN")] {
            let id = office.propose(&wang, &[dwelling()]).await;
            assert_eq!(office.decide(who, what, id).await["status"], became);
            let late = office.decide(&steward("chen", Role::SG), "approve", id).await;
            assert_eq!(code(&late), Some("CONFLICT"), "{late}");
            assert_eq!(office.status(id).await, became);
        }
        let id = office.propose(&wang, &[dwelling()]).await;
        let other = office.decide(&li, "withdraw", id).await;
        assert_eq!(code(&other), Some("FORBIDDEN"), "{other}");
        assert_eq!(office.version(), before);
        let none = office.decide(&li, "approve", 4711).await;
        assert_eq!(code(&none), Some("NOT_FOUND"), "{none}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_takes_away_alone_and_at_once() {
    for backend in backends("the_owner_takes_away_alone_and_at_once") {
        let office = Office::populated(backend).await;
        let query = "{ persons(first: 1) { nodes { name } } }";
        let revoke = "mutation { revokeGrant(role: \"GG\", purpose: \"P-REF\", target: \"G02\", \
             note: \"not needed any more\") }";
        assert_eq!(office.sees(Role::GG, Purpose::Ref, query).await, None);
        for role in [Role::SG, Role::DP] {
            assert_eq!(office.refusal(&steward("li", role), revoke, json!({})).await, "FORBIDDEN");
        }
        let before = office.version();
        let wang = steward("wang", Role::SP);
        let data = office.data(&wang, revoke, json!({})).await;
        assert_eq!(data["revokeGrant"], before + 1);
        let refused = office.sees(Role::GG, Purpose::Ref, query).await;
        assert_eq!(refused.as_deref(), Some("FIELD_NOT_SHARED"));
        assert_eq!(office.refusal(&wang, revoke, json!({})).await, "NOT_FOUND");
        office.assert_recorded().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_whose_cell_was_changed_meanwhile_is_stale() {
    for backend in backends("a_proposal_whose_cell_was_changed_meanwhile_is_stale") {
        let office = Office::new(backend).await;
        let wang = steward("wang", Role::SP);
        let group = cell("GG", "P-REF", "G02", "full");
        let field = cell("GG", "P-REF", "Person.name", "none");
        let other = dwelling();
        let [stale, overtaking, beside] = [group, field, other].map(|cell| [cell]);
        let stale = office.propose(&wang, &stale).await;
        let overtaking = office.propose(&wang, &overtaking).await;
        let beside = office.propose(&wang, &beside).await;
        let li = steward("li", Role::SG);
        office.approve(&li, overtaking).await;
        assert_eq!(office.status(stale).await, "STALE");
        let late = office.decide(&li, "approve", stale).await;
        assert_eq!(code(&late), Some("CONFLICT"), "{late}");
        assert_eq!(office.approve(&li, beside).await["status"], "APPROVED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_role_may_not_do_has_no_field_in_its_schema() {
    for backend in backends("what_a_role_may_not_do_has_no_field_in_its_schema") {
        let office = Office::new(backend).await;
        let sdl = |caller| office.gateway.schema_of(&caller, Some("P-ADM"));
        for role in [Role::SH, Role::SP, Role::SC, Role::SG, Role::SM, Role::SF, Role::DP] {
            let acting = sdl(steward("somebody", role)).unwrap();
            assert!(acting.contains("proposeGrants") && acting.contains("grantImpact"), "{role}");
        }
        let reading = sdl(steward("auditor", Role::AU)).unwrap();
        assert!(reading.contains("grantImpact") && !reading.contains("proposeGrants"));
        let auditor = steward("auditor", Role::AU);
        let answer = office.try_propose(&auditor, &[dwelling()]).await;
        assert_eq!(code(&answer), Some("GRAPHQL_VALIDATION_FAILED"), "{answer}");
    }
}
