//! Emergencies are people's: a client opens none unless its token names the officer who acts.

use entity::access_record;
use migrant_gateway::{
    auth::{Caller, Officer},
    policy::Role,
};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::json;

use super::{
    acting::{OPEN, act, clinician, open, seen, strangers},
    review::{REVIEW, officer, waiting},
};
use crate::{graphql::site::Site, support::ask};

/// A hospital's system, and the officer who acts through it.
fn through(name: Option<&str>) -> Caller {
    let officer = name.map(|name| Officer {
        subject: name.to_owned(),
        issuer: "https://login.hospital.example".to_owned(),
        is_asserted: false,
    });
    Caller { subject: "hospital".to_owned(), is_client: true, officer, ..clinician(Role::HE) }
}

#[tokio::test]
async fn a_client_without_an_officer_opens_and_reads_no_emergency() {
    let site = Site::sqlite().await;
    let patient = &strangers(&site).await[0];
    let refused = open(&site.gateway, &through(None), patient).await;
    assert_eq!(refused, Err("PURPOSE_NOT_ALLOWED".to_owned()));
    let answer = ask(&site.gateway, &through(None), "{ persons { nodes { name } } }").await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "PURPOSE_NOT_ALLOWED");
    assert!(site.gateway.schema_of(&through(None), None).is_err());
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn what_an_officer_opens_is_the_officers_and_not_the_clients() {
    let site = Site::sqlite().await;
    let (wang, li) = (through(Some("wang")), through(Some("li")));
    let patients = strangers(&site).await;
    for patient in &patients[..3] {
        open(&site.gateway, &wang, patient).await.unwrap();
    }
    assert_eq!(open(&site.gateway, &wang, &patients[3]).await, Err("QUOTA_EXCEEDED".to_owned()));
    assert_eq!(seen(&site.gateway, &wang).await.len(), 3);
    let select = access_record::Entity::find().order_by_desc(access_record::Column::Seq);
    let record = select.one(&site.world.db).await.unwrap().unwrap();
    assert_eq!(record.caller, "wang (https://login.hospital.example) via hospital");

    assert!(seen(&site.gateway, &li).await.is_empty());
    open(&site.gateway, &li, &patients[3]).await.unwrap();
    assert_eq!(seen(&site.gateway, &li).await.len(), 1);
    // Somebody of the same name elsewhere is somebody else.
    let namesake = Caller { subject: "wang".to_owned(), ..clinician(Role::HE) };
    assert!(seen(&site.gateway, &namesake).await.is_empty());
    open(&site.gateway, &namesake, &patients[4]).await.unwrap();
}

#[tokio::test]
async fn an_officer_reviews_nothing_of_their_own_through_another_client() {
    let site = Site::sqlite().await;
    open(&site.gateway, &through(Some("wang")), &strangers(&site).await[0]).await.unwrap();
    site.world.clock.advance(chrono::TimeDelta::minutes(60));
    let wang = through(Some("wang")).officer;
    let own = Caller { subject: "health-office".to_owned(), officer: wang, ..officer() };
    let with = waiting(&site, &own).await;
    let refused = act(&site.gateway, &own, REVIEW, with.clone()).await;
    assert_eq!(refused, Err("FORBIDDEN".to_owned()));
    act(&site.gateway, &officer(), REVIEW, with).await.unwrap();
}

#[tokio::test]
async fn two_who_review_each_other_in_turns_are_flagged() {
    let site = Site::sqlite().await;
    let patients = strangers(&site).await;
    let flags = "{ breakGlassEvents { openedBy reviewer reviewFlag } }";
    let mut expected = Vec::new();
    for (turn, (opener, reviewer, flag)) in [
        ("wang", "li", json!(null)),
        ("wang", "li", json!(null)),
        ("li", "wang", json!("RECIPROCAL")),
        ("li", "zhao", json!(null)),
        ("wang", "li", json!("RECIPROCAL")),
    ]
    .into_iter()
    .enumerate()
    {
        let opening = Caller { subject: opener.to_owned(), ..clinician(Role::HE) };
        let with = json!({ "number": patients[turn].id_number, "reason": "OTHER" });
        act(&site.gateway, &opening, OPEN, with).await.unwrap();
        site.world.clock.advance(chrono::TimeDelta::minutes(60));
        let reviewing = Caller { subject: reviewer.to_owned(), ..officer() };
        let with = waiting(&site, &reviewing).await;
        act(&site.gateway, &reviewing, REVIEW, with).await.unwrap();
        let event = json!({ "openedBy": opener, "reviewer": reviewer, "reviewFlag": flag });
        expected.insert(0, event);
    }
    let told = site.data(&officer(), flags).await;
    assert_eq!(told["breakGlassEvents"], json!(expected));
}
