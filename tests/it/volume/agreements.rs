//! Contracted volumes, higher limits and more emergencies: two people, a law, a reason, an end.

use chrono::TimeDelta;
use entity::limit_agreement;
use migrant_gateway::{
    auth::Caller,
    policy::{Purpose, Role},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::reading::{clinician, names, records, somebody};
use crate::{
    access::acting,
    grants::office::steward,
    graphql::site::Site,
    support::{ask_with, backends, caller, world::contract},
};

const PROPOSE: &str = "mutation($kind: LimitKind!, $target: String!, $amounts: \
    LimitAmountsInput!, $law: String!, $reason: String!, $until: DateTime!) { proposeLimit(kind: \
    $kind, target: $target, amounts: $amounts, law: $law, reason: $reason, validUntil: $until) { \
    id status } }";

const REASON: &str = "夜间将居住登记同步到公安人口系统（国家标准接口）";

/// Proposes, and gives the number of the agreement or the code of the refusal.
async fn propose(site: &Site, who: &Caller, changes: Value) -> Result<i64, String> {
    let mut variables = json!({
        "kind": "CONTRACT", "target": "psb-220102", "amounts": { "identityDay": 150 },
        "law": "RESPERMIT-8", "reason": REASON, "until": "2027-06-01T00:00:00Z",
    });
    for (name, value) in changes.as_object().expect("an object") {
        variables[name] = value.clone();
    }
    let answer = ask_with(&site.gateway, who, PROPOSE, variables).await;
    match answer["data"]["proposeLimit"]["id"].as_i64() {
        Some(id) => Ok(id),
        None => Err(answer["errors"][0]["extensions"]["code"].as_str().expect("a code").to_owned()),
    }
}

async fn act(site: &Site, who: &Caller, field: &str, id: i64) -> Result<String, String> {
    let query = format!("mutation($id: Int!) {{ made: {field}(id: $id) {{ status }} }}");
    let answer = ask_with(&site.gateway, who, &query, json!({ "id": id })).await;
    match answer["data"]["made"]["status"].as_str() {
        Some(status) => Ok(status.to_owned()),
        None => Err(answer["errors"][0]["extensions"]["code"].as_str().expect("a code").to_owned()),
    }
}

async fn register(site: &Site, steward: &Caller) {
    let query = "mutation($client: ClientInput!) { registerClient(client: $client) { clientId } }";
    let client = json!({ "client": {
        "clientId": "psb-220102", "name": "南关区公安分局人口系统", "roles": ["PO"],
        "purposes": ["P-RES"], "unit": "220102", "organization": "220102-PSB",
    } });
    let answer = ask_with(&site.gateway, steward, query, client).await;
    assert!(answer["errors"].is_null(), "{answer}");
}

/// The client itself, by a token of this gateway.
fn system() -> Caller {
    Caller { subject: "psb-220102".to_owned(), ..somebody(Role::PO, Purpose::Res) }
}

#[tokio::test]
async fn a_contracted_volume_takes_two_people_and_explains_what_its_client_reads() {
    for backend in backends("a_contracted_volume_takes_two_people") {
        let site = Site::new(backend).await;
        let (wang, li) = (steward("wang", Role::SP), steward("li", Role::SP));
        register(&site, &wang).await;
        assert_eq!(names(&site.gateway, &system(), 100).await, Ok(100));
        let id = propose(&site, &wang, json!({})).await.unwrap();
        assert!(names(&site.gateway, &system(), 1).await.is_err(), "one signature is none");
        assert_eq!(act(&site, &wang, "approveLimit", id).await, Err("FORBIDDEN".to_owned()));
        let other = steward("zhao", Role::SH);
        assert_eq!(act(&site, &other, "approveLimit", id).await, Err("FORBIDDEN".to_owned()));
        assert_eq!(act(&site, &li, "approveLimit", id).await, Ok("IN_FORCE".to_owned()));
        assert_eq!(act(&site, &li, "approveLimit", id).await, Err("CONFLICT".to_owned()));

        assert_eq!(names(&site.gateway, &system(), 150).await, Ok(150));
        assert!(names(&site.gateway, &system(), 1).await.is_err(), "the volume is its volume");
        // It is the client's own, and nobody's of the same name.
        let namesake = Caller { issuer: "https://other.example".to_owned(), ..system() };
        assert_eq!(names(&site.gateway, &namesake, 100).await, Ok(100));
        assert!(names(&site.gateway, &namesake, 1).await.is_err());

        site.world.clock.advance(TimeDelta::hours(25));
        assert_eq!(names(&site.gateway, &system(), 150).await, Ok(150));
        assert_eq!(act(&site, &wang, "endLimit", id).await, Ok("ENDED".to_owned()));
        assert_eq!(names(&site.gateway, &system(), 100).await, Ok(100));
        assert!(names(&site.gateway, &system(), 1).await.is_err());
    }
}

#[tokio::test]
async fn a_volume_of_health_or_movement_is_signed_by_the_data_protection_officer() {
    let site = Site::sqlite().await;
    let (wang, li) = (steward("wang", Role::SP), steward("li", Role::SP));
    register(&site, &wang).await;
    let id = propose(&site, &wang, json!({ "amounts": { "movementDay": 50 } })).await.unwrap();
    assert_eq!(act(&site, &li, "approveLimit", id).await, Err("FORBIDDEN".to_owned()));
    let officer = steward("officer", Role::DP);
    assert_eq!(act(&site, &officer, "rejectLimit", id).await, Ok("REJECTED".to_owned()));
    let id = propose(&site, &wang, json!({ "amounts": { "movementDay": 50 } })).await.unwrap();
    assert_eq!(act(&site, &officer, "approveLimit", id).await, Ok("IN_FORCE".to_owned()));
}

#[tokio::test]
async fn an_agreement_names_its_client_law_reason_and_end() {
    let site = Site::sqlite().await;
    let wang = steward("wang", Role::SP);
    register(&site, &wang).await;
    for (change, refusal) in [
        (json!({ "target": "nobody" }), "NOT_FOUND"),
        (json!({ "law": "NO-LAW" }), "BAD_USER_INPUT"),
        (json!({ "law": "SEED-A" }), "BAD_USER_INPUT"),
        (json!({ "law": "INFECT-2013" }), "BAD_USER_INPUT"),
        (json!({ "reason": "short" }), "BAD_USER_INPUT"),
        (json!({ "reason": "\u{200b}".repeat(40) }), "BAD_USER_INPUT"),
        (json!({ "until": "2026-11-20T03:00:00Z" }), "BAD_USER_INPUT"),
        (json!({ "until": "2028-01-01T00:00:00Z" }), "BAD_USER_INPUT"),
        (json!({ "amounts": {} }), "BAD_USER_INPUT"),
        (json!({ "amounts": { "identityDay": 0 } }), "BAD_USER_INPUT"),
        (json!({ "amounts": { "identityMonth": 9 } }), "BAD_USER_INPUT"),
        (json!({ "amounts": { "openAtOnce": 4 } }), "BAD_USER_INPUT"),
    ] {
        let outcome = propose(&site, &wang, change.clone()).await;
        assert_eq!(outcome, Err(refusal.to_owned()), "{change}");
    }
    let health = steward("zhao", Role::SH);
    assert_eq!(propose(&site, &health, json!({})).await, Err("FORBIDDEN".to_owned()));
}

#[tokio::test]
async fn a_role_s_limits_rise_by_two_signatures_up_to_half_of_what_is_a_crime() {
    let site = Site::sqlite().await;
    let (li, officer) = (steward("li", Role::SH), steward("officer", Role::DP));
    let role = |amounts: Value| {
        json!({
            "kind": "ROLE", "target": "HC", "law": "HEALTH-33", "amounts": amounts,
        })
    };
    for over in [
        json!({ "healthDay": 251 }),
        json!({ "movementDay": 26 }),
        json!({ "identityMonth": 2_501 }),
    ] {
        let outcome = propose(&site, &li, role(over)).await;
        assert_eq!(outcome, Err("BAD_USER_INPUT".to_owned()));
    }
    let id = propose(&site, &li, role(json!({ "healthDay": 30 }))).await.unwrap();
    assert_eq!(records(&site.gateway, &clinician(), 20).await, Ok(20));
    assert!(records(&site.gateway, &clinician(), 1).await.is_err());
    act(&site, &officer, "approveLimit", id).await.unwrap();
    assert_eq!(records(&site.gateway, &clinician(), 10).await, Ok(10));
    assert!(records(&site.gateway, &clinician(), 1).await.is_err());
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn a_row_that_one_person_wrote_into_the_table_raises_nothing() {
    let site = Site::sqlite().await;
    contract(&site.world.db, "psb-220102").await;
    let rows = limit_agreement::Entity::find().all(&site.world.db).await.unwrap();
    let row = rows.into_iter().find(|row| row.target == "psb-220102").unwrap();
    let mut row = row.into_active_model();
    row.decider = Set(Some("test.steward".to_owned()));
    row.update(&site.world.db).await.unwrap();
    let later = site.world.gateway().await;
    assert_eq!(names(&later, &system(), 100).await, Ok(100));
    assert!(names(&later, &system(), 1).await.is_err());
}

#[tokio::test]
async fn an_organization_opens_more_emergencies_when_two_people_agreed() {
    let site = Site::sqlite().await;
    let (li, officer) = (steward("li", Role::SH), steward("officer", Role::DP));
    let emergency = |amounts: Value| {
        json!({
            "kind": "EMERGENCY", "target": "220102-EMS", "law": "PIPL-13-4", "amounts": amounts,
        })
    };
    for over in [json!({ "openAtOnce": 11 }), json!({ "openedADay": 201 })] {
        let outcome = propose(&site, &li, emergency(over)).await;
        assert_eq!(outcome, Err("BAD_USER_INPUT".to_owned()));
    }
    let id = propose(&site, &li, emergency(json!({ "openAtOnce": 4 }))).await.unwrap();
    let patients = acting::strangers(&site).await;
    let clinician = acting::clinician(Role::HE);
    for patient in &patients[..3] {
        acting::open(&site.gateway, &clinician, patient).await.unwrap();
    }
    assert!(acting::open(&site.gateway, &clinician, &patients[3]).await.is_err());
    act(&site, &officer, "approveLimit", id).await.unwrap();
    acting::open(&site.gateway, &clinician, &patients[3]).await.unwrap();
    assert!(acting::open(&site.gateway, &clinician, &patients[4]).await.is_err());
}

#[tokio::test]
async fn auditors_read_agreements_and_change_none() {
    let site = Site::sqlite().await;
    let auditor = Caller { purposes: vec![Purpose::Adm], ..caller(Role::AU, Purpose::Aud) };
    let told = site.data(&auditor, "{ limitAgreements { kind status } volumeAlarms { at } }").await;
    assert!(told["limitAgreements"].as_array().is_some_and(|all| !all.is_empty()));
    let refused = site.refusal(&auditor, "mutation { endLimit(id: 1) { id } }").await;
    assert_eq!(refused, "GRAPHQL_VALIDATION_FAILED");
}
