//! Refusals leave a record too: with the code, and without subjects.

use std::time::Duration;

use async_trait::async_trait;
use migrant_gateway::{
    app::Gateway,
    auth::Caller,
    graphql::limits::Limits,
    policy::{Purpose, Role},
    read::{Dialect, ReadError, Reader, Rows, Statement},
};
use serde_json::{Value, json};

use super::{sql, trail::*};
use crate::support::{
    World, backends, caller,
    http::{Server, token},
    receipts,
    world::noon,
};

const ALLOWED: &str = "{ persons(first: 3) { nodes { name residences { arrivalDate } } } }";

async fn assert_refused(
    world: &World,
    gateway: &Gateway,
    caller: &Caller,
    purpose: Option<&str>,
    text: &str,
    code: &str,
) {
    let trail = follow(&world.db, gateway, caller, purpose, query(text)).await;
    assert_eq!(trail.answer["extensions"]["code"], code, "{text}: {}", trail.answer);
    assert_eq!(trail.record.decision, code, "{text}");
    assert_eq!(trail.record.row_count, 0, "{text}");
    assert!(trail.subjects.is_empty(), "{text}");
    assert_eq!(trail.record.caller, caller.subject);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_leaves_a_record_with_its_code_and_no_subjects() {
    for backend in backends("a_refusal_leaves_a_record_with_its_code_and_no_subjects") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let worker = caller(Role::CW, Purpose::Res);
        for (text, code) in [
            ("{ persons(first: 3) { nodes { name ethnicity } } }", "FIELD_NOT_SHARED"),
            ("{ persons(first: 3) { nodes { name", "GRAPHQL_PARSE_FAILED"),
            ("{ persons(first: 3) { nodes { shoeSize } } }", "GRAPHQL_VALIDATION_FAILED"),
            ("query A { __typename } query B { __typename }", "BAD_REQUEST"),
            ("query A($n: Int!) { persons(first: $n) { totalCount } }", "BAD_USER_INPUT"),
            ("{ person(id: \"forged\") { name } }", "ID_INVALID"),
            ("{ persons(after: \"forged\") { nodes { name } } }", "CURSOR_INVALID"),
            ("{ persons(first: 100000) { nodes { name } } }", "LIMIT_EXCEEDED"),
        ] {
            assert_refused(&world, &gateway, &worker, None, text, code).await;
        }

        let mut several = caller(Role::CW, Purpose::Res);
        several.purposes = vec![Purpose::Res, Purpose::Sa];
        assert_refused(&world, &gateway, &several, None, ALLOWED, "PURPOSE_REQUIRED").await;
        let other = Some("P-IMM");
        assert_refused(&world, &gateway, &several, other, ALLOWED, "PURPOSE_NOT_ALLOWED").await;
        let mut stranger = caller(Role::CW, Purpose::Res);
        stranger.unit = "999999".to_owned();
        assert_refused(&world, &gateway, &stranger, None, ALLOWED, "CALLER_UNKNOWN").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_read_and_then_refused_has_no_subjects() {
    for backend in backends("an_answer_that_was_read_and_then_refused_has_no_subjects") {
        let world = World::new(backend).await;
        let worker = caller(Role::CW, Purpose::Res);
        let few = Limits { rows: 4, ..Limits::default() };
        let gateway = world.gateway_with(few, |reader| reader).await;
        assert_refused(&world, &gateway, &worker, None, ALLOWED, "TOO_MANY_ROWS").await;
        let soon = Limits { request_ms: 50, ..Limits::default() };
        let gateway = world.gateway_with(soon, |reader| Box::new(Slow(reader))).await;
        assert_refused(&world, &gateway, &worker, None, ALLOWED, "TIMEOUT").await;
    }
}

/// Lets the first level through at once, and everything after it too late.
struct Slow(Box<dyn Reader>);

#[async_trait]
impl Reader for Slow {
    fn dialect(&self) -> Dialect {
        self.0.dialect()
    }

    async fn read(&self, statement: &Statement) -> Result<Rows, ReadError> {
        if statement.sql.contains("residence_registration t0") {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        self.0.read(statement).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_before_it_is_read_leaves_a_record() {
    for backend in backends("what_is_refused_before_it_is_read_leaves_a_record") {
        let world = World::new(backend).await;
        let server = Server::start(world.gateway().await).await;
        let token = token(&world, Role::CW, Purpose::Res, noon());
        let long = format!("{{ __typename }} #{}", "x".repeat(200_000));
        for (body, code) in [
            (json!([{ "query": ALLOWED }]), "BAD_REQUEST"),
            (json!({ "query": 1 }), "BAD_REQUEST"),
            (json!({ "query": long }), "REQUEST_TOO_LARGE"),
        ] {
            let response = server.post(&token, &body).await;
            let seq = receipts::of(&response).expect("a receipt");
            let record = sql::record(&world.db, seq).await;
            let answer: Value = response.json().await.expect("JSON");
            assert_eq!(answer["errors"][0]["extensions"]["code"], code);
            assert_eq!((record.decision.as_str(), record.row_count), (code, 0));
            assert_eq!(record.role, "CW");
            assert!(sql::subjects(&world.db, record.seq).await.is_empty());
        }

        let before = sql::last(&world.db).await;
        let response = server.post("nobody", &json!({ "query": ALLOWED })).await;
        assert_eq!(response.status(), 401);
        assert!(!response.headers().contains_key("x-access-record"));
        assert_eq!(sql::last(&world.db).await, before, "whom nobody knows, no record can name");
        server.stop().await;
    }
}
