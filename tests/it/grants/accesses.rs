//! What those who oversee are shown of accesses that tell of specially protected data.

use migrant_gateway::policy::{Purpose, Role};
use serde_json::{Value, json};

use super::office::{Office, steward};
use crate::support::{backends, caller, code};

const EVENTS: &str = "query($purpose: String) { protectedAccesses(purpose: $purpose) { record at department \
     purpose decision organization fieldCount fieldClasses personCount actorRef } }";

async fn events(office: &Office, auditor: &str, role: Role) -> Vec<Value> {
    let data = office.data(&steward(auditor, role), EVENTS, json!({})).await;
    data["protectedAccesses"].as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_that_tells_of_c4_is_an_event_without_a_person() {
    for backend in backends("an_access_that_tells_of_c4_is_an_event_without_a_person") {
        let office = Office::populated(backend).await;
        let desk = caller(Role::HX, Purpose::Stg);
        for fields in ["id", "id stigmatizedDiseaseCode"] {
            let query =
                format!("{{ stigmatizedDiseaseReports(first: 2) {{ nodes {{ {fields} }} }} }}");
            assert_eq!(office.ask(&desk, &query, json!({})).await["errors"], Value::Null);
        }
        let harmless = "{ persons(first: 2) { nodes { name } } }";
        office.ask(&caller(Role::PO, Purpose::Res), harmless, json!({})).await;

        let found = events(&office, "auditor", Role::AU).await;
        assert_eq!(found.len(), 2, "{found:?}");
        for event in &found {
            assert_eq!(event["department"], "health");
            assert_eq!(
                (&event["purpose"], &event["decision"]),
                (&json!("P-STG"), &json!("allowed"))
            );
            assert_eq!(event["organization"], "医疗机构");
            assert!(event["personCount"].as_i64().unwrap() >= 1, "{event}");
        }
        assert!(found[0]["fieldClasses"].as_array().unwrap().contains(&json!("C4")), "{found:?}");
        // The same caller has one pseudonym, which is this auditor's alone.
        assert_eq!(found[0]["actorRef"], found[1]["actorRef"]);
        let others = events(&office, "another", Role::AU).await;
        assert_ne!(others[0]["actorRef"], found[0]["actorRef"]);
        let told = json!(found).to_string();
        for name in ["test.health", "220102-STG", "stigmatized", "hiv_sti"] {
            assert!(!told.contains(name), "{name}: {told}");
        }
        assert_eq!(events(&office, "zhao", Role::DP).await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_sees_the_events_of_its_unit_and_a_steward_has_no_such_field() {
    for backend in backends("an_auditor_sees_the_events_of_its_unit_and_a_steward_has_none") {
        let office = Office::populated(backend).await;
        let query = "{ stigmatizedDiseaseReports(first: 2) { nodes { id } } }";
        office.ask(&caller(Role::HX, Purpose::Stg), query, json!({})).await;
        for (unit, expected) in [("220102", 1), ("220100", 1), ("220103", 0)] {
            let mut auditor = steward("auditor", Role::AU);
            auditor.unit = unit.to_owned();
            let data = office.data(&auditor, EVENTS, json!({})).await;
            assert_eq!(data["protectedAccesses"].as_array().unwrap().len(), expected, "{unit}");
        }
        for role in Role::STEWARDS {
            let refused = office.ask(&steward("wang", role), EVENTS, json!({})).await;
            assert_eq!(code(&refused), Some("GRAPHQL_VALIDATION_FAILED"), "{role}: {refused}");
        }
        // What the log of the own purpose shows has no such row.
        let log = "{ accessEvents(first: 500) { nodes { purpose } } }";
        let data = office.data(&caller(Role::AU, Purpose::Aud), log, json!({})).await;
        let rows = data["accessEvents"]["nodes"].as_array().unwrap();
        assert!(rows.iter().all(|row| row["purpose"] != "P-STG"), "{rows:?}");
    }
}
