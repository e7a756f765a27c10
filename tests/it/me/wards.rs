//! What a guardian sees of a child by `me`, until 14, until 18, and not of anybody else.

use chrono::NaiveDate;
use entity::{household_member, person, sharing::Department};
use migrant_gateway::policy::{Purpose, Role};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};

use crate::{
    access::acting::herself,
    graphql::site::Site,
    support::{backends, caller},
};

/// A guardian and a ward.
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn guardian_and_ward(site: &Site) -> (i64, i64) {
    let rows = household_member::Entity::find().all(&site.world.db).await.unwrap();
    let pair = rows.iter().find_map(|row| Some((row.guardian_person_id?, row.person_id)));
    pair.expect("some child has a guardian")
}

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn born(site: &Site, person: i64, on: &str) {
    let on: NaiveDate = on.parse().unwrap();
    let sql = format!("UPDATE person SET birth_date = '{on}' WHERE id = {person}");
    site.world.db.execute_unprepared(&sql).await.unwrap();
}

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn name_of(site: &Site, person: i64) -> String {
    let row = person::Entity::find_by_id(person).one(&site.world.db).await.unwrap();
    row.unwrap().name.unwrap()
}

fn names(data: &Value) -> Vec<&str> {
    let children = data["me"]["children"].as_array().unwrap().iter();
    children.filter_map(|child| child["name"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_in_the_guardians_view_until_eighteen_and_whole_until_fourteen() {
    for backend in backends("a_child_is_in_the_guardians_view") {
        let site = Site::new(backend).await;
        let (guardian, ward) = guardian_and_ward(&site).await;
        let ward_name = name_of(&site, ward).await;
        let id = site.id(Department::Subject, "Person", ward);
        // A clinic of maternal care and the police look the ward up.
        for (role, purpose) in [(Role::PO, Purpose::Res), (Role::HM, Purpose::Mch)] {
            let of_role = site.id(role.department(), "Person", ward);
            let query = format!("{{ person(id: \"{of_role}\") {{ id }} }}");
            site.data(&caller(role, purpose), &query).await;
        }
        let query = "query($id: ID!) { me { children { name } \
                     whoLooked(personId: $id, first: 500) { purpose sentence } \
                     record(personId: $id) { kind } requests(personId: $id) { id } \
                     services(personId: $id) { code } } }";
        let ask = async || site.data_with(&herself(guardian), query, json!({ "id": id })).await;
        let purposes = |data: &Value| -> Vec<String> {
            let looked = data["me"]["whoLooked"].as_array().unwrap().iter();
            looked.map(|one| one["purpose"].as_str().unwrap().to_owned()).collect()
        };
        // The clock stands on 2026-11-20. The day before the 14th birthday everything is open.
        born(&site, ward, "2012-11-21").await;
        let data = ask().await;
        assert!(names(&data).contains(&ward_name.as_str()), "{backend:?} {data}");
        let seen = purposes(&data);
        assert!(
            seen.contains(&"P-MCH".to_owned()) && seen.contains(&"P-RES".to_owned()),
            "{seen:?}"
        );
        let looked = data["me"]["whoLooked"][0]["sentence"].as_str().unwrap();
        assert!(looked.contains("该未成年人"), "{looked}");
        assert!(!data["me"]["record"].as_array().unwrap().is_empty());

        // On it, what tells of C4 is the child's alone.
        born(&site, ward, "2012-11-20").await;
        let data = ask().await;
        assert!(names(&data).contains(&ward_name.as_str()));
        let seen = purposes(&data);
        assert!(
            !seen.contains(&"P-MCH".to_owned()) && seen.contains(&"P-RES".to_owned()),
            "{seen:?}"
        );
        let own = site.data(&herself(ward), "{ me { whoLooked { purpose } } }").await;
        assert!(purposes(&own).contains(&"P-MCH".to_owned()));

        // From the 18th birthday on there is no guardian.
        born(&site, ward, "2008-11-20").await;
        let data = ask().await;
        assert!(!names(&data).contains(&ward_name.as_str()));
        for part in ["whoLooked", "record", "requests", "services"] {
            assert_eq!(data["me"][part], json!([]), "{part}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_somebody_else_nothing_is_told_and_it_is_on_record_that_it_was_asked() {
    for backend in backends("of_somebody_else_nothing_is_told") {
        let site = Site::new(backend).await;
        let (_, stranger) = guardian_and_ward(&site).await;
        let other = {
            let (guardian, _) = guardian_and_ward(&site).await;
            // Somebody who is no guardian of theirs.
            if guardian == 1 { 2 } else { 1 }
        };
        let id = site.id(Department::Subject, "Person", stranger);
        let query = "query($id: ID!) { me { whoLooked(personId: $id) { sentence } ownLookUps(personId: $id) \
                     { sentence } emergencies(personId: $id) { sentence } consents(personId: $id) { id } \
                     record(personId: $id) { kind } services(personId: $id) { code } \
                     requests(personId: $id) { id } } }";
        let data = site.data_with(&herself(other), query, json!({ "id": id })).await;
        for (part, told) in data["me"].as_object().unwrap() {
            assert_eq!(*told, json!([]), "{backend:?} {part}");
        }
        // An identifier of another department is none.
        let foreign = site.id(Department::Health, "Person", stranger);
        let refused = site.refusal_with(&herself(other), query, json!({ "id": foreign })).await;
        assert_eq!(refused, "ID_INVALID");
        // The person sees that somebody asked.
        let ask = "{ me { whoLooked { role what } ownLookUps { role } } }";
        let told = site.data(&herself(stranger), ask).await;
        let all = [&told["me"]["whoLooked"], &told["me"]["ownLookUps"]];
        let of_persons = all.iter().flat_map(|list| list.as_array().unwrap());
        assert!(of_persons.filter(|one| one["role"] == "SU").count() >= 1, "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardian_follows_what_it_asked_for_a_child_until_a_clinician_closes_the_child() {
    for backend in backends("a_guardian_follows_what_it_asked") {
        let site = Site::new(backend).await;
        let (guardian, ward) = guardian_and_ward(&site).await;
        let id = site.id(Department::Subject, "Person", ward);
        born(&site, ward, "2020-01-01").await;
        let file = "mutation($id: ID!, $concerns: String, $key: String!) { fileSubjectRequest(kind: ACCESS, \
                    statement: \"查阅孩子的档案\", concerns: $concerns, clientKey: $key, personId: $id) { id } }";
        for (concerns, key) in [("ImmunizationCard", "a"), ("SevereMentalDisorderRecord", "b")] {
            let with = json!({ "id": id, "concerns": concerns, "key": key });
            crate::access::acting::act(&site.gateway, &herself(guardian), file, with)
                .await
                .unwrap();
        }
        let seen = async || {
            let query = "query($id: ID!) { me { requests(personId: $id) { concerns } } }";
            let data = site.data_with(&herself(guardian), query, json!({ "id": id })).await;
            let requests = data["me"]["requests"].as_array().unwrap().clone();
            requests
                .iter()
                .map(|one| one["concerns"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(seen().await, ["SevereMentalDisorderRecord", "ImmunizationCard"], "{backend:?}");
        // From 14 on what tells of protected groups is the child's alone, and nobody else asks for it.
        born(&site, ward, "2012-11-20").await;
        assert_eq!(seen().await, ["ImmunizationCard"]);
        let with = json!({ "id": id, "concerns": "Person", "key": "c" });
        let late = crate::access::acting::act(&site.gateway, &herself(guardian), file, with).await;
        assert_eq!(late.unwrap_err(), "NOT_FOUND");
        let own = site.data(&herself(ward), "{ me { requests { concerns } } }").await;
        assert_eq!(own["me"]["requests"].as_array().unwrap().len(), 2);
        // What a clinician closed is as if it were not there.
        born(&site, ward, "2020-01-01").await;
        execute_closing(&site, ward).await;
        assert_eq!(seen().await, Vec::<String>::new());
    }
}

/// A closing of all of a child, as a clinician's act makes it.
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn execute_closing(site: &Site, ward: i64) {
    let sql = format!(
        "INSERT INTO guardian_closing (id, person_id, field_group, organization_id, subject, issuer, role, \
         reason, closed_at, valid_until) VALUES (1, {ward}, NULL, (SELECT min(id) FROM organization), \
         'wang', 'test', 'HC', 'x', '2026-11-20T03:00:00+00:00', '2027-01-01T00:00:00+00:00')"
    );
    site.world.db.execute_unprepared(&sql).await.unwrap();
}
