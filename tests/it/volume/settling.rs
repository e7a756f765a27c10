//! Counters outlive gateways and are the same on all of them.

use std::time::Duration;

use migrant_gateway::policy::{Purpose, Role};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::reading::{left, names, officer};
use crate::{
    graphql::site::Site,
    records::process::{Installation, Running},
    support::{World, backends},
};

#[tokio::test]
async fn what_was_read_is_known_to_gateways_that_begin_later() {
    for backend in backends("what_was_read_is_known_to_gateways_that_begin_later") {
        let site = Site::new(backend).await;
        assert_eq!(names(&site.gateway, &officer(), 60).await, Ok(60));
        site.gateway.settle_volume().await.unwrap();
        let later = site.world.gateway().await;
        assert_eq!(left(&later, &officer(), "IDENTITY").await, 40);
        assert!(names(&later, &officer(), 41).await.is_err());
    }
}

#[tokio::test]
async fn two_gateways_agree_once_both_have_settled() {
    for backend in backends("two_gateways_agree_once_both_have_settled") {
        let site = Site::new(backend).await;
        let other = site.world.gateway().await;
        for (gateway, first) in [(&site.gateway, 30), (&other, 50), (&site.gateway, 10)] {
            assert_eq!(names(gateway, &officer(), first).await, Ok(first as usize));
        }
        for gateway in [&site.gateway, &other, &site.gateway] {
            gateway.settle_volume().await.unwrap();
        }
        for gateway in [&site.gateway, &other] {
            assert_eq!(left(gateway, &officer(), "IDENTITY").await, 10);
        }
        // What is settled twice counts once.
        site.gateway.settle_volume().await.unwrap();
        other.settle_volume().await.unwrap();
        assert_eq!(left(&other, &officer(), "IDENTITY").await, 10);
    }
}

async fn ask(server: &Running, token: &str, first: u64) -> (StatusCode, Value) {
    let query = format!("{{ persons(first: {first}) {{ nodes {{ name }} }} }}");
    let request = reqwest::Client::new().post(server.graphql()).bearer_auth(token);
    let response = request.json(&json!({ "query": query })).send().await.expect("an answer");
    (response.status(), response.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_kill_forgets_a_second_s_worth_at_most_and_a_stop_nothing() {
    for backend in backends("a_kill_forgets_a_second_s_worth_at_most") {
        let world = World::new(backend).await;
        let installation = Installation::over(&world);
        let (role, purpose) = (Role::PO.code(), Purpose::Res.code());
        let token = installation.token(&[
            "--role",
            role,
            "--unit=220102",
            "--organization=220102-PSB",
            "--purpose",
            purpose,
            "--subject=officer.7",
        ]);
        let mut server = installation.serve();
        assert_eq!(ask(&server, &token, 60).await.0, StatusCode::OK);
        tokio::time::sleep(Duration::from_millis(1_000)).await;
        server.kill();
        let mut server = installation.serve();
        assert_eq!(ask(&server, &token, 41).await.0, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(ask(&server, &token, 39).await.0, StatusCode::OK);
        server.terminate();
        server.wait().expect("it ends");
        let server = installation.serve();
        let (status, told) = ask(&server, &token, 1).await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(told["errors"][0]["extensions"]["remaining"], 0, "{told}");
    }
}
