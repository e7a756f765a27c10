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
