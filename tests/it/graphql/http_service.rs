//! The other paths: health, the caller's schema, and everything that is not there.

use std::time::Duration;

use async_trait::async_trait;
use migrant_gateway::{
    graphql::limits::Limits,
    policy::{Purpose, Role},
    read::{Dialect, ReadError, Reader, Rows, Statement},
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    http_accept::{GRAPHQL, JSON, Wire, header, outcome},
    site::Site,
};
use crate::support::{
    Backend, World, backends,
    http::{Server, token},
    world::noon,
};

/// A database that is gone.
struct Gone;

#[async_trait]
impl Reader for Gone {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn read(&self, _: &Statement) -> Result<Rows, ReadError> {
        Err(ReadError::Unavailable)
    }
}

async fn get(server: &Server, path: &str) -> (u16, Value) {
    let response = server.client.get(format!("{}{path}", server.base)).send().await.unwrap();
    assert_eq!(header(&response, "cache-control"), "no-store");
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_is_alive_and_ready_without_a_token() {
    for backend in backends("a_gateway_is_alive_and_ready_without_a_token") {
        let site = Site::new(backend).await;
        let server = Server::start(site.gateway.clone()).await;
        assert_eq!(get(&server, "/healthz").await, (200, json!({ "status": "alive" })));
        let ready = json!({ "reads": "ok", "records": "ok", "policy": "ok", "volume": "ok" });
        assert_eq!(get(&server, "/readyz").await, (200, ready));
        server.stop().await;
    }
}

#[tokio::test]
async fn a_gateway_whose_database_is_gone_is_alive_and_not_ready() {
    let world = World::new(Backend::Sqlite).await;
    let gateway = world.gateway_with(Limits::default(), |_| Box::new(Gone)).await;
    let server = Server::start(gateway.clone()).await;
    let unready =
        json!({ "reads": "unavailable", "records": "ok", "policy": "ok", "volume": "ok" });
    assert_eq!(get(&server, "/readyz").await, (503, unready));
    let token = token(&world, Role::PO, Purpose::Res, noon());
    let query = json!({ "query": "{ persons { totalCount } }" });
    let answer = outcome(server.post(&token, &query).await).await;
    assert_eq!(answer, (503, Some("DATABASE_UNAVAILABLE".to_owned())));

    world.db.clone().close().await.unwrap();
    // A commit speaks for what comes within a tenth of a second after it.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let gone =
        json!({ "reads": "unavailable", "records": "unavailable", "policy": "ok", "volume": "ok" });
    assert_eq!(get(&server, "/readyz").await, (503, gone));
    assert_eq!(get(&server, "/healthz").await, (200, json!({ "status": "alive" })));
    let response = server.post(&token, &json!({ "query": "{ __typename }" })).await;
    assert_eq!(header(&response, "x-access-record"), "");
    assert_eq!(outcome(response).await, (503, Some("RECORD_UNAVAILABLE".to_owned())));
}

#[tokio::test]
async fn the_schema_of_a_caller_is_the_one_it_may_ask() {
    let wire = Wire::start().await;
    let path = format!("{}/schema.graphql", wire.server.base);
    let fetch = |token: String| wire.server.client.get(&path).bearer_auth(token).send();
    let response = fetch(wire.token.clone()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "cache-control"), "private, no-cache");
    let police = response.text().await.unwrap();
    let analyst = token(&wire.site.world, Role::HA, Purpose::Stat, noon());
    let analyst = fetch(analyst).await.unwrap().text().await.unwrap();
    assert!(police.contains("idNumber") && !police.contains("type HealthRecord "));
    assert!(analyst.contains("personStats") && !analyst.contains("idNumber"));

    let missing = wire.server.client.get(&path).send().await.unwrap();
    assert_eq!(outcome(missing).await, (401, Some("UNAUTHENTICATED".to_owned())));
    let foreign =
        wire.server.client.get(&path).bearer_auth(&wire.token).header("x-purpose", "P-HR");
    let answer = outcome(foreign.send().await.unwrap()).await;
    assert_eq!(answer, (403, Some("PURPOSE_NOT_ALLOWED".to_owned())));
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_is_not_done_is_405() {
    let wire = Wire::start().await;
    for (method, path, status) in [
        (Method::GET, "/", 404),
        (Method::GET, "/graphql/", 404),
        (Method::POST, "/graphql/persons", 404),
        (Method::GET, "/../etc/passwd", 404),
        (Method::GET, "/%00", 404),
        (Method::GET, "/schema", 404),
        (Method::PUT, "/graphql", 405),
        (Method::DELETE, "/graphql", 405),
        (Method::PATCH, "/graphql", 405),
        (Method::OPTIONS, "/graphql", 405),
        (Method::POST, "/schema.graphql", 405),
        (Method::POST, "/healthz", 405),
        (Method::DELETE, "/readyz", 405),
    ] {
        let request =
            wire.server.client.request(method.clone(), format!("{}{path}", wire.server.base));
        let response = request.bearer_auth(&wire.token).send().await.unwrap();
        // RFC 9110, 15.5.6: a 405 names what is allowed.
        assert_eq!(header(&response, "allow").is_empty(), status != 405, "{method} {path}");
        let code = if status == 405 { "METHOD_NOT_ALLOWED" } else { "BAD_REQUEST" };
        assert_eq!(outcome(response).await, (status, Some(code.to_owned())), "{method} {path}");
    }
}

#[tokio::test]
async fn a_head_request_answers_like_a_get_without_a_body() {
    let wire = Wire::start().await;
    let url = format!("{}?query=%7B__typename%7D", wire.server.graphql());
    let response = wire.server.client.head(url).bearer_auth(&wire.token).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "cache-control"), "no-store");
    assert!(response.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn no_answer_opens_itself_to_scripts_of_other_origins() {
    let wire = Wire::start().await;
    let headers = [("content-type", JSON), ("origin", "https://evil.example"), ("accept", GRAPHQL)];
    let response = wire.post(&headers, json!({ "query": "{ __typename }" }).to_string()).await;
    assert!(response.headers().keys().all(|name| !name.as_str().starts_with("access-control")));
}
