//! One emergency access at a time, whichever gateways are asked at the same moment.

use std::time::Duration;

use serde_json::{Value, json};

use super::rounds;
use crate::{
    records::{process::Installation, sql},
    support::{World, backends},
};

const AT_ONCE: usize = 10;

/// Most emergencies that an organization opens on a day.
const OF_A_DAY: usize = 20;

const OPEN: &str = "mutation($number: String) { openBreakGlass(idNumber: $number, reasonCode: \
    UNCONSCIOUS, reasonText: \"found at the road\") { id } }";
const CLOSE: &str = "mutation($id: ID!) { closeBreakGlass(id: $id) { id } }";
const OPENED: &str = "SELECT COUNT(*) FROM break_glass WHERE closed_at IS NULL";

async fn ask(url: &str, token: &str, query: &str, variables: Value) -> Value {
    let body = json!({ "query": query, "variables": variables });
    let request = reqwest::Client::new().post(url).bearer_auth(token).json(&body);
    request.send().await.expect("an answer").json().await.expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn of_emergencies_opened_at_once_through_two_gateways_one_stands() {
    for backend in backends("of_emergencies_opened_at_once_through_two_gateways") {
        let world = World::new(backend).await;
        let installation = Installation::over(&world);
        let servers = [installation.serve(), installation.serve()];
        let token = installation.token(&[
            "--role=HE",
            "--purpose=P-ETR",
            "--unit=220102",
            "--organization=220102-EMS",
            "--subject=dr.li",
        ]);
        let numbers =
            "SELECT id_number FROM person WHERE id_number IS NOT NULL ORDER BY id LIMIT 20";
        let numbers: Vec<String> = sql::column(&world.db, numbers).await;
        for number in numbers.iter().take(rounds(6).min(OF_A_DAY)) {
            let mut asking = tokio::task::JoinSet::new();
            for turn in 0..AT_ONCE {
                let (url, token) = (servers[turn % 2].graphql(), token.clone());
                let number = number.clone();
                asking.spawn(async move {
                    // Some begin before others and come to the lock after them.
                    tokio::time::sleep(Duration::from_micros(150 * (turn as u64 % 4))).await;
                    ask(&url, &token, OPEN, json!({ "number": number })).await
                });
            }
            let told = asking.join_all().await;
            let opened: Vec<&Value> =
                told.iter().map(|told| &told["data"]["openBreakGlass"]["id"]).collect();
            let opened: Vec<&Value> = opened.into_iter().filter(|id| id.is_string()).collect();
            assert_eq!(opened.len(), 1, "{backend:?}: {told:?}");
            assert_eq!(sql::column::<i64>(&world.db, OPENED).await, [1]);
            let url = servers[1].graphql();
            let closed = ask(&url, &token, CLOSE, json!({ "id": opened[0] })).await;
            assert!(closed["errors"].is_null(), "{closed}");
            assert_eq!(sql::column::<i64>(&world.db, OPENED).await, [0]);
        }
        installation.succeed(&["audit", "verify"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_an_emergency_leaves_none_of_its_clinician_open() {
    let world = World::new(crate::support::Backend::Sqlite).await;
    let installation = Installation::over(&world);
    let server = installation.serve();
    let token = installation.token(&[
        "--role=HE",
        "--purpose=P-ETR",
        "--unit=220102",
        "--organization=220102-EMS",
        "--subject=dr.li",
    ]);
    let number: Vec<String> =
        sql::column(&world.db, "SELECT id_number FROM person WHERE id_number IS NOT NULL LIMIT 1")
            .await;
    let url = server.graphql();
    let told = ask(&url, &token, OPEN, json!({ "number": number[0] })).await;
    let id = &told["data"]["openBreakGlass"]["id"];
    // As a version that took instants before the lock left them.
    let columns = "person_id, subject, issuer, role, organization_id, unit_id, reason_code, \
                   reason_text, opened_at, expires_at";
    let double =
        format!("INSERT INTO break_glass (id, {columns}) SELECT 99, {columns} FROM break_glass");
    sql::execute(&world.db, &double).await;
    let closed = ask(&url, &token, CLOSE, json!({ "id": id })).await;
    assert!(closed["errors"].is_null(), "{closed}");
    assert_eq!(sql::column::<i64>(&world.db, OPENED).await, [0]);
}
