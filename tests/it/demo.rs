//! Every role's demo request returns rows, on both databases.

use migrant_gateway::demo;
use serde_json::Value;

use crate::support::{World, ask, backends, caller};

fn has_rows(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => members.values().any(has_rows),
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_has_a_demo_request_that_returns_rows() {
    for backend in backends("every_role_has_a_demo_request_that_returns_rows") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        for request in demo::requests() {
            let caller = caller(request.role, request.purpose);
            let answer = ask(&gateway, &caller, request.query).await;
            assert!(has_rows(&answer["data"]), "{backend:?} {}: {answer}", request.role);
        }
    }
}
