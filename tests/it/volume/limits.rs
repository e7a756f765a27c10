//! What nothing explains, in any 24 hours and any 30 days.

use chrono::TimeDelta;
use entity::{access_record, residence_registration, sharing::Department};
use migrant_gateway::{
    auth::Caller,
    policy::{Purpose, Role},
};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use super::reading::{clinician, left, names, officer, one, records, rows};
use crate::{
    graphql::site::Site,
    support::{backends, caller, world::noon},
};

#[tokio::test]
async fn a_list_is_answered_up_to_the_limit_and_not_one_person_further() {
    for backend in backends("a_list_is_answered_up_to_the_limit") {
        let site = Site::new(backend).await;
        let (gateway, officer) = (&site.gateway, officer());
        assert_eq!(names(gateway, &officer, 60).await, Ok(60));
        // What would be too much is refused whole, and asking costs a person.
        let told = names(gateway, &officer, 41).await.unwrap_err();
        assert_eq!((&told["category"], &told["limit"]), (&json!("IDENTITY"), &json!(100)));
        assert_eq!((&told["remaining"], &told["window"]), (&json!(40), &json!("P1D")));
        assert_eq!(told["resetAt"], "2026-11-21T05:00:00Z");
        assert_eq!(left(gateway, &officer, "IDENTITY").await, 39);
        assert_eq!(names(gateway, &officer, 39).await, Ok(39));
        assert_eq!(left(gateway, &officer, "IDENTITY").await, 0);
        assert_eq!(names(gateway, &officer, 1).await.unwrap_err()["remaining"], 0);
        // Another person's day is another day.
        let colleague = Caller { subject: "colleague".to_owned(), ..officer.clone() };
        assert_eq!(names(gateway, &colleague, 100).await, Ok(100));
        site.world.clock.set(noon() + TimeDelta::hours(25) - TimeDelta::seconds(1));
        assert!(names(gateway, &officer, 1).await.is_err());
        site.world.clock.set(noon() + TimeDelta::hours(25));
        assert_eq!(names(gateway, &officer, 100).await, Ok(100));
    }
}

#[tokio::test]
async fn a_thousand_persons_in_thirty_days_are_the_most() {
    let site = Site::sqlite().await;
    let (gateway, officer) = (&site.gateway, officer());
    for day in 0..10 {
        site.world.clock.set(noon() + TimeDelta::days(2 * day));
        assert_eq!(names(gateway, &officer, 100).await, Ok(100), "day {day}");
    }
    site.world.clock.set(noon() + TimeDelta::days(20));
    let told = names(gateway, &officer, 1).await.unwrap_err();
    assert_eq!((&told["limit"], &told["window"]), (&json!(1_000), &json!("P30D")));
    assert_eq!(told["resetAt"], "2026-12-20T05:00:00Z");
    site.world.clock.set(noon() + TimeDelta::days(30) + TimeDelta::hours(1));
    assert_eq!(names(gateway, &officer, 100).await, Ok(100));
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn health_is_limited_apart_from_identity_and_a_refusal_is_on_record_without_persons() {
    for backend in backends("health_is_limited_apart_from_identity") {
        let site = Site::new(backend).await;
        let (gateway, clinician) = (&site.gateway, clinician());
        assert_eq!(records(gateway, &clinician, 20).await, Ok(20));
        let told = records(gateway, &clinician, 1).await.unwrap_err();
        assert_eq!((&told["category"], &told["limit"]), (&json!("HEALTH"), &json!(20)));
        let select = access_record::Entity::find().order_by_desc(access_record::Column::Seq);
        let record = select.one(&site.world.db).await.unwrap().unwrap();
        assert_eq!((record.decision.as_str(), record.subject_count), ("QUOTA_EXCEEDED", 0));
        assert_eq!(left(gateway, &clinician, "IDENTITY").await, 100);
        assert_eq!(names(gateway, &clinician, 20).await, Ok(20));
        // Identity with health is both; none is left of one.
        let both = "{ persons(first: 1) { nodes { name healthRecords { bloodType } } } }";
        assert_eq!(rows(gateway, &clinician, both).await.unwrap_err()["category"], "HEALTH");
    }
}

#[tokio::test]
async fn single_reads_count_as_lists_do_and_an_address_history_is_movement() {
    let site = Site::sqlite().await;
    let (gateway, officer) = (&site.gateway, officer());
    let query = "{ persons(first: 300) { nodes { id residences { arrivalDate } } } }";
    let all = site.nodes(&caller(Role::PO, Purpose::Res), query).await;
    let stays = |person: &Value| person["residences"].as_array().unwrap().len();
    let of = |person: &Value| person["id"].as_str().unwrap().to_owned();
    let moved: Vec<String> = all.iter().filter(|one| stays(one) > 1).map(of).collect();
    let settled: Vec<String> = all.iter().filter(|one| stays(one) == 1).map(of).collect();
    assert!(moved.len() > 5 && settled.len() > 10, "{} {}", moved.len(), settled.len());
    let history = "query($id: ID!) { person(id: $id) { residences { residenceAddress } } }";
    for id in &settled[..10] {
        one(gateway, &officer, history, id).await.unwrap();
    }
    assert_eq!(left(gateway, &officer, "MOVEMENT").await, 5);
    for id in &moved[..5] {
        one(gateway, &officer, history, id).await.unwrap();
    }
    let told = one(gateway, &officer, history, &moved[5]).await.unwrap_err();
    assert_eq!((&told["category"], &told["limit"]), (&json!("MOVEMENT"), &json!(5)));
    assert_eq!(left(gateway, &officer, "IDENTITY").await, 84, "fifteen persons and a refusal");
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn a_stay_that_is_looked_for_by_its_end_is_movement_too() {
    let site = Site::sqlite().await;
    let ended = residence_registration::Entity::find().all(&site.world.db).await.unwrap();
    assert!(ended.iter().any(|stay| stay.departure_date.is_some()));
    let (gateway, officer) = (&site.gateway, officer());
    let query = "{ residenceRegistrations(first: 6, where: { departureDate: { gte: \"2000-01-01\" \
                 } }) { nodes { residenceAddress } } }";
    assert_eq!(rows(gateway, &officer, query).await.unwrap_err()["category"], "MOVEMENT");
    let current = "{ residenceRegistrations(first: 6) { nodes { residenceAddress } } }";
    assert_eq!(rows(gateway, &officer, current).await, Ok(6));
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn stays_that_are_over_are_movement_also_one_at_a_time_and_without_their_end() {
    for backend in backends("stays_that_are_over_are_movement_also_one_at_a_time") {
        let site = Site::new(backend).await;
        let all = residence_registration::Entity::find().all(&site.world.db).await.unwrap();
        let visible = "{ residenceRegistrations(first: 500) { nodes { id } } }";
        let visible = site.nodes(&caller(Role::PO, Purpose::Res), visible).await;
        let visible: Vec<&str> = visible.iter().filter_map(|stay| stay["id"].as_str()).collect();
        let ids = |is_over: bool| -> Vec<(String, i64)> {
            all.iter()
                .filter(|stay| stay.departure_date.is_some() == is_over)
                .map(|stay| {
                    let id = site.id(Department::Police, "ResidenceRegistration", stay.id);
                    (id, stay.person_id)
                })
                .filter(|(id, _)| visible.contains(&id.as_str()))
                .collect()
        };
        let (over, current) = (ids(true), ids(false));
        assert!(over.len() > 6 && current.len() > 6, "{} {}", over.len(), current.len());
        let by_id = "query($id: ID!) { residenceRegistration(id: $id) { residenceAddress } }";
        let (gateway, officer) = (&site.gateway, officer());
        for (id, _) in &current[..6] {
            one(gateway, &officer, by_id, id).await.unwrap();
        }
        assert_eq!(left(gateway, &officer, "MOVEMENT").await, 5, "where they live now");
        for (id, _) in &over[..5] {
            one(gateway, &officer, by_id, id).await.unwrap();
        }
        let told = one(gateway, &officer, by_id, &over[5].0).await.unwrap_err();
        assert_eq!((&told["category"], &told["limit"]), (&json!("MOVEMENT"), &json!(5)));

        // In lists, too: of all, and of one person's a page at a time.
        let colleague = Caller { subject: "colleague".to_owned(), ..officer.clone() };
        let listed = "query($id: ID!) { residenceRegistrations(first: 1, where: { id: { eq: $id } }) \
                      { nodes { residenceAddress } } }";
        one(gateway, &colleague, listed, &over[0].0).await.unwrap();
        assert_eq!(left(gateway, &colleague, "MOVEMENT").await, 4);
        let paged = "query($id: ID!) { person(id: $id) { residences(first: 1, orderBy: \
                     [{ arrivalDate: ASC }]) { residenceAddress } } }";
        let person = site.id(Department::Police, "Person", over[0].1);
        one(gateway, &colleague, paged, &person).await.unwrap();
        assert_eq!(left(gateway, &colleague, "MOVEMENT").await, 3);
    }
}

#[tokio::test]
async fn with_nothing_left_not_even_nobody_is_an_answer() {
    let site = Site::sqlite().await;
    let (gateway, officer) = (&site.gateway, officer());
    let nobody = "{ persons(first: 1, where: { name: { eq: \"nobody\" } }) { nodes { id } } }";
    assert_eq!(rows(gateway, &officer, nobody).await, Ok(0));
    assert_eq!(names(gateway, &officer, 100).await, Ok(100));
    rows(gateway, &officer, nobody).await.unwrap_err();
    // Nor by an identifier of somebody out of reach.
    let query = "query($id: ID!) { person(id: $id) { name } }";
    let elsewhere = site.id(Department::Police, "Person", 999_999);
    one(gateway, &officer, query, &elsewhere).await.unwrap_err();
}

#[tokio::test]
async fn a_child_s_card_with_all_its_doses_is_one_child() {
    let site = Site::sqlite().await;
    let clinic = super::reading::somebody(Role::HV, Purpose::Imm);
    let query = "{ immunizationCards(first: 10) { nodes { doses { vaccineCode } } } }";
    let read = rows(&site.gateway, &clinic, query).await.unwrap();
    assert_eq!(left(&site.gateway, &clinic, "HEALTH").await, 20 - read as u64);
}

#[tokio::test]
async fn counts_and_what_a_person_reads_of_itself_are_not_limited() {
    let site = Site::sqlite().await;
    let herself = Caller { subject: "herself".to_owned(), ..caller(Role::SU, Purpose::Sar) };
    for _ in 0..30 {
        let query = "{ persons { nodes { name healthRecords { bloodType } } } }";
        rows(&site.gateway, &herself, query).await.unwrap();
    }
    let analyst = super::reading::somebody(Role::HA, Purpose::Stat);
    for _ in 0..3 {
        site.data(&analyst, "{ personStats(groupBy: [sex]) { count } }").await;
    }
    assert_eq!(left(&site.gateway, &analyst, "IDENTITY").await, 100);
}
