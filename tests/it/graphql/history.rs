//! The history of a row — when it was collected, recorded, updated — beside the dates it tells of.

use entity::sharing::Department;
use migrant_gateway::{
    auth::Caller,
    policy::{Purpose, Role},
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::site::{Site, officer};
use crate::support::{CALLERS, backends, caller};

const INSTANTS: [&str; 3] = ["collectedAt", "recordedAt", "updatedAt"];

fn street() -> Caller {
    caller(Role::CW, Purpose::Res)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_instants_of_a_row_are_as_coarse_as_its_masked_dates() {
    for backend in backends("the_instants_of_a_row_are_as_coarse_as_its_masked_dates") {
        let site = Site::new(backend).await;
        let rows = |instants: &str| {
            format!(
                "{{ residenceRegistrations(first: 500) {{ nodes {{ arrivalDate {instants} }} }} }}"
            )
        };
        let county = caller(Role::HO, Purpose::Hr);
        for (caller, instants, length) in
            [(street(), &INSTANTS[..], 7), (county, &INSTANTS[..1], 4)]
        {
            let rows = site.nodes(&caller, &rows(&instants.join(" "))).await;
            assert!(!rows.is_empty());
            for row in rows {
                let arrival = row["arrivalDate"].as_str().unwrap();
                assert_eq!(arrival.len(), length, "{row}");
                for instant in instants {
                    assert_eq!(row[instant].as_str().unwrap().len(), length, "{row}");
                }
            }
        }
        // In full, where the dates are.
        let rows = site.nodes(&officer(), &rows("collectedAt")).await;
        assert!(rows.iter().all(|row| row["collectedAt"].as_str().unwrap().len() > 10));
    }
}

#[tokio::test]
async fn an_instant_granted_in_full_is_as_coarse_as_the_masked_birth_date_beside_it() {
    let site = Site::sqlite().await;
    // The grid of groups gives these roles a person's provenance in full and the birth date masked.
    for caller in [street(), caller(Role::MW, Purpose::Emp)] {
        let query = "{ persons(first: 200) { nodes { birthDate collectedAt updatedAt } } }";
        let mut shown = 0;
        for row in site.nodes(&caller, query).await {
            for value in ["birthDate", "collectedAt", "updatedAt"] {
                // Some rows do not show it.
                let length = row[value].as_str().map_or(4, str::len);
                assert_eq!(length, 4, "{row}");
                shown += usize::from(row[value].is_string());
            }
        }
        assert!(shown > 20, "{shown}");
        for refused in [
            "{ persons(orderBy: [{ updatedAt: DESC }]) { totalCount } }",
            "{ persons(where: { collectedAt: { gt: \"2025-01-01T00:00:00Z\" } }) { totalCount } }",
            "{ persons { nodes { residences(orderBy: [{ recordedAt: ASC }]) { id } } } }",
        ] {
            assert_eq!(site.refusal(&caller, refused).await, "FIELD_NOT_SHARED", "{refused}");
        }
    }
}

#[tokio::test]
async fn who_names_nobody_sees_no_instant_beside_an_age_band() {
    let site = Site::sqlite().await;
    for caller in [caller(Role::HO, Purpose::Hr), caller(Role::VN, Purpose::Lb)] {
        let row =
            &site.nodes(&caller, "{ persons(first: 1) { nodes { birthDate name } } }").await[0];
        let bands = ["0-6", "7-13", "14-17", "18-49", "50-64", "65+"];
        assert!(bands.contains(&row["birthDate"].as_str().unwrap()), "{row}");
        assert_eq!(row["name"], "**");
        for refused in ["collectedAt", "updatedAt", "collectedBy", "sourceSystem"] {
            let query = format!("{{ persons {{ nodes {{ {refused} }} }} }}");
            assert_eq!(site.refusal(&caller, &query).await, "FIELD_NOT_SHARED", "{refused}");
        }
    }
}

/// A number that another department collected changes, with everything writers usually set.
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn change_numbers(site: &Site, of: Department) -> u64 {
    let sql = format!(
        "UPDATE person SET phone = '19999999999', updated_at = '2026-11-19 00:00:00+00:00' \
         WHERE phone_collected_by = '{}'",
        of.code()
    );
    let beside = format!(
        "UPDATE person_collected SET phone = '19999999999', updated_at = {at}, \
         phone_updated_at = {at} WHERE collecting_department = '{}'",
        of.code(),
        at = "'2026-11-19 00:00:00+00:00'"
    );
    site.world.db.execute_unprepared(&beside).await.unwrap();
    site.world.db.execute_unprepared(&sql).await.unwrap().rows_affected()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_of_another_department_moves_no_instant_that_a_role_sees() {
    for backend in backends("a_value_of_another_department_moves_no_instant_that_a_role_sees") {
        let site = Site::new(backend).await;
        let seen = async || {
            let mut all = Vec::new();
            for (role, purpose) in CALLERS.iter() {
                let caller = caller(*role, *purpose);
                if role.department() == Department::CivilAffairs || caller.person.is_some() {
                    continue;
                }
                let query = "{ __type(name: \"Person\") { fields { name } } }";
                let fields = site.data(&caller, query).await["__type"]["fields"].clone();
                let has = |name: &str| {
                    fields.as_array().into_iter().flatten().any(|field| field["name"] == name)
                };
                let shown: Vec<&str> =
                    ["updatedAt", "recordedAt"].into_iter().filter(|name| has(name)).collect();
                if shown.is_empty() {
                    continue;
                }
                let shown = shown.join(" ");
                let query = format!("{{ persons(first: 500) {{ nodes {{ id {shown} }} }} }}");
                all.push((*role, *purpose, site.nodes(&caller, &query).await));
            }
            all
        };
        let before = seen().await;
        assert!(before.iter().any(|(.., rows)| rows.len() > 50));
        assert!(change_numbers(&site, Department::CivilAffairs).await > 20);
        assert_eq!(seen().await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_has_an_instant_of_its_own_for_those_who_collected_it() {
    for backend in backends("a_number_has_an_instant_of_its_own_for_those_who_collected_it") {
        let site = Site::new(backend).await;
        let seen = async || {
            let query = "{ persons(first: 500, where: { phone: { isNull: false } }) { nodes { id \
                         phone phoneUpdatedAt } } }";
            site.nodes(&officer(), query).await
        };
        let before = seen().await;
        assert!(change_numbers(&site, Department::Police).await > 20);
        let after = seen().await;
        assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            assert_ne!(before["phone"], after["phone"]);
            assert_eq!(after["phoneUpdatedAt"], json!("2026-11-19T00:00:00Z"));
        }
        let updated = "{ persons(first: 500) { nodes { updatedAt } } }";
        let rows: Vec<Value> = site.nodes(&officer(), updated).await;
        assert!(rows.iter().all(|row| row["updatedAt"] != "2026-11-19T00:00:00Z"));
    }
}
