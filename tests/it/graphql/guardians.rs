//! A child's row names its guardian only to those who may see the guardian.

use std::collections::HashMap;

use entity::{household_member, sharing::Department};
use migrant_gateway::policy::{Purpose, Role};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};

use super::site::{Site, officer};
use crate::support::{backends, caller};

const ASK: &str =
    "{ householdMembers(first: 500) { nodes { id guardianOf guardianRole guardianOnFile } } }";

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn bonds(site: &Site, department: Department) -> HashMap<String, household_member::Model> {
    let rows = household_member::Entity::find().all(&site.world.db).await.unwrap();
    let with_id =
        |row: household_member::Model| (site.id(department, "HouseholdMember", row.id), row);
    rows.into_iter().map(with_id).collect()
}

/// Puts every guardian, and nobody else, into another county.
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn send_guardians_away(site: &Site) {
    let away = "UPDATE person SET residence_unit_id = (SELECT id FROM administrative_unit \
                WHERE code = '220103') WHERE id IN (SELECT guardian_person_id \
                FROM household_member WHERE guardian_person_id IS NOT NULL)";
    site.world.db.execute_unprepared(away).await.unwrap();
}

/// How many rows show a guardian's name, and how many keep it back though there is one.
fn counted(rows: &[Value], bonds: &HashMap<String, household_member::Model>) -> (usize, usize) {
    let (mut named, mut kept) = (0, 0);
    for row in rows {
        let bond = &bonds[row["id"].as_str().unwrap()];
        assert_eq!(row["guardianOnFile"], json!(bond.guardian_of.is_some()));
        assert_eq!(row["guardianRole"], json!(bond.guardian_role));
        match row["guardianOf"].as_str() {
            Some(name) => {
                assert_eq!(Some(name), bond.guardian_of.as_deref());
                named += 1;
            }
            None => kept += usize::from(bond.guardian_of.is_some()),
        }
    }
    (named, kept)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardian_in_scope_is_named_and_one_outside_is_on_file() {
    for backend in backends("a_guardian_in_scope_is_named_and_one_outside_is_on_file") {
        let site = Site::new(backend).await;
        let bonds = bonds(&site, Department::Police).await;
        let (named, kept) = counted(&site.nodes(&officer(), ASK).await, &bonds);
        assert!(named > 10 && kept == 0, "{named} {kept}");
        send_guardians_away(&site).await;
        let (named, kept) = counted(&site.nodes(&officer(), ASK).await, &bonds);
        assert!(named == 0 && kept > 10, "{named} {kept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardian_outside_the_caseload_is_not_named() {
    for backend in backends("a_guardian_outside_the_caseload_is_not_named") {
        let site = Site::new(backend).await;
        // Children are on the books of the clinic; their parents are not.
        let clinic = caller(Role::HV, Purpose::Imm);
        let rows = site.nodes(&clinic, ASK).await;
        let on_file = rows.iter().filter(|row| row["guardianOnFile"] == true).count();
        assert!(on_file > 10, "{on_file}");
        assert!(rows.iter().all(|row| row["guardianOf"].is_null()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_named_is_not_found_by_name_either() {
    for backend in backends("who_is_not_named_is_not_found_by_name_either") {
        let site = Site::new(backend).await;
        let rows = site.nodes(&officer(), ASK).await;
        let name = rows.iter().find_map(|row| row["guardianOf"].as_str()).unwrap();
        let count = async |filter: Value| {
            let query = "query($w: HouseholdMemberWhere) \
                         { householdMembers(where: $w, first: 500) { nodes { id } } }";
            site.nodes_with(&officer(), query, json!({ "w": filter })).await.len()
        };
        let by_name = json!({ "guardianOf": { "eq": name } });
        let through = json!({ "person": { "householdMemberships": { "some": by_name } } });
        assert!(count(by_name.clone()).await > 0 && count(through.clone()).await > 0);
        send_guardians_away(&site).await;
        assert_eq!((count(by_name).await, count(through).await), (0, 0));
        assert_eq!(count(json!({ "guardianOf": { "isNull": false } })).await, 0);
        let order = "{ householdMembers(orderBy: [{ guardianOf: ASC }]) { totalCount } }";
        assert_eq!(site.refusal(&officer(), order).await, "FIELD_NOT_SHARED");
    }
}
