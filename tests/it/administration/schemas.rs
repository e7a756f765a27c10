//! What a role may not do has no field in its schema; what is no administration has none at all.

use migrant_gateway::policy::{Purpose, Role};
use serde_json::json;

use crate::{
    grants::office::{Office, steward},
    support::{Backend, caller, code},
};

const ASK: &str = "{ grantsVersion }";
const CHANGE: &str = "mutation { suspendClient(client: \"x\") { suspended } }";

#[tokio::test]
async fn stewards_and_the_officer_change_and_the_auditor_reads_and_signs_cases() {
    let office = Office::new(Backend::Sqlite).await;
    let actors = Role::STEWARDS.into_iter().chain([Role::DP]);
    for role in actors {
        let told = office.data(&steward("li", role), ASK, json!({})).await;
        assert_eq!(told["grantsVersion"], 2);
        assert_eq!(office.refusal(&steward("li", role), CHANGE, json!({})).await, "NOT_FOUND");
        let definition = office.gateway.schema_of(&steward("li", role), None).unwrap();
        assert!(definition.contains("type Mutation"), "{role}");
        assert!(!definition.contains("type Person "), "{role} sees nobody's data");
    }
    let auditor = steward("li", Role::AU);
    office.data(&auditor, ASK, json!({})).await;
    assert_eq!(office.refusal(&auditor, CHANGE, json!({})).await, "GRAPHQL_VALIDATION_FAILED");
    let definition = office.gateway.schema_of(&auditor, None).unwrap();
    let changes =
        definition.split("type Mutation {").nth(1).and_then(|rest| rest.split('}').next());
    let changes = changes.expect("the auditor signs audit cases").matches("AuditCase(").count();
    assert_eq!(changes, 3, "and changes nothing else: {definition}");
    assert!(!definition.contains("lookIntoAuditCase"), "nor looks into them");
}

#[tokio::test]
async fn no_other_role_has_a_field_of_administration() {
    let office = Office::populated(Backend::Sqlite).await;
    for role in Role::ALL {
        for purpose in Purpose::of(role) {
            for query in [ASK, CHANGE, "{ acts { record } }", "{ clients { name } }"] {
                let answer = office.ask(&caller(role, purpose), query, json!({})).await;
                let refused = code(&answer);
                assert_eq!(refused, Some("GRAPHQL_VALIDATION_FAILED"), "{role} {purpose} {query}");
            }
        }
        if ![Role::DP, Role::AU].contains(&role) {
            let answer = office.ask(&steward("li", role), ASK, json!({})).await;
            assert!(answer["data"].is_null(), "{role} has no P-ADM: {answer}");
        }
    }
}

#[tokio::test]
async fn one_request_makes_one_change() {
    let office = Office::new(Backend::Sqlite).await;
    let twice = "mutation { a: suspendClient(client: \"x\") { suspended } \
        b: suspendClient(client: \"y\") { suspended } }";
    let refused = office.refusal(&steward("li", Role::SH), twice, json!({})).await;
    assert_eq!(refused, "BAD_USER_INPUT");
}
