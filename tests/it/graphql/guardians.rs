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

/// A guardian in the caller's county, and a ward under 14 with a clinic's record.
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn guardian_and_ward(site: &Site) -> (i64, i64) {
    let rows = household_member::Entity::find().all(&site.world.db).await.unwrap();
    let pair = rows.iter().find_map(|row| Some((row.guardian_person_id?, row.person_id)));
    pair.expect("some child has a guardian")
}

/// Gives a ward a row of each kind that tells of what a guardian does not see from 14 on.
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn give_protected_rows(site: &Site, ward: i64) {
    for table in
        ["maternal_care_record", "severe_mental_disorder_record", "stigmatized_disease_report"]
    {
        let sql = format!(
            "UPDATE {table} SET person_id = {ward} WHERE id = (SELECT min(id) FROM {table})"
        );
        site.world.db.execute_unprepared(&sql).await.unwrap();
    }
    for (group, of) in [("G21", "min"), ("G13", "max")] {
        let sql = format!(
            "UPDATE consent SET person_id = {ward}, field_group = '{group}' \
             WHERE id = (SELECT {of}(id) FROM consent)"
        );
        site.world.db.execute_unprepared(&sql).await.unwrap();
    }
    let record = format!(
        "UPDATE health_record SET person_id = {ward} WHERE id = (SELECT max(id) FROM health_record)"
    );
    site.world.db.execute_unprepared(&record).await.unwrap();
}

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
#[tokio::test(flavor = "multi_thread")]
async fn a_guardian_sees_less_from_fourteen_on_and_nothing_from_eighteen_on() {
    for backend in backends("a_guardian_sees_less_from_fourteen_on_and_nothing_from_eighteen_on") {
        let site = Site::new(backend).await;
        let (guardian, ward) = guardian_and_ward(&site).await;
        give_protected_rows(&site, ward).await;
        // Somebody of the police and somebody of maternal care look the ward up.
        for (role, purpose) in [(Role::PO, Purpose::Res), (Role::HM, Purpose::Mch)] {
            let id = site.id(role.department(), "Person", ward);
            let query = format!("{{ person(id: \"{id}\") {{ id }} }}");
            site.data(&caller(role, purpose), &query).await;
        }
        let mut own = caller(Role::SU, Purpose::Sar);
        own.person = Some(guardian);
        let id = site.id(Department::Subject, "Person", ward);
        let of_ward = async |list: &str, fields: &str| {
            let query = format!("{{ {list}(first: 500) {{ nodes {{ {fields} }} }} }}");
            let rows = site.nodes(&own, &query).await;
            let is_ward =
                |row: &&Value| row["person"]["id"] == id.as_str() || row["id"] == id.as_str();
            rows.iter().filter(is_ward).count()
        };
        for (born, open, closed) in [
            ("2013-11-20", true, true),
            ("2012-11-20", true, false),
            ("2008-11-21", true, false),
            ("2008-11-20", false, false),
        ] {
            let sql = format!("UPDATE person SET birth_date = '{born}' WHERE id = {ward}");
            site.world.db.execute_unprepared(&sql).await.unwrap();
            assert_eq!(of_ward("persons", "id name idNumber phone").await > 0, open, "{born}");
            for list in ["healthRecords", "householdMembers", "residenceRegistrations"] {
                assert_eq!(of_ward(list, "id person { id }").await > 0, open, "{born} {list}");
            }
            for list in
                ["maternalCareRecords", "severeMentalDisorderRecords", "stigmatizedDiseaseReports"]
            {
                assert_eq!(of_ward(list, "id person { id }").await > 0, closed, "{born} {list}");
            }
            let query = "{ consents(first: 500) { nodes { fieldGroup person { id } } } }";
            let groups = site.nodes(&own, query).await;
            let tells = groups
                .iter()
                .any(|row| row["person"]["id"] == id.as_str() && row["fieldGroup"] == "G21");
            assert_eq!(tells, closed, "{born}: a consent to G21");
            let query =
                "{ accessEvents(first: 500) { nodes { department purpose person { id } } } }";
            let events = site.nodes(&own, query).await;
            let by = |purpose: &str| {
                events
                    .iter()
                    .any(|row| row["person"]["id"] == id.as_str() && row["purpose"] == purpose)
            };
            assert_eq!((by("P-RES"), by("P-MCH")), (open, closed), "{born}: accesses");
        }
    }
}
