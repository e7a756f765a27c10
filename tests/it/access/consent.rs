//! Consent opens a row on the next request of every gateway, and its withdrawal closes it.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{household_member, person, sharing::Department};
use migrant_gateway::{
    app::Gateway,
    auth::Caller,
    graphql::ids::Identifiers,
    policy::{Purpose, Role},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::acting::{act, acts, assert_chain, herself};
use crate::{
    graphql::site::Site,
    support::{Backend, ask_with, backends, caller, world::noon},
};

const GIVE: &str = "mutation($department: Code!, $purpose: Code!, $group: Code!, $until: DateTime!, \
    $person: ID) { giveConsent(recipientDepartment: $department, purpose: $purpose, fieldGroup: \
    $group, expiresAt: $until, personId: $person) { id fieldGroup givenAt expiresAt withdrawnAt } }";

const WITHDRAW: &str = "mutation($id: ID!) { withdrawConsent(id: $id) { id withdrawnAt } }";

fn names(until: DateTime<Utc>) -> Value {
    json!({ "department": "migrant_workers", "purpose": "P-EMP", "group": "G02", "until": until })
}

/// The consent to her name that holds, by which the service centre sees somebody.
async fn consent(site: &Site, person: i64) -> Value {
    let query = "{ consents(first: 500, where: { recipientDepartment: { eq: \"migrant_workers\" }, \
                 purpose: { eq: \"P-EMP\" }, fieldGroup: { eq: \"G02\" }, active: { eq: true } }) \
                 { nodes { id } } }";
    site.nodes(&herself(person), query).await[0]["id"].clone()
}

/// Those whose name the service centre is shown.
async fn seen(gateway: &Gateway, caller: &Caller) -> BTreeSet<String> {
    let query = "{ persons(first: 500, where: { name: { isNull: false } }) { nodes { id } } }";
    let answer = ask_with(gateway, caller, query, json!({})).await;
    let nodes = answer["data"]["persons"]["nodes"].as_array().expect("nodes");
    nodes.iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect()
}

/// Somebody whom the service centre sees by consent: her identifier there, and her key.
async fn somebody(site: &Site) -> (String, i64) {
    let service = caller(Role::MW, Purpose::Emp);
    let id = seen(&site.gateway, &service).await.into_iter().next().unwrap();
    let identifiers = Identifiers::new(&site.world.secrets, Department::MigrantWorkers);
    let key = identifiers.key("Person", &id).unwrap();
    (id, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withdrawn_is_gone_and_what_is_given_is_there_on_the_next_request_everywhere() {
    for backend in backends("what_is_withdrawn_is_gone") {
        let site = Site::new(backend).await;
        let other = site.world.gateway().await;
        let service = caller(Role::MW, Purpose::Emp);
        let (id, key) = somebody(&site).await;
        // Both gateways have read, so that both have plans and prepared statements.
        for gateway in [&site.gateway, &other] {
            assert!(seen(gateway, &service).await.contains(&id));
        }
        let given = consent(&site, key).await;
        let withdrawn = act(&site.gateway, &herself(key), WITHDRAW, json!({ "id": given })).await;
        assert_eq!(withdrawn.unwrap()["withdrawConsent"]["withdrawnAt"], "2026-11-20T04:00:00Z");
        for gateway in [&other, &site.gateway] {
            assert!(!seen(gateway, &service).await.contains(&id), "{backend:?}");
        }
        let until = noon() + TimeDelta::days(30);
        let again = act(&other, &herself(key), GIVE, names(until)).await.unwrap();
        assert_eq!(again["giveConsent"]["fieldGroup"], "G02");
        for gateway in [&site.gateway, &other] {
            assert!(seen(gateway, &service).await.contains(&id));
        }
        site.world.clock.set(until - TimeDelta::seconds(1));
        assert!(seen(&other, &service).await.contains(&id));
        site.world.clock.set(until);
        assert!(!seen(&other, &service).await.contains(&id));

        let done = acts(&site.world).await;
        let told: Vec<&str> = done.iter().map(|(act, _)| act["action"].as_str().unwrap()).collect();
        assert_eq!(told, ["consent.withdraw", "consent.give"]);
        assert!(done.iter().all(|(_, subjects)| *subjects == [key]));
        assert_eq!(done[0].0["before"]["withdrawnAt"], Value::Null);
        assert_eq!(done[0].0["after"]["withdrawnAt"], "2026-11-20T04:00:00Z");
        assert_eq!(done[1].0["before"], Value::Null);
        assert_eq!(done[1].0["after"]["recipientDepartment"], "migrant_workers");
        assert_chain(&site.world).await;
    }
}

#[tokio::test]
async fn a_consent_that_holds_is_not_given_twice_and_ends_once() {
    let site = Site::sqlite().await;
    let (_, key) = somebody(&site).await;
    let until = noon() + TimeDelta::days(30);
    let twice = act(&site.gateway, &herself(key), GIVE, names(until)).await;
    assert_eq!(twice, Err("CONFLICT".to_owned()));
    let id = json!({ "id": consent(&site, key).await });
    act(&site.gateway, &herself(key), WITHDRAW, id.clone()).await.unwrap();
    let again = act(&site.gateway, &herself(key), WITHDRAW, id.clone()).await;
    assert_eq!(again, Err("CONFLICT".to_owned()));
    let stranger = act(&site.gateway, &herself(key + 1_000), WITHDRAW, id).await;
    assert_eq!(stranger, Err("NOT_FOUND".to_owned()));
    assert_eq!(acts(&site.world).await.len(), 1);
    assert_chain(&site.world).await;
}

#[tokio::test]
async fn consent_opens_only_what_a_grant_asks_it_for_and_for_a_year_at_most() {
    let site = Site::sqlite().await;
    let (_, key) = somebody(&site).await;
    let month = noon() + TimeDelta::days(30);
    for (department, purpose, group) in [
        ("police", "P-RES", "G02"),
        ("migrant_workers", "P-EMP", "G13"),
        ("migrant_workers", "P-EMP", "G20"),
        ("migrant_workers", "P-RES", "G02"),
        ("migrant_workers", "P-XXX", "G02"),
        ("nobody", "P-EMP", "G02"),
        ("migrant_workers", "P-EMP", "G99"),
    ] {
        let with =
            json!({ "department": department, "purpose": purpose, "group": group, "until": month });
        let refused = act(&site.gateway, &herself(key), GIVE, with).await;
        assert_eq!(refused, Err("BAD_USER_INPUT".to_owned()), "{department} {purpose} {group}");
    }
    let year: DateTime<Utc> = "2027-11-20T04:00:00Z".parse().unwrap();
    let id = json!({ "id": consent(&site, key).await });
    act(&site.gateway, &herself(key), WITHDRAW, id).await.unwrap();
    for until in [noon() - TimeDelta::days(1), noon(), year + TimeDelta::seconds(1)] {
        let refused = act(&site.gateway, &herself(key), GIVE, names(until)).await;
        assert_eq!(refused, Err("BAD_USER_INPUT".to_owned()), "{until}");
    }
    act(&site.gateway, &herself(key), GIVE, names(year)).await.unwrap();
    let endless = "mutation { giveConsent(recipientDepartment: \"migrant_workers\", purpose: \
                   \"P-EMP\", fieldGroup: \"G04\") { id } }";
    let refused = act(&site.gateway, &herself(key), endless, json!({})).await;
    assert_eq!(refused, Err("GRAPHQL_VALIDATION_FAILED".to_owned()));
}

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn ward(site: &Site) -> (i64, i64) {
    let bonds = household_member::Entity::find()
        .filter(household_member::Column::GuardianPersonId.is_not_null())
        .all(&site.world.db)
        .await
        .unwrap();
    for bond in bonds {
        let child =
            person::Entity::find_by_id(bond.person_id).one(&site.world.db).await.unwrap().unwrap();
        let young: chrono::NaiveDate = "2014-01-01".parse().unwrap();
        if child.birth_date.is_some_and(|born| born > young) {
            return (bond.guardian_person_id.unwrap(), child.id);
        }
    }
    panic!("the population has children");
}

#[tokio::test]
async fn a_guardian_consents_for_a_child_and_nobody_else_does() {
    let site = Site::sqlite().await;
    let (guardian, child) = ward(&site).await;
    let mut with = names(noon() + TimeDelta::days(30));
    with["group"] = "G04".into();
    with["person"] = site.id(Department::Subject, "Person", child).into();
    for other in [child, guardian + 1_000] {
        let refused = act(&site.gateway, &herself(other), GIVE, with.clone()).await;
        assert_eq!(refused, Err("FORBIDDEN".to_owned()));
    }
    let given = act(&site.gateway, &herself(guardian), GIVE, with).await.unwrap();
    let done = acts(&site.world).await;
    assert_eq!(done[0].1, [child]);
    let id = json!({ "id": given["giveConsent"]["id"] });
    act(&site.gateway, &herself(guardian), WITHDRAW, id).await.unwrap();
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn an_act_that_fails_to_commit_leaves_nothing() {
    use sea_orm::ConnectionTrait;
    let site = Site::new(Backend::Sqlite).await;
    let (id, key) = somebody(&site).await;
    let given = json!({ "id": consent(&site, key).await });
    // The record cannot be linked to a head that is gone, so the change is taken back with it.
    site.world.db.execute_unprepared("ALTER TABLE access_head RENAME TO away").await.unwrap();
    let refused = act(&site.gateway, &herself(key), WITHDRAW, given).await;
    assert_eq!(refused, Err("RECORD_UNAVAILABLE".to_owned()));
    site.world.db.execute_unprepared("ALTER TABLE away RENAME TO access_head").await.unwrap();
    assert!(seen(&site.gateway, &caller(Role::MW, Purpose::Emp)).await.contains(&id));
    assert_eq!(acts(&site.world).await.len(), 0);
    assert_chain(&site.world).await;
}
