//! How many emergencies a clinician and an organization may open, and what becomes of guessing.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use entity::access_record;
use futures_util::future::join_all;
use migrant_gateway::{app::Gateway, auth::Caller, clock::Clock as _, policy::Role};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use super::acting::{OPEN, act, acts, assert_chain, clinician, open, strangers};
use crate::{
    graphql::site::Site,
    support::{World, ask_with, backends, world::noon},
};

const CLOSE: &str = "mutation($id: ID!) { closeBreakGlass(id: $id) { id closedAt } }";

/// A number that nobody has.
const NOBODY: &str = "220102190001010000";

/// What a refusal says of the limit.
async fn refused(gateway: &Gateway, caller: &Caller, number: &str) -> Value {
    let with = json!({ "number": number, "reason": "UNCONSCIOUS" });
    let mut answer = ask_with(gateway, caller, OPEN, with).await;
    let extensions = answer["errors"][0]["extensions"].take();
    assert_eq!(extensions["code"], "QUOTA_EXCEEDED", "{answer}");
    assert_eq!(extensions["remaining"], 0);
    extensions
}

fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().expect("an instant").parse().expect("RFC 3339")
}

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn last_record(world: &World) -> access_record::Model {
    let select = access_record::Entity::find().order_by_desc(access_record::Column::Seq);
    select.one(&world.db).await.unwrap().expect("a record")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_token_opens_three_patients_at_once_on_however_many_gateways() {
    for backend in backends("one_token_opens_three_patients_at_once") {
        let site = Site::new(backend).await;
        let gateways: [Arc<Gateway>; 2] = [site.gateway.clone(), site.world.gateway().await];
        let emergency = clinician(Role::HE);
        let patients = strangers(&site).await;
        let attempts = (0..20).map(|turn| open(&gateways[turn % 2], &emergency, &patients[turn]));
        let outcomes = join_all(attempts).await;
        let opened: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        assert_eq!(opened.len(), 3, "{outcomes:?}");
        let refusals = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        assert!(refusals.into_iter().all(|code| code == "QUOTA_EXCEEDED"), "{outcomes:?}");

        let number = patients[30].id_number.as_deref().unwrap();
        let told = refused(&gateways[1], &emergency, number).await;
        assert_eq!((&told["category"], &told["limit"]), (&json!("EMERGENCY_OPEN"), &json!(3)));
        assert_eq!(instant(&told["resetAt"]), noon() + TimeDelta::minutes(60));
        assert_eq!(last_record(&site.world).await.decision, "QUOTA_EXCEEDED");
        // Who may open nothing does not learn who is registered either.
        let of_nobody = refused(&gateways[0], &emergency, NOBODY).await;
        assert_eq!(of_nobody["category"], "EMERGENCY_OPEN");

        let id = json!({ "id": opened[0]["id"] });
        act(&gateways[0], &emergency, CLOSE, id).await.unwrap();
        open(&gateways[1], &emergency, &patients[30]).await.unwrap();
        site.world.clock.advance(TimeDelta::minutes(60));
        open(&gateways[0], &emergency, &patients[31]).await.unwrap();
        assert_chain(&site.world).await;
    }
}

#[tokio::test]
async fn an_organization_opens_twenty_emergencies_in_any_twenty_four_hours() {
    for backend in backends("an_organization_opens_twenty_emergencies") {
        let site = Site::new(backend).await;
        let patients = strangers(&site).await;
        for (turn, patient) in patients[..20].iter().enumerate() {
            let subject = format!("clinician {}", turn / 3);
            let emergency = Caller { subject, ..clinician(Role::HE) };
            open(&site.gateway, &emergency, patient).await.unwrap();
            site.world.clock.advance(TimeDelta::minutes(1));
        }
        let fresh = Caller { subject: "fresh".to_owned(), ..clinician(Role::HE) };
        let number = patients[20].id_number.as_deref().unwrap();
        let told = refused(&site.gateway, &fresh, number).await;
        assert_eq!((&told["category"], &told["limit"]), (&json!("EMERGENCY_DAY"), &json!(20)));
        assert_eq!(instant(&told["resetAt"]), noon() + TimeDelta::hours(24));
        // Another organization's clinician is another matter.
        open(&site.gateway, &clinician(Role::HP), &patients[20]).await.unwrap();
        site.world.clock.set(noon() + TimeDelta::hours(24));
        open(&site.gateway, &fresh, &patients[21]).await.unwrap();
        refused(&site.gateway, &fresh, number).await;
    }
}

#[tokio::test]
async fn guessing_is_on_record_and_pauses_twice_as_long_each_time() {
    for backend in backends("guessing_is_on_record_and_pauses") {
        let site = Site::new(backend).await;
        let other = site.world.gateway().await;
        let emergency = clinician(Role::HE);
        let patient = &strangers(&site).await[0];
        let guess = json!({ "number": NOBODY, "reason": "OTHER" });
        for _ in 0..5 {
            let missed = act(&site.gateway, &emergency, OPEN, guess.clone()).await;
            assert_eq!(missed, Err("NOT_FOUND".to_owned()));
        }
        let record = last_record(&site.world).await;
        assert_eq!((record.decision.as_str(), record.subject_count), ("NOT_FOUND", 0));
        let change: Value = serde_json::from_str(record.change.as_deref().unwrap()).unwrap();
        assert_eq!(change["action"], "break_glass.miss");
        assert_eq!(change["after"]["missesOfADay"], 5);
        assert!(!change.to_string().contains(NOBODY), "{change}");

        for minutes in [1, 2, 4] {
            let number = patient.id_number.as_deref().unwrap();
            let told = refused(&other, &emergency, number).await;
            assert_eq!(told["category"], "EMERGENCY_MISSES");
            let end = instant(&told["resetAt"]);
            assert_eq!(end - site.world.clock.now(), TimeDelta::minutes(minutes));
            site.world.clock.set(end);
            let missed = act(&other, &emergency, OPEN, guess.clone()).await;
            assert_eq!(missed, Err("NOT_FOUND".to_owned()));
        }
        // A colleague's emergency does not wait for it, nor does one's own of tomorrow.
        let colleague = Caller { subject: "somebody else".to_owned(), ..emergency.clone() };
        open(&site.gateway, &colleague, patient).await.unwrap();
        site.world.clock.advance(TimeDelta::hours(24));
        open(&site.gateway, &emergency, patient).await.unwrap();
        assert_chain(&site.world).await;
    }
}

#[tokio::test]
async fn a_reason_can_be_read() {
    let site = Site::sqlite().await;
    let query = "mutation($number: String, $why: String!) { openBreakGlass(idNumber: $number, \
                 reasonCode: OTHER, reasonText: $why) { id } }";
    let number = strangers(&site).await[0].id_number.clone();
    for why in ["\u{200b}", "\u{3000}\u{feff}", "\u{3164}", "\u{202e}\u{2066}", "\u{2800}"] {
        let with = json!({ "number": number, "why": why });
        let refusal = act(&site.gateway, &clinician(Role::HE), query, with).await;
        assert_eq!(refusal, Err("BAD_USER_INPUT".to_owned()), "{}", why.escape_unicode());
    }
    assert!(acts(&site.world).await.is_empty());
    let with = json!({ "number": number, "why": "昏\u{200b}迷" });
    act(&site.gateway, &clinician(Role::HE), query, with).await.unwrap();
}
