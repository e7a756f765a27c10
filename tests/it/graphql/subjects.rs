//! Minors, and what a person and a guardian see.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::{household_member, person, sharing::Department};
use migrant_gateway::{
    auth::Caller,
    policy::{Purpose, Role},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::site::Site;
use crate::support::{CALLERS, caller};

const DAY_BEFORE: &str = "2026-11-20T15:59:59Z";
const BIRTHDAY: &str = "2026-11-20T16:00:00Z";

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn persons(site: &Site) -> Vec<person::Model> {
    person::Entity::find().all(&site.world.db).await.unwrap()
}

async fn ids(site: &Site, caller: &Caller) -> BTreeSet<String> {
    let rows = site.nodes(caller, "{ persons(first: 500) { nodes { id } } }").await;
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// The roles whose grants do not cover minors, and which see persons.
fn without_minors() -> Vec<Caller> {
    let roles = [Role::HO, Role::GG, Role::MW];
    CALLERS
        .iter()
        // Statistics and logs show no persons.
        .filter(|(_, purpose)| ![Purpose::Stat, Purpose::Aud].contains(purpose))
        .filter(|(role, _)| roles.contains(role))
        .map(|(role, purpose)| caller(*role, *purpose))
        .collect()
}

#[tokio::test]
async fn under_fourteens_never_appear_to_roles_whose_grants_do_not_cover_minors() {
    let site = Site::sqlite().await;
    let born_by: NaiveDate = "2012-11-20".parse().unwrap();
    let persons = persons(&site).await;
    let minors: Vec<i64> = persons
        .iter()
        .filter(|one| one.birth_date.is_none_or(|date| date > born_by))
        .map(|one| one.id)
        .collect();
    assert!(minors.len() > 50);
    for caller in without_minors() {
        let seen = ids(&site, &caller).await;
        assert!(!seen.is_empty());
        let department = caller.role.department();
        for minor in &minors {
            assert!(!seen.contains(&site.id(department, "Person", *minor)), "{}", caller.role);
        }
    }
    // The nurse's grants cover them.
    let nurse = caller(Role::HC, Purpose::Hr);
    let seen = ids(&site, &nurse).await;
    assert!(minors.iter().any(|key| seen.contains(&site.id(Department::Health, "Person", *key))));
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn a_row_appears_on_the_fourteenth_birthday() {
    let site = Site::sqlite().await;
    for caller in without_minors() {
        let department = caller.role.department();
        site.world.clock.set(DAY_BEFORE.parse().unwrap());
        let seen = ids(&site, &caller).await;
        let first = seen.first().expect("sees somebody");
        let key = (1..60_000).find(|key| site.id(department, "Person", *key) == *first).unwrap();
        let set = |day: &str| format!("UPDATE person SET birth_date = '{day}' WHERE id = {key}");
        site.world.db.execute_unprepared(&set("2012-11-21")).await.unwrap();
        let role = caller.role;
        assert!(!ids(&site, &caller).await.contains(first), "{role}: 13 on the eve");
        site.world.clock.set(BIRTHDAY.parse().unwrap());
        assert!(ids(&site, &caller).await.contains(first), "{role}: 14 at midnight in Shanghai");
        site.world.db.execute_unprepared(&set("2000-01-01")).await.unwrap();
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn who_was_born_on_a_leap_day_is_fourteen_on_the_last_of_february() {
    let site = Site::sqlite().await;
    let county = caller(Role::HO, Purpose::Hr);
    let seen = ids(&site, &county).await;
    let first = seen.first().unwrap();
    let key =
        (1..60_000).find(|key| site.id(Department::Health, "Person", *key) == *first).unwrap();
    let sql = format!("UPDATE person SET birth_date = '2012-02-29' WHERE id = {key}");
    site.world.db.execute_unprepared(&sql).await.unwrap();
    for (instant, shown) in [("2026-02-27T15:59:59Z", false), ("2026-02-27T16:00:00Z", true)] {
        site.world.clock.set(instant.parse().unwrap());
        assert_eq!(ids(&site, &county).await.contains(first), shown, "{instant}");
    }
}

fn person_of(key: i64) -> Caller {
    Caller { person: Some(key), ..caller(Role::SU, Purpose::Sar) }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn a_person_sees_itself_and_its_wards_under_eighteen_and_nobody_else() {
    let site = Site::sqlite().await;
    let born_by: NaiveDate = "2008-11-20".parse().unwrap();
    let births: std::collections::HashMap<i64, Option<NaiveDate>> =
        persons(&site).await.into_iter().map(|one| (one.id, one.birth_date)).collect();
    let bonds = household_member::Entity::find()
        .filter(household_member::Column::GuardianPersonId.is_not_null())
        .all(&site.world.db)
        .await
        .unwrap();
    let mut guardians: Vec<i64> = bonds.iter().filter_map(|bond| bond.guardian_person_id).collect();
    guardians.sort_unstable();
    guardians.dedup();
    assert!(guardians.len() > 20);
    for guardian in guardians.into_iter().take(60) {
        let wards = bonds.iter().filter(|bond| bond.guardian_person_id == Some(guardian));
        let expected: BTreeSet<String> = wards
            .map(|bond| bond.person_id)
            .filter(|ward| births[ward].is_some_and(|date| date > born_by))
            .chain([guardian])
            .map(|key| site.id(Department::Subject, "Person", key))
            .collect();
        assert_eq!(ids(&site, &person_of(guardian)).await, expected, "guardian {guardian}");
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn a_ward_leaves_the_guardians_view_on_the_eighteenth_birthday() {
    let site = Site::sqlite().await;
    let sql = "UPDATE person SET birth_date = '2008-11-21' WHERE id IN \
               (SELECT person_id FROM household_member WHERE guardian_person_id = 1)";
    site.world.db.execute_unprepared(sql).await.unwrap();
    let guardian = person_of(1);
    site.world.clock.set(DAY_BEFORE.parse().unwrap());
    assert!(ids(&site, &guardian).await.len() > 1);
    site.world.clock.set(BIRTHDAY.parse().unwrap());
    assert_eq!(ids(&site, &guardian).await, [site.id(Department::Subject, "Person", 1)].into());
}

#[tokio::test]
async fn a_person_reaches_nobody_through_relations_filters_or_identifiers() {
    let site = Site::sqlite().await;
    let me = person_of(1);
    let mine = ids(&site, &me).await;
    let query = "{ persons { nodes { householdMemberships { household { person { id } } } } } \
                 householdMembers(first: 500) { nodes { person { id } } } \
                 healthRecords(first: 500) { nodes { person { id } } } }";
    let text = site.data(&me, query).await;
    let mut reached = Vec::new();
    collect_ids(&text, &mut reached);
    assert!(!reached.is_empty());
    assert!(reached.iter().all(|id| mine.contains(id)), "{reached:?}");
    let other = site.id(Department::Subject, "Person", 700);
    assert!(!mine.contains(&other));
    let query = "query($id: ID!) { person(id: $id) { id name } persons(where: { id: { eq: $id } }) \
                 { totalCount } }";
    let data = site.data_with(&me, query, json!({ "id": other })).await;
    assert_eq!(data, json!({ "person": null, "persons": { "totalCount": 0 } }));
}

fn collect_ids(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_ids(item, ids)),
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(id) if name == "id" => ids.push(id.to_owned()),
                    _ => collect_ids(value, ids),
                }
            }
        }
        _ => {}
    }
}
