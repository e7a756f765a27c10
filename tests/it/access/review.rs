//! A second person reviews every emergency within a day; who is not reviewed opens no more.

use chrono::TimeDelta;
use migrant_gateway::{
    auth::Caller,
    policy::{Purpose, Role},
};
use serde_json::{Value, json};

use super::acting::{act, acts, assert_chain, clinician, herself, open, strangers};
use crate::{
    graphql::site::Site,
    support::{backends, caller, world::noon},
};

pub const REVIEW: &str = "mutation($id: ID!, $verdict: BreakGlassVerdict!) { reviewBreakGlass(id: $id, \
    verdict: $verdict, note: \"read the protocol\") { id verdict reviewer note reviewedAt } }";

const WAITING: &str = "{ breakGlassEvents(unreviewed: true) { id openedBy role organization \
    reasonText verdict } }";

pub fn officer() -> Caller {
    caller(Role::HO, Purpose::Ema)
}

/// The one event that waits, with what its review takes.
pub async fn waiting(site: &Site, reviewer: &Caller) -> Value {
    let data = site.data(reviewer, WAITING).await;
    let events = data["breakGlassEvents"].as_array().unwrap();
    assert_eq!(events.len(), 1, "{data}");
    json!({ "id": events[0]["id"], "verdict": "JUSTIFIED" })
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_reviewed_within_a_day_opens_no_more_until_it_is() {
    for backend in backends("who_is_not_reviewed_within_a_day_opens_no_more") {
        let site = Site::new(backend).await;
        let patients = strangers(&site).await;
        let emergency = clinician(Role::HE);
        open(&site.gateway, &emergency, &patients[0]).await.unwrap();
        let day = noon() + TimeDelta::hours(24);
        site.world.clock.set(day - TimeDelta::seconds(1));
        open(&site.gateway, &emergency, &patients[1]).await.unwrap();
        site.world.clock.set(day);
        let refused = open(&site.gateway, &emergency, &patients[2]).await;
        assert_eq!(refused, Err("FORBIDDEN".to_owned()));
        let colleague = Caller { subject: "somebody else".to_owned(), ..emergency.clone() };
        open(&site.gateway, &colleague, &patients[2]).await.unwrap();

        let data = site.data(&officer(), "{ breakGlassEvents(unreviewed: true) { id } }").await;
        let first = data["breakGlassEvents"].as_array().unwrap().last().unwrap()["id"].clone();
        let with = json!({ "id": first, "verdict": "UNJUSTIFIED" });
        act(&site.gateway, &officer(), REVIEW, with).await.unwrap();
        open(&site.gateway, &emergency, &patients[3]).await.unwrap();
        assert_chain(&site.world).await;
    }
}

#[tokio::test]
async fn a_review_is_recorded_and_told_to_the_patient_without_its_note() {
    let site = Site::sqlite().await;
    let patient = &strangers(&site).await[0];
    open(&site.gateway, &clinician(Role::HE), patient).await.unwrap();
    let data = site.data(&officer(), WAITING).await;
    let event = &data["breakGlassEvents"][0];
    assert_eq!((&event["role"], &event["organization"]), (&json!("HE"), &json!("220102-EMS")));
    assert_eq!(event["reasonText"], "found at the road");

    let with = waiting(&site, &officer()).await;
    let early = act(&site.gateway, &officer(), REVIEW, with.clone()).await;
    assert_eq!(early, Err("CONFLICT".to_owned()), "it is open still");
    site.world.clock.advance(TimeDelta::minutes(60));
    let done = act(&site.gateway, &officer(), REVIEW, with.clone()).await.unwrap();
    assert_eq!(done["reviewBreakGlass"]["reviewer"], "test.health.county_officer");
    assert_eq!(done["reviewBreakGlass"]["note"], "read the protocol");
    let again = act(&site.gateway, &officer(), REVIEW, with).await;
    assert_eq!(again, Err("CONFLICT".to_owned()));
    let data = site.data(&officer(), WAITING).await;
    assert_eq!(data["breakGlassEvents"], json!([]));
    let told = site.data(&herself(patient.id), "{ breakGlassEvents { verdict } }").await;
    assert_eq!(told["breakGlassEvents"], json!([{ "verdict": "JUSTIFIED" }]));

    let (change, subjects) = acts(&site.world).await.pop().unwrap();
    assert_eq!(change["action"], "break_glass.review");
    assert_eq!(change["before"]["verdict"], Value::Null);
    assert_eq!(change["after"]["verdict"], "JUSTIFIED");
    assert_eq!(subjects, [patient.id]);
    let text = change.to_string();
    assert!(!text.contains("protocol") && !text.contains("road"), "{text}");
    assert_chain(&site.world).await;
}

#[tokio::test]
async fn nobody_reviews_their_own_or_another_unit_s() {
    let site = Site::sqlite().await;
    let emergency = clinician(Role::HE);
    open(&site.gateway, &emergency, &strangers(&site).await[0]).await.unwrap();
    site.world.clock.advance(TimeDelta::minutes(60));
    let with = waiting(&site, &officer()).await;
    let own = Caller { subject: emergency.subject.clone(), ..officer() };
    let refused = act(&site.gateway, &own, REVIEW, with.clone()).await;
    assert_eq!(refused, Err("FORBIDDEN".to_owned()));
    let elsewhere = Caller {
        unit: "220103".to_owned(),
        organization: Some("220103-HLT".to_owned()),
        ..officer()
    };
    let refused = act(&site.gateway, &elsewhere, REVIEW, with).await;
    assert_eq!(refused, Err("NOT_FOUND".to_owned()));
    let data = site.data(&elsewhere, WAITING).await;
    assert_eq!(data["breakGlassEvents"], json!([]));
    // Oversight of the province sees it under an identifier of its own.
    let protection = caller(Role::DP, Purpose::Aud);
    let with = waiting(&site, &protection).await;
    act(&site.gateway, &protection, REVIEW, with).await.unwrap();
}
