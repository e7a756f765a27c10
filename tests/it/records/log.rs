//! The log tells operators what happens, and nothing about people, however much is logged.

use serde_json::{Value, json};

use super::{process::Installation, sql};
use crate::support::{World, backends};

const QUERY: &str = "query Find($name: String) { persons(where: { name: { eq: $name } }) \
                     { nodes { name idNumber } } }";

#[tokio::test(flavor = "multi_thread")]
async fn the_fullest_log_holds_no_values_of_requests_or_people() {
    for backend in backends("the_fullest_log_holds_no_values_of_requests_or_people") {
        let world = World::new(backend).await;
        let installation = Installation::over(&world).with("LOG__FILTER", "trace");
        let token = installation.token(&["--role=SU", "--unit=220000", "--person=1"]);
        let values = "SELECT name FROM person WHERE id = 1 \
                      UNION ALL SELECT id_number FROM person WHERE id = 1";
        let values: Vec<String> = sql::column(&world.db, values).await;

        let mut server = installation.serve();
        let body = json!({ "query": QUERY, "variables": { "name": values[0] } });
        let request = reqwest::Client::new().post(server.graphql()).bearer_auth(&token);
        let answer: Value =
            request.json(&body).send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(answer["data"]["persons"]["nodes"][0]["idNumber"], values[1].as_str());
        server.terminate();
        server.wait().expect("it ends");

        let log = server.log();
        assert!(log.contains("serving"), "{log}");
        for value in values.iter().chain([&token]) {
            let line = log.lines().find(|line| line.contains(value.as_str()));
            assert_eq!(line, None, "{backend:?}");
        }
    }
}

/// One line a request: who reads it learns how requests go, and nothing of anybody.
#[tokio::test(flavor = "multi_thread")]
async fn every_request_has_one_line_with_its_receipt_and_no_value_of_anybody() {
    let world = World::new(crate::support::Backend::Sqlite).await;
    let installation = Installation::over(&world).with("LOG__FORMAT", "json");
    let token = installation.token(&["--role=SU", "--unit=220000", "--person=1"]);
    let mut server = installation.serve();
    let base = server.graphql().trim_end_matches("/graphql").to_owned();
    let client = reqwest::Client::new();
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let named = |request: reqwest::RequestBuilder| {
        request
            .header("traceparent", format!("00-{trace}-b7ad6b7169203331-01"))
            .header("x-request-id", "portal-batch-12")
    };
    let query = json!({ "query": "{ persons { nodes { name } } }" });
    let answered = named(client.post(server.graphql())).bearer_auth(&token).json(&query);
    let answered = answered.send().await.expect("an answer");
    let header = |name: &str| answered.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("x-request-id"), "portal-batch-12");
    let parent = header("traceparent");
    assert!(parent.starts_with(&format!("00-{trace}-")) && parent.ends_with("-01"), "{parent}");
    assert!(!parent.contains("b7ad6b7169203331"));
    let receipt = header("x-access-record");
    // Whatever is in a path, a query string or an identifier stays out.
    let number = "229901199501090020";
    for path in [format!("/{number}?q={number}"), format!("/graphql?query={number}")] {
        let asked = client.get(format!("{base}{path}")).header("x-request-id", number);
        let answer = asked.send().await.expect("an answer");
        assert_ne!(answer.headers()["x-request-id"], number);
    }
    client.get(format!("{base}/healthz")).send().await.expect("an answer");
    server.terminate();
    server.wait().expect("it ends");

    let log = server.log();
    assert!(!log.contains(number) && !log.contains(&token), "{log}");
    let lines: Vec<Value> =
        log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let requests: Vec<&Value> = lines
        .iter()
        .map(|line| &line["fields"])
        .filter(|fields| fields["message"] == "request" && fields["status"].is_u64())
        .collect();
    assert_eq!(requests.len(), 3, "health is told at the level debug: {log}");
    let first = requests[0];
    assert_eq!(first["route"], "/graphql");
    assert_eq!((&first["method"], &first["status"]), (&json!("POST"), &json!(200)));
    assert_eq!(first["receipt"], receipt.as_str());
    assert_eq!(first["request_id"], "portal-batch-12");
    assert_eq!(first["trace_id"], trace);
    assert!(first["milliseconds"].as_f64().is_some_and(|took| took > 0.0), "{first}");
    assert_eq!((&requests[1]["route"], &requests[1]["status"]), (&json!("-"), &json!(404)));
    assert_eq!(requests[2]["code"], "UNAUTHENTICATED");
}
