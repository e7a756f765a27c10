//! A gateway over a world, and the short way to ask it.

use std::{sync::Arc, time::Duration};

use entity::sharing::Department;
use migrant_gateway::{
    app::Gateway,
    auth::Caller,
    error::Code,
    graphql::{Request, ids::Identifiers, limits::Limits},
    policy::{Purpose, Role},
};
use serde_json::{Value, json};

use super::clean::assert_clean;
use crate::support::{Backend, World, ask_with, caller, code};

/// How long any request may take, however hostile. Most take milliseconds; the rest of the bound is
/// for machines on which every other test runs at the same moment.
pub const PROMPTLY: Duration = Duration::from_secs(10);

pub struct Site {
    pub world: World,
    pub gateway: Arc<Gateway>,
}

impl Site {
    pub async fn new(backend: Backend) -> Site {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        Site { world, gateway }
    }

    pub async fn sqlite() -> Site {
        Site::new(Backend::Sqlite).await
    }

    pub async fn limited(limits: Limits) -> Site {
        let world = World::new(Backend::Sqlite).await;
        let gateway = world.gateway_with(limits, |reader| reader).await;
        Site { world, gateway }
    }

    /// The `data` of an answer without errors.
    pub async fn data(&self, caller: &Caller, query: &str) -> Value {
        self.data_with(caller, query, json!({})).await
    }

    pub async fn data_with(&self, caller: &Caller, query: &str, variables: Value) -> Value {
        let mut answer = ask_with(&self.gateway, caller, query, variables.clone()).await;
        assert!(answer["errors"].is_null(), "{query}\n{variables}\n{answer}");
        answer["data"].take()
    }

    /// The nodes of a connection that stands alone at the root.
    pub async fn nodes(&self, caller: &Caller, query: &str) -> Vec<Value> {
        self.nodes_with(caller, query, json!({})).await
    }

    pub async fn nodes_with(&self, caller: &Caller, query: &str, variables: Value) -> Vec<Value> {
        let data = self.data_with(caller, query, variables).await;
        let roots = data.as_object().expect("an object");
        assert_eq!(roots.len(), 1, "one root in {query}");
        let root = roots.values().next().expect("a root");
        root["nodes"].as_array().expect("nodes").clone()
    }

    /// The code of a refusal, which must come promptly and say nothing it should not.
    pub async fn refusal(&self, caller: &Caller, query: &str) -> String {
        self.refusal_with(caller, query, json!({})).await
    }

    pub async fn refusal_with(&self, caller: &Caller, query: &str, variables: Value) -> String {
        let answer = self.prompt(caller, query, variables).await;
        match code(&answer) {
            Some(code) => code.to_owned(),
            None => panic!("was answered: {}\n{answer}", shortened(query)),
        }
    }

    /// Any answer: it comes promptly, and an error has a code and is clean.
    pub async fn prompt(&self, caller: &Caller, query: &str, variables: Value) -> Value {
        let asked = ask_with(&self.gateway, caller, query, variables);
        let answer = tokio::time::timeout(PROMPTLY, asked)
            .await
            .unwrap_or_else(|_| panic!("no answer within {PROMPTLY:?}: {}", shortened(query)));
        if !answer["errors"].is_null() {
            let code = code(&answer).unwrap_or_else(|| panic!("no code: {answer}"));
            assert!(Code::ALL.iter().any(|known| known.as_str() == code), "unknown code {code}");
            assert_ne!(code, Code::Internal.as_str(), "{}\n{answer}", shortened(query));
            assert_ne!(code, Code::DatabaseUnavailable.as_str(), "{}\n{answer}", shortened(query));
            assert_clean(&answer["errors"].to_string());
        }
        answer
    }

    /// The same with an operation name.
    pub async fn named(&self, caller: &Caller, query: &str, operation: &str) -> Value {
        let request = Request {
            query: query.to_owned(),
            operation_name: Some(operation.to_owned()),
            ..Request::default()
        };
        match self.gateway.answer(caller, None, request).await.result {
            Ok(data) => serde_json::from_slice(&data).expect("answers are JSON"),
            Err(error) => error.code.as_str().into(),
        }
    }

    /// The identifier by which a department knows a row.
    pub fn id(&self, department: Department, kind: &str, key: i64) -> String {
        Identifiers::new(&self.world.secrets, department).id(kind, key)
    }
}

/// The community police officer: sees what the police collected in the county, all of it in full.
pub fn officer() -> Caller {
    caller(Role::PO, Purpose::Res)
}

/// The values of one member of every row.
pub fn column<'v>(rows: &'v [Value], name: &str) -> Vec<&'v Value> {
    rows.iter().map(|row| &row[name]).collect()
}

fn shortened(query: &str) -> String {
    query.chars().take(300).collect()
}
