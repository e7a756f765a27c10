//! Who handles data for others sees it by a contract that says until when (PIPL 21): commissioned societies
//! nothing without one, grid workers beside consents the cases that they were entrusted with.

use migrant_gateway::policy::{Purpose, Role};
use sea_orm::ConnectionTrait as _;
use serde_json::Value;

use super::site::Site;
use crate::support::{backends, caller};

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn change(site: &Site, sql: &str) {
    site.world.db.execute_unprepared(sql).await.unwrap();
    site.gateway.refresh_directory().await.unwrap();
}

async fn of_organization(site: &Site, code: &str, contract: &str, ends: &str) {
    let sql = format!(
        "UPDATE organization SET contract = {contract}, contract_ends_on = {ends} WHERE code = '{code}'"
    );
    change(site, &sql).await;
}

const PERSONS: &str = "{ persons(first: 500) { nodes { id } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_society_sees_nothing_without_a_contract_with_number_and_end() {
    for backend in backends("a_society_sees_nothing_without_a_contract_with_number_and_end") {
        let site = Site::new(backend).await;
        let society = caller(Role::VN, Purpose::Lb);
        assert!(!site.nodes(&society, PERSONS).await.is_empty());
        for (contract, ends) in [
            ("NULL", "'2030-01-01'"),
            ("'WT-1'", "NULL"),
            ("'  '", "'2030-01-01'"),
            // The day of the test is the first without it.
            ("'WT-1'", "'2026-11-20'"),
        ] {
            of_organization(&site, "220102-SOC", contract, ends).await;
            let answer = site.prompt(&society, PERSONS, Value::Null).await;
            let extensions = &answer["errors"][0]["extensions"];
            assert_eq!(extensions["code"], "FIELD_NOT_SHARED", "{contract} {ends}: {answer}");
            assert_eq!(extensions["reason"], "NEEDS_CONTRACT", "{answer}");
        }
        of_organization(&site, "220102-SOC", "'WT-1'", "'2026-11-21'").await;
        assert!(!site.nodes(&society, PERSONS).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grid_worker_sees_who_consented_and_whom_a_contract_entrusts_and_no_other_caseload() {
    for backend in backends("a_grid_worker_sees_who_consented_and_whom_a_contract_entrusts") {
        let site = Site::new(backend).await;
        let grid = caller(Role::GG, Purpose::Ref);
        let consented = site.nodes(&grid, PERSONS).await.len();
        assert!(consented > 0);
        // On its books, but nobody consented any more: nothing is seen.
        change(&site, "DELETE FROM consent WHERE recipient_department = 'governance'").await;
        assert_eq!(site.nodes(&grid, PERSONS).await.len(), 0, "a caseload is no basis");
        of_organization(&site, "220102-GRD", "'WT-7'", "'2030-01-01'").await;
        assert_eq!(site.nodes(&grid, PERSONS).await.len(), 0, "nothing was entrusted");
        let entrust = "UPDATE caseload SET contract = 'WT-7' WHERE organization_id = \
             (SELECT id FROM organization WHERE code = '220102-GRD')";
        change(&site, entrust).await;
        assert!(!site.nodes(&grid, PERSONS).await.is_empty(), "by contract");
        of_organization(&site, "220102-GRD", "'WT-8'", "'2030-01-01'").await;
        assert_eq!(site.nodes(&grid, PERSONS).await.len(), 0, "another contract");
        of_organization(&site, "220102-GRD", "'WT-7'", "'2026-11-20'").await;
        assert_eq!(site.nodes(&grid, PERSONS).await.len(), 0, "it is over");
    }
}
