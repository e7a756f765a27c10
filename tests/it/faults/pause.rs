//! A gateway that stood still answers nothing by what was true before.

use std::time::Duration;

use super::{load::status, rounds};
use crate::{
    records::{crash::clinician, process::Installation, sql},
    support::{World, backends},
};

const QUERY: &str = "{ persons(first: 1) { nodes { name } } }";

const AT_ONCE: usize = 80;

/// Closes names to the clinicians or opens them again, by hand; both for 3 and for 9 seconds.
fn change(closed: bool) -> String {
    let level = if closed { "'none'" } else { "'full'" };
    format!(
        "INSERT INTO sharing_grant SELECT (SELECT MAX(id) FROM sharing_grant) + 1, \
         (SELECT MAX(version) FROM sharing_grant) + 1, role, field_group, field, {level}, scope, \
         purpose, legal_basis_id, covers_minors, valid_from, valid_until FROM sharing_grant \
         WHERE role = 'HC' AND purpose = 'P-HR' AND field_group = 'G02' AND field IS NULL \
         ORDER BY version DESC LIMIT 1"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_gateway_looks_before_it_answers_by_grants_of_before() {
    for backend in backends("a_paused_gateway_looks_before_it_answers") {
        let world = World::new(backend).await;
        let installation = Installation::over(&world);
        let server = installation.serve();
        let token = clinician(&installation, "clinic");
        assert_eq!(status(&server, &token, QUERY).await.0, 200);
        for round in 0..rounds(1) {
            for seconds in [3, if round % 2 == 0 { 2 } else { 9 }] {
                server.signal("STOP");
                sql::execute(&world.db, &change(true)).await;
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                let mut waiting = tokio::task::JoinSet::new();
                for _ in 0..AT_ONCE {
                    let (url, token) = (server.graphql(), token.clone());
                    waiting.spawn(async move {
                        let request = reqwest::Client::new().post(url).bearer_auth(token);
                        let body = serde_json::json!({ "query": QUERY });
                        let answer = request.json(&body).send().await.expect("an answer");
                        answer.status().as_u16()
                    });
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
                server.signal("CONT");
                let answered: Vec<u16> = waiting.join_all().await;
                let old = answered.iter().filter(|status| **status == 200).count();
                // Errors of GraphQL are 200 for this media type: what counts is what they say.
                let after = status(&server, &token, QUERY).await;
                assert_eq!(after.1.as_deref(), Some("FIELD_NOT_SHARED"), "{backend:?}");
                let allowed = "SELECT COUNT(*) FROM access_record WHERE decision = 'allowed'";
                let allowed: Vec<i64> = sql::column(&world.db, allowed).await;
                let turn = 2 * round as i64 + i64::from(seconds != 3);
                assert_eq!(allowed, [1 + turn], "{backend:?}: {old} were answered");
                sql::execute(&world.db, &change(false)).await;
                tokio::time::sleep(Duration::from_secs(2)).await;
                assert_eq!(status(&server, &token, QUERY).await, (200, None), "{backend:?}");
            }
        }
    }
}
