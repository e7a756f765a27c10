//! `schemaChanges`: what the versions of the grants changed in the caller's own schema.

use std::collections::BTreeSet;

use migrant_gateway::policy::{Purpose, Role};
use serde_json::json;

use super::site::{Site, officer};
use crate::support::{CALLERS, backends, caller};

const QUERY: &str = "query($since: DateTime!) { schemaChanges(since: $since) { at grantsVersion change \
    kind field before { level } after { level scope filterable } } }";

#[tokio::test]
async fn the_changes_of_all_time_lead_to_the_schema_of_now_for_every_caller() {
    for backend in backends("schema changes") {
        let site = Site::new(backend).await;
        for (role, purpose) in CALLERS.iter() {
            let caller = caller(*role, *purpose);
            let since = json!({ "since": "1900-01-01T00:00:00Z" });
            let data = site.data_with(&caller, QUERY, since).await;
            let mut shown = BTreeSet::new();
            for change in data["schemaChanges"].as_array().unwrap() {
                let name = format!(
                    "{}.{}",
                    change["kind"].as_str().unwrap(),
                    change["field"].as_str().unwrap()
                );
                let (before, after) =
                    (change["before"].as_array().unwrap(), change["after"].as_array().unwrap());
                assert_eq!(before.len(), usize::from(shown.contains(&name)), "{change}");
                match change["change"].as_str().unwrap() {
                    "REMOVED" => {
                        assert!(after.is_empty() && shown.remove(&name), "{change}");
                    }
                    "ADDED" => assert!(after.len() == 1 && shown.insert(name), "{change}"),
                    other => assert!(other == "CHANGED" && after.len() == 1, "{change}"),
                }
            }
            let query = "{ entitlement { shared { kind field } } }";
            let now = site.data(&caller, query).await;
            for shared in now["entitlement"]["shared"].as_array().unwrap() {
                let name = format!(
                    "{}.{}",
                    shared["kind"].as_str().unwrap(),
                    shared["field"].as_str().unwrap()
                );
                assert!(shown.contains(&name), "{role} {purpose}: {name}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_changed_since_now_and_an_instant_is_an_instant() {
    let site = Site::sqlite().await;
    let asked = |since: &str| json!({ "since": since });
    let data = site.data_with(&officer(), QUERY, asked("2026-11-20T04:00:00Z")).await;
    assert_eq!(data["schemaChanges"], json!([]));
    for wrong in ["yesterday", "2026-11-20", ""] {
        let answer = site.prompt(&officer(), QUERY, asked(wrong)).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "{wrong}: {answer}"
        );
    }
    assert_eq!(
        site.refusal(&officer(), "{ schemaChanges { at } }").await,
        "GRAPHQL_VALIDATION_FAILED"
    );
    // It tells of the caller's role alone.
    let clinic =
        site.data_with(&caller(Role::HC, Purpose::Hr), QUERY, asked("1900-01-01T00:00:00Z")).await;
    let changes = clinic["schemaChanges"].as_array().unwrap();
    let tells = |kind: &str| changes.iter().any(|change| change["kind"] == kind);
    assert!(tells("HealthRecord") && !tells("StigmatizedDiseaseReport"));
}
