//! An emergency opens one patient, for one clinician of one organization, for one hour.

use chrono::TimeDelta;
use entity::sharing::Department;
use migrant_gateway::{auth::Caller, policy::Role, replay};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::acting::{act, acts, assert_chain, clinician, herself, open, seen, strangers};
use crate::{
    graphql::site::Site,
    support::{backends, world::noon},
};

const CLOSE: &str = "mutation($id: ID!) { closeBreakGlass(id: $id) { id closedAt } }";

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_opens_exactly_one_patient_for_exactly_sixty_minutes() {
    for backend in backends("an_emergency_opens_exactly_one_patient") {
        let site = Site::new(backend).await;
        let other = site.world.gateway().await;
        let emergency = clinician(Role::HE);
        assert!(seen(&site.gateway, &emergency).await.is_empty());
        let patient = &strangers(&site).await[0];
        let event = open(&site.gateway, &emergency, patient).await.unwrap();
        let id = site.id(Department::Health, "Person", patient.id);
        assert_eq!(event["personId"], id);
        assert_eq!(event["expiresAt"], "2026-11-20T05:00:00Z");
        assert_eq!(event["reasonLabelZh"], "意识丧失");
        for gateway in [&site.gateway, &other] {
            assert_eq!(seen(gateway, &emergency).await, [id.clone()].into());
        }
        let query = "query($id: ID!) { person(id: $id) { name birthDate residences { \
                     residenceAddress } householdMemberships { household { id person { id } } } } }";
        let data = site.data_with(&emergency, query, json!({ "id": id })).await;
        assert_eq!(data["person"]["name"], json!(patient.name));
        assert!(!data["person"]["residences"].as_array().unwrap().is_empty());
        for house in data["person"]["householdMemberships"].as_array().unwrap() {
            for member in house["household"].as_array().unwrap() {
                assert_eq!(member["person"]["id"], id, "of the household nobody else");
            }
        }
        let end = noon() + TimeDelta::minutes(60);
        site.world.clock.set(end - TimeDelta::seconds(1));
        assert_eq!(seen(&other, &emergency).await.len(), 1);
        site.world.clock.set(end);
        assert!(seen(&other, &emergency).await.is_empty());
        assert!(seen(&site.gateway, &emergency).await.is_empty());
        assert_eq!(acts(&site.world).await.len(), 1);
        assert_chain(&site.world).await;
    }
}

#[tokio::test]
async fn an_emergency_opens_nothing_to_another_subject_organization_or_role() {
    let site = Site::sqlite().await;
    let emergency = clinician(Role::HE);
    let patient = &strangers(&site).await[0];
    open(&site.gateway, &emergency, patient).await.unwrap();
    let id = site.id(Department::Health, "Person", patient.id);
    let colleague = Caller { subject: "somebody else".to_owned(), ..emergency.clone() };
    let elsewhere = Caller {
        unit: "220103".to_owned(),
        organization: Some("220103-EMS".to_owned()),
        ..emergency.clone()
    };
    let community = Caller { subject: emergency.subject.clone(), ..clinician(Role::HC) };
    for other in [&colleague, &elsewhere, &community] {
        assert!(!seen(&site.gateway, other).await.contains(&id), "{other:?}");
    }
    assert!(seen(&site.gateway, &emergency).await.contains(&id));
}

#[tokio::test(flavor = "multi_thread")]
async fn community_and_mental_health_clinicians_open_what_they_hold_in_full() {
    for backend in backends("community_and_mental_health_clinicians_open") {
        let site = Site::new(backend).await;
        let patient = &strangers(&site).await[0];
        let id = site.id(Department::Health, "Person", patient.id);
        for (role, held_less) in [(Role::HC, false), (Role::HP, true)] {
            let caller = clinician(role);
            let own = seen(&site.gateway, &caller).await;
            assert!(!own.is_empty() && !own.contains(&id), "{role}");
            open(&site.gateway, &caller, patient).await.unwrap();
            let mut expected = own.clone();
            expected.insert(id.clone());
            assert_eq!(seen(&site.gateway, &caller).await, expected, "{role}");
            // What is masked or yes/no within the caseload stays within it.
            let query = "query($id: ID!) { person(id: $id) { name residences { residenceAddress } \
                         householdMemberships { relation } } }";
            let data = site.data_with(&caller, query, json!({ "id": id })).await;
            let list = |name: &str| data["person"][name].as_array().expect("a list").clone();
            assert_eq!(data["person"]["name"], json!(patient.name), "{role}");
            assert!(!list("residences").is_empty(), "{role}");
            assert_eq!(list("householdMemberships").is_empty(), held_less, "{role}");
            let of_care = json!({ "person": own.first(), "reason": "OTHER" });
            let refused = act(&site.gateway, &caller, super::acting::OPEN, of_care).await;
            assert_eq!(refused, Err("CONFLICT".to_owned()), "{role}: already in the caseload");
        }
    }
}

#[tokio::test]
async fn contraception_and_hiv_stay_closed_in_every_emergency() {
    let site = Site::sqlite().await;
    for role in [Role::HE, Role::HC, Role::HP] {
        let query = "{ entitlement { shared { group } } }";
        let data = site.data(&clinician(role), query).await;
        let shared = data["entitlement"]["shared"].as_array().unwrap();
        assert!(shared.iter().any(|field| field["group"] == "G02"), "{role}");
        let closed = |field: &Value| field["group"] == "G18" || field["group"] == "G20";
        assert!(!shared.iter().any(closed), "{role}");
        let asked = "{ stigmatizedDiseaseReports(first: 1) { nodes { id } } }";
        assert_eq!(site.refusal(&clinician(role), asked).await, "FIELD_NOT_SHARED", "{role}");
    }
}

#[tokio::test]
async fn who_opened_it_closes_it_and_it_is_over_at_once() {
    let site = Site::sqlite().await;
    let emergency = clinician(Role::HE);
    let event = open(&site.gateway, &emergency, &strangers(&site).await[0]).await.unwrap();
    let id = json!({ "id": event["id"] });
    site.world.clock.advance(TimeDelta::minutes(7));
    let colleague = Caller { subject: "somebody else".to_owned(), ..emergency.clone() };
    let refused = act(&site.gateway, &colleague, CLOSE, id.clone()).await;
    assert_eq!(refused, Err("NOT_FOUND".to_owned()));
    let closed = act(&site.gateway, &emergency, CLOSE, id.clone()).await.unwrap();
    assert_eq!(closed["closeBreakGlass"]["closedAt"], "2026-11-20T04:07:00Z");
    assert!(seen(&site.gateway, &emergency).await.is_empty());
    let again = act(&site.gateway, &emergency, CLOSE, id).await;
    assert_eq!(again, Err("CONFLICT".to_owned()));
    let done = acts(&site.world).await;
    assert_eq!(done[1].0["before"]["closedAt"], Value::Null);
    assert_eq!(done[1].0["after"]["closedAt"], "2026-11-20T04:07:00Z");
    assert_chain(&site.world).await;
}

#[tokio::test]
async fn an_emergency_names_one_registered_patient_and_a_reason() {
    let site = Site::sqlite().await;
    let emergency = clinician(Role::HE);
    let number = strangers(&site).await[0].id_number.clone();
    let person = site.id(Department::Health, "Person", 1);
    let foreign = site.id(Department::Police, "Person", 1);
    for (with, refusal) in [
        (json!({ "reason": "OTHER" }), "BAD_USER_INPUT"),
        (json!({ "number": number, "person": person, "reason": "OTHER" }), "BAD_USER_INPUT"),
        (json!({ "number": number, "reason": "CURIOSITY" }), "BAD_USER_INPUT"),
        (json!({ "number": "220102190001010000", "reason": "OTHER" }), "NOT_FOUND"),
        (json!({ "person": foreign, "reason": "OTHER" }), "ID_INVALID"),
    ] {
        let refused = act(&site.gateway, &emergency, super::acting::OPEN, with.clone()).await;
        assert_eq!(refused, Err(refusal.to_owned()), "{with}");
    }
    let blank = "mutation($id: ID!) { openBreakGlass(personId: $id, reasonCode: OTHER, reasonText: \
                 \" \") { id } }";
    let refused = act(&site.gateway, &emergency, blank, json!({ "id": person })).await;
    assert_eq!(refused, Err("BAD_USER_INPUT".to_owned()));
    let done = acts(&site.world).await;
    assert_eq!(done.len(), 1);
    assert_eq!(done[0].0["action"], "break_glass.miss");
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn whose_emergency_it_is_stands_on_the_chain_with_the_issuer_of_the_name() {
    for backend in backends("whose_emergency_it_is_stands_on_the_chain") {
        let site = Site::new(backend).await;
        let patient = &strangers(&site).await[0];
        open(&site.gateway, &clinician(Role::HE), patient).await.unwrap();
        let findings = async || -> Vec<String> {
            let (db, secrets) = (&site.world.db, &site.world.secrets);
            let report = replay::replay(db, secrets, |_, _| {}).await.unwrap();
            let of_it = report.findings.iter().filter(|finding| finding.table == "break_glass");
            of_it.map(ToString::to_string).collect()
        };
        assert_eq!(findings().await, [""; 0]);
        // Its reads would be a namesake's.
        let by_hand = "UPDATE break_glass SET issuer = 'https://other.example'";
        site.world.db.execute_unprepared(by_hand).await.unwrap();
        let told = findings().await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].ends_with(": differs from what the acts made: issuer"), "{told:?}");
    }
}

#[tokio::test]
async fn the_patient_is_told_who_looked_and_why_but_not_in_whose_words() {
    let site = Site::sqlite().await;
    let patient = &strangers(&site).await[0];
    let emergency = clinician(Role::HE);
    open(&site.gateway, &emergency, patient).await.unwrap();
    seen(&site.gateway, &emergency).await;
    let query = "{ breakGlassEvents { openedAt expiresAt closedAt organization reasonCode \
                 reasonLabelZh verdict } accessEvents(first: 9, orderBy: [{ at: ASC }]) { nodes { \
                 purpose fields } } }";
    let data = site.data(&herself(patient.id), query).await;
    let told = json!([{
        "openedAt": "2026-11-20T04:00:00Z", "expiresAt": "2026-11-20T05:00:00Z", "closedAt": null,
        "organization": "220102-EMS", "reasonCode": "UNCONSCIOUS", "reasonLabelZh": "意识丧失",
        "verdict": null,
    }]);
    assert_eq!(data["breakGlassEvents"], told);
    let accesses = data["accessEvents"]["nodes"].as_array().unwrap();
    let of_emergency = accesses.iter().filter(|access| access["purpose"] == "P-ETR");
    let fields: Vec<&Value> = of_emergency.map(|access| &access["fields"]).collect();
    assert_eq!(fields, ["Mutation.openBreakGlass:full", "Person.name:full"]);
    let words = "{ breakGlassEvents { reasonText } }";
    assert_eq!(site.refusal(&herself(patient.id), words).await, "GRAPHQL_VALIDATION_FAILED");
    let other = site.data(&herself(patient.id + 1_000), "{ breakGlassEvents { verdict } }").await;
    assert_eq!(other["breakGlassEvents"], json!([]));
}
