//! A department asks for a field that a refusal says can be requested, and the owner's stewards decide.

use migrant_gateway::{
    auth::Caller,
    policy::{Purpose, Role},
};
use serde_json::{Value, json};

use super::unexplained;
use crate::{
    access::acting::{act, assert_chain},
    grants::office::steward,
    graphql::site::Site,
    support::{ask_with, backends, caller, code},
};

const ASK: &str = "mutation($field: String!, $why: String!, $key: String!) { requestAccess(field: $field, \
    necessity: $why, clientKey: $key) { id field purpose reason state steward stewardLabelZh } }";

const LIST: &str = "{ accessRequests(waiting: true) { id requester role purpose field reason necessity state \
    draft { role purpose target level scope legalBasis coversMinors } } }";

const DECIDE: &str = "mutation($id: Int!, $proposal: Int, $note: String!) { decideAccessRequest(id: $id, \
    proposal: $proposal, note: $note) { state proposal note } }";

fn why() -> &'static str {
    "社区民警上门核实居住登记时需要确认该人是否已建立健康档案，以便告知服务"
}

fn asking(field: &str, key: &str) -> Value {
    json!({ "field": field, "why": why(), "key": key })
}

async fn administer(site: &Site, caller: &Caller, query: &str, with: Value) -> Value {
    ask_with(&site.gateway, caller, query, with).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_refusal_says_can_be_requested_lands_with_the_owners_stewards() {
    for backend in backends("what_a_refusal_says_can_be_requested") {
        let site = Site::new(backend).await;
        let police = caller(Role::PO, Purpose::Res);
        let refused = ask_with(
            &site.gateway,
            &police,
            "{ healthRecords { nodes { establishedOn } } }",
            json!({}),
        )
        .await;
        assert_eq!(refused["errors"][0]["extensions"]["requestable"], true);
        let asked = act(&site.gateway, &police, ASK, asking("HealthRecord.establishedOn", "k1"))
            .await
            .unwrap();
        let asked = &asked["requestAccess"];
        assert_eq!((&asked["state"], &asked["steward"]), (&json!("waiting"), &json!("SH")));
        // Once, however often it is sent.
        let again = act(&site.gateway, &police, ASK, asking("HealthRecord.establishedOn", "k1"))
            .await
            .unwrap();
        assert_eq!(again["requestAccess"]["id"], asked["id"]);
        let other = asking("HealthRecord.recordNumber", "k1");
        assert_eq!(act(&site.gateway, &police, ASK, other).await.unwrap_err(), "CONFLICT");

        let health = steward("zhou", Role::SH);
        let list = administer(&site, &health, LIST, json!({})).await;
        let requests = list["data"]["accessRequests"].as_array().unwrap().clone();
        assert_eq!(requests.len(), 1, "{backend:?} {list}");
        assert_eq!(requests[0]["necessity"], why());
        let draft = &requests[0]["draft"];
        assert_eq!(draft["target"], "HealthRecord.establishedOn");
        // Another department's stewards see none of it, and decide nothing.
        let police_steward = steward("wu", Role::SP);
        let none = administer(&site, &police_steward, LIST, json!({})).await;
        assert_eq!(none["data"]["accessRequests"], json!([]));
        let id = requests[0]["id"].clone();
        let decline = json!({ "id": id, "proposal": null, "note": "不属于居住登记所必需" });
        let foreign = administer(&site, &police_steward, DECIDE, decline.clone()).await;
        assert_eq!(code(&foreign), Some("NOT_FOUND"));
        // A proposal of something else is no answer.
        let made_up = json!({ "id": id, "proposal": 4711, "note": "" });
        assert_eq!(code(&administer(&site, &health, DECIDE, made_up).await), Some("NOT_FOUND"));
        let silent = json!({ "id": id, "proposal": null, "note": " " });
        assert_eq!(code(&administer(&site, &health, DECIDE, silent).await), Some("BAD_USER_INPUT"));
        // The draft is a proposal's cell as it is.
        let propose = "mutation($necessity: String!, $changes: [GrantCellInput!]!) { proposeGrants(necessity: \
                       $necessity, changes: $changes) { id status } }";
        let with = json!({ "necessity": why(), "changes": [draft] });
        let proposed = administer(&site, &health, propose, with).await;
        let proposal = proposed["data"]["proposeGrants"]["id"].clone();
        assert!(proposal.is_number(), "{proposed}");
        let decide = json!({ "id": id, "proposal": proposal, "note": "" });
        let decided = administer(&site, &health, DECIDE, decide).await;
        assert_eq!(decided["data"]["decideAccessRequest"]["state"], "proposed", "{decided}");
        let twice = administer(&site, &health, DECIDE, decline).await;
        assert_eq!(code(&twice), Some("CONFLICT"));
        // It opened nothing yet.
        let still = ask_with(
            &site.gateway,
            &police,
            "{ healthRecords { nodes { establishedOn } } }",
            json!({}),
        )
        .await;
        assert_eq!(code(&still), Some("FIELD_NOT_SHARED"));
        assert_chain(&site.world).await;
        assert_eq!(unexplained(&site.world).await, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_steward_could_grant_is_not_requested() {
    let site = Site::sqlite().await;
    let police = caller(Role::PO, Purpose::Res);
    let ask = async |with: Value| act(&site.gateway, &police, ASK, with).await.unwrap_err();
    // Specially protected data stays with health; what is shared in full needs no request.
    let protected = asking("StigmatizedDiseaseReport.stigmatizedDiseaseCode", "k1");
    assert_eq!(ask(protected).await, "FORBIDDEN");
    assert_eq!(ask(asking("Person.name", "k2")).await, "CONFLICT");
    assert_eq!(ask(asking("Person.nothing", "k3")).await, "BAD_USER_INPUT");
    let short = json!({ "field": "HealthRecord.establishedOn", "why": "需要", "key": "k4" });
    assert_eq!(ask(short).await, "BAD_USER_INPUT");
    // Neither the person, nor oversight, nor an emergency asks.
    for (role, purpose) in [
        (Role::SU, Purpose::Sar),
        (Role::AU, Purpose::Aud),
        (Role::DP, Purpose::Sar),
        (Role::HE, Purpose::Etr),
    ] {
        let refused =
            act(&site.gateway, &caller(role, purpose), ASK, asking("Person.phone", "k")).await;
        assert_eq!(refused.unwrap_err(), "GRAPHQL_VALIDATION_FAILED", "{role} {purpose}");
    }
}
