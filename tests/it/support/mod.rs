//! Worlds to test in: a real database with the demo population, and a gateway over it.

pub mod callers;
pub mod codes;
pub mod emergency;
pub mod http;
pub mod receipts;
pub mod world;

pub use callers::{CALLERS, caller, demo_request};
pub use emergency::open_emergency;
pub use world::{Backend, World, backends};

use migrant_gateway::{app::Gateway, auth::Caller, graphql::Request};
use serde_json::{Map, Value, json};

/// The whole answer of a gateway, as HTTP would carry it.
pub async fn ask(gateway: &Gateway, caller: &Caller, query: &str) -> Value {
    ask_with(gateway, caller, query, json!({})).await
}

/// The same with variables.
pub async fn ask_with(gateway: &Gateway, caller: &Caller, query: &str, variables: Value) -> Value {
    let variables = match variables {
        Value::Object(variables) => variables,
        _ => Map::new(),
    };
    let request = Request { query: query.to_owned(), variables, ..Request::default() };
    let answer = gateway.answer(caller, None, request).await;
    match answer.result {
        Ok(data) => {
            json!({ "data": serde_json::from_slice::<Value>(&data).expect("answers are JSON") })
        }
        Err(error) => json!({ "errors": error.to_json_list() }),
    }
}

/// The code of an answer's first error.
pub fn code(answer: &Value) -> Option<&str> {
    answer["errors"][0]["extensions"]["code"].as_str()
}
