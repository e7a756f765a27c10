//! Past versions, what differs between them, and bringing one back.

use migrant_gateway::policy::Role;
use serde_json::json;

use super::office::{NECESSITY, Office, dwelling, steward};
use crate::support::backends;

#[tokio::test(flavor = "multi_thread")]
async fn a_past_version_comes_back_as_a_proposal_of_what_differs() {
    for backend in backends("a_past_version_comes_back_as_a_proposal_of_what_differs") {
        let office = Office::new(backend).await;
        let (wang, li) = (steward("wang", Role::SP), steward("li", Role::SG));
        let first = office.version();
        let id = office.propose(&wang, &[dwelling()]).await;
        office.approve(&li, id).await;
        let revoke = "mutation { revokeGrant(role: \"GG\", purpose: \"P-REF\", target: \"G02\") }";
        office.data(&wang, revoke, json!({})).await;

        let restore = "mutation($version: Int!, $why: String!) { \
             restoreVersion(version: $version, necessity: $why) \
             { id restoresVersion cells { target level } } }";
        let variables = json!({ "version": first, "why": NECESSITY });
        let made = &office.data(&wang, restore, variables).await["restoreVersion"];
        assert_eq!(made["restoresVersion"], first);
        let cells = json!([
            { "target": "G02", "level": "masked" },
            { "target": "ResidenceRegistration.dwellingType", "level": "none" },
        ]);
        assert_eq!(made["cells"], cells);
        office.approve(&li, made["id"].as_i64().unwrap()).await;

        let auditor = steward("auditor", Role::AU);
        let versions = "{ grantVersions { version proposal summary } }";
        let data = office.data(&auditor, versions, json!({})).await;
        let versions = data["grantVersions"].as_array().unwrap();
        let numbers: Vec<i64> =
            versions.iter().map(|version| version["version"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1..=first + 3).rev().collect::<Vec<_>>());

        let diff = "query($from: Int!, $to: Int!) { grantDiff(from: $from, to: $to) \
             { before { target level } after { target level } } }";
        let between = |from, to| json!({ "from": from, "to": to });
        let data = office.data(&auditor, diff, between(first, first + 1)).await;
        let opened = json!([{ "before": null, "after": { "target": "ResidenceRegistration.dwellingType", "level": "full" } }]);
        assert_eq!(data["grantDiff"], opened);
        assert_eq!(office.refusal(&auditor, diff, between(first, first + 9)).await, "NOT_FOUND");
        let again = json!({ "version": first, "why": NECESSITY });
        assert_eq!(office.refusal(&wang, restore, again).await, "CONFLICT", "it is so already");
        let never = json!({ "version": 99, "why": NECESSITY });
        assert_eq!(office.refusal(&wang, restore, never).await, "NOT_FOUND");
    }
}
