//! A person's row names its emergency contact only to those who may see the contact, where that is a
//! person of the registers.

use std::{
    collections::{BTreeSet, HashMap},
    iter,
};

use entity::{person, sharing::Department};
use migrant_gateway::policy::{Purpose, Role};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};

use super::site::{Site, officer};
use crate::{
    records::trail::{follow, query},
    support::{backends, caller},
};

const ASK: &str = "{ persons(first: 500) { nodes { id name emergencyContact { name phone relation } \
    emergencyContactRelation emergencyContactOnFile } } }";

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn persons(site: &Site, department: Department) -> HashMap<String, person::Model> {
    let rows = person::Entity::find().all(&site.world.db).await.unwrap();
    rows.into_iter().map(|row| (site.id(department, "Person", row.id), row)).collect()
}

/// Puts every contact, and nobody else, into another county.
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn send_contacts_away(site: &Site) {
    let away = "UPDATE person SET residence_unit_id = (SELECT id FROM administrative_unit \
                WHERE code = '220103') WHERE id IN (SELECT emergency_contact_person_id \
                FROM person WHERE emergency_contact_person_id IS NOT NULL)";
    site.world.db.execute_unprepared(away).await.unwrap();
}

/// How many rows name a contact who is a person, how many one who is none, and how many keep it back
/// though it is on file.
fn counted(rows: &[Value], known: &HashMap<String, person::Model>) -> [usize; 3] {
    let mut counts = [0; 3];
    for row in rows {
        let person = &known[row["id"].as_str().unwrap()];
        // The cells of persons whom another department registered are null.
        if row["emergencyContactOnFile"].is_null() {
            assert_eq!(row["emergencyContact"], Value::Null);
            continue;
        }
        assert_eq!(row["emergencyContactOnFile"], json!(person.emergency_contact.is_some()));
        assert_eq!(row["emergencyContactRelation"], json!(person.emergency_contact_relation));
        let stored: Value =
            serde_json::from_str(person.emergency_contact.as_ref().unwrap()).unwrap();
        match (&row["emergencyContact"], person.emergency_contact_person_id) {
            (Value::Null, Some(_)) => counts[2] += 1,
            (contact, key) => {
                assert_eq!(*contact, stored);
                counts[usize::from(key.is_none())] += 1;
            }
        }
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_in_scope_is_named_and_one_outside_is_on_file() {
    for backend in backends("a_contact_in_scope_is_named_and_one_outside_is_on_file") {
        let site = Site::new(backend).await;
        let known = persons(&site, Department::Police).await;
        let [named, strangers, kept] = counted(&site.nodes(&officer(), ASK).await, &known);
        assert!(named > 100 && strangers > 5 && kept == 0, "{named} {strangers} {kept}");
        send_contacts_away(&site).await;
        let [named, strangers, kept] = counted(&site.nodes(&officer(), ASK).await, &known);
        assert!(named == 0 && strangers > 5 && kept > 20, "{named} {strangers} {kept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_outside_the_caseload_is_not_named() {
    for backend in backends("a_contact_outside_the_caseload_is_not_named") {
        let site = Site::new(backend).await;
        // Children are on the books of the clinic; their parents are not.
        let known = persons(&site, Department::Health).await;
        let rows = site.nodes(&caller(Role::HV, Purpose::Imm), ASK).await;
        let [named, _, kept] = counted(&rows, &known);
        assert!(named == 0 && kept > 10, "{named} {kept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_who_is_named_is_a_subject_of_the_record() {
    for backend in backends("a_contact_who_is_named_is_a_subject_of_the_record") {
        let site = Site::new(backend).await;
        let known = persons(&site, Department::Police).await;
        let row = |row: &Value| known[row["id"].as_str().unwrap()].clone();
        let rows = site.nodes(&officer(), ASK).await;
        let is_named = |row: &&Value| row["emergencyContact"].is_object();
        let person = rows
            .iter()
            .filter(is_named)
            .map(row)
            .find(|row| row.emergency_contact_person_id.is_some())
            .unwrap();
        let contact = person.emergency_contact_person_id.unwrap();
        let subjects = async |fields: &str| {
            let id = site.id(Department::Police, "Person", person.id);
            let text = format!("{{ person(id: {id:?}) {{ {fields} }} }}");
            let db = &site.world.db;
            follow(db, &site.gateway, &officer(), None, query(&text)).await.subjects
        };
        let both: BTreeSet<i64> = [person.id, contact].into();
        assert_eq!(subjects("emergencyContact { relation }").await, both);
        let alone: BTreeSet<i64> = iter::once(person.id).collect();
        let of_file = "emergencyContactOnFile emergencyContactRelation";
        assert_eq!(subjects(of_file).await, alone);
        send_contacts_away(&site).await;
        assert_eq!(subjects("emergencyContact { relation }").await, alone);
    }
}
