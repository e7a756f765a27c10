//! A database that was filled before the purposes were limited, updated.

use migrant_gateway::{db, policy::Role};
use serde_json::json;

use super::{
    by_hand::findings,
    office::{Office, cell, steward},
};
use crate::{
    records::{process::Installation, sql},
    support::{backends, code},
};

/// Takes away what the update brought.
const BEFORE: [&str; 4] = [
    "DELETE FROM sharing_grant WHERE version = 2",
    "DELETE FROM grant_version WHERE version = 2",
    "DELETE FROM legal_basis WHERE id > 25",
    "DELETE FROM seaql_migrations WHERE version = 'm20261125_000031_purpose_limitation'",
];

async fn approved(office: &Office, cell: serde_json::Value) -> i64 {
    let id = office.propose(&steward("chen", Role::SH), &[cell]).await;
    let colleague = office.decide(&steward("liu", Role::SH), "approve", id).await;
    let made = if code(&colleague).is_none() {
        colleague
    } else {
        office.approve(&steward("zhao", Role::DP), id).await
    };
    assert_eq!(made["status"], "APPROVED", "{made}");
    made["version"].as_i64().expect("a version")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_limits_what_there_is_and_its_version_is_explained_by_the_acts_before_it() {
    for backend in backends("an_update_limits_what_there_is_and_its_version_is_explained") {
        let office = Office::new(backend).await;
        for sql in BEFORE {
            sql::execute(&office.world.db, sql).await;
        }
        sql::execute(&office.world.db, "UPDATE gateway_state SET version = version + 1").await;
        office.gateway.look().await.unwrap();
        assert_eq!(office.version(), 1);
        // One that the purpose needs, and one that it does not.
        assert_eq!(approved(&office, cell("HC", "P-HR", "G13", "masked")).await, 2);
        let beyond = cell("HC", "P-HE", "HealthRecord.bloodType", "full");
        assert_eq!(approved(&office, beyond).await, 3);

        db::migrate(&office.world.db).await.unwrap();
        sql::execute(&office.world.db, "UPDATE gateway_state SET version = version + 1").await;
        office.gateway.look().await.unwrap();
        assert_eq!(office.version(), 4);
        let auditor = steward("auditor", Role::AU);
        let level = async |purpose: &str, kind: &str, field: &str| {
            let query = format!(
                "{{ explain(role: \"HC\", purpose: \"{purpose}\", kind: \"{kind}\", \
                 field: \"{field}\", position: SELECT) {{ level grantVersion }} }}"
            );
            let mut data = office.data(&auditor, &query, json!({})).await;
            data["explain"].take()
        };
        let shown = |level: &str, version: i64| json!({ "level": level, "grantVersion": version });
        assert_eq!(level("P-HR", "HealthRecord", "establishedOn").await, shown("masked", 2));
        assert_eq!(level("P-HE", "HealthRecord", "bloodType").await, shown("none", 4));
        assert_eq!(level("P-HE", "Person", "name").await, shown("full", 1));
        assert_eq!(level("P-HE", "Person", "sex").await, shown("none", 4));
        assert_eq!(level("P-IMM", "HealthRecord", "establishedOn").await, shown("none", 4));
        assert_eq!(approved(&office, cell("HC", "P-NCD", "G13", "masked")).await, 5);
        let installation = Installation::over(&office.world);
        assert_eq!(findings(&installation), [""; 0]);
        sql::execute(
            &office.world.db,
            "UPDATE sharing_grant SET level = 'full', scope = 'c' WHERE version = 4 \
             AND role = 'HC' AND purpose = 'P-HE' AND field_group = 'G04'",
        )
        .await;
        let found = findings(&installation).join("\n");
        assert!(found.contains("grant 4 HC P-HE G04: differs"), "{found}");
    }
}
