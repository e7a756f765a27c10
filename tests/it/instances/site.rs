//! Two servers over one database.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    records::process::{Installation, Running},
    support::{Backend, World, backends},
};

/// How long a change may take to reach every instance.
pub const AT_ONCE: Duration = Duration::from_secs(1);

/// Two instances, their database and who may ask them.
pub struct Site {
    pub world: World,
    pub installation: Installation,
    pub servers: [Running; 2],
}

impl Site {
    /// `None` where PostgreSQL is not installed.
    pub async fn start(
        test: &str,
        configure: impl FnOnce(Installation) -> Installation,
    ) -> Option<Self> {
        if !backends(test).contains(&Backend::Postgres) {
            return None;
        }
        let world = World::new(Backend::Postgres).await;
        let installation = configure(Installation::over(&world));
        let servers = [installation.serve(), installation.serve()];
        Some(Self { world, installation, servers })
    }

    /// The code of the refusal of a request, or nothing where it is answered.
    pub async fn refusal(&self, server: usize, token: &str, query: &str) -> Option<String> {
        let answer = self.ask(server, token, query).await;
        answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned)
    }

    pub async fn ask(&self, server: usize, token: &str, query: &str) -> Value {
        let request = reqwest::Client::new().post(self.servers[server].graphql());
        let response = request.bearer_auth(token).json(&json!({ "query": query })).send().await;
        response.expect("an answer").json().await.expect("JSON")
    }

    /// Waits until every instance refuses with this code, or answers; fails after `within`.
    pub async fn everywhere(&self, token: &str, query: &str, code: Option<&str>, within: Duration) {
        let begun = Instant::now();
        for server in 0..self.servers.len() {
            loop {
                let found = self.refusal(server, token, query).await;
                if found.as_deref() == code {
                    break;
                }
                let waited = begun.elapsed();
                assert!(waited < within, "instance {server} after {waited:?}: {found:?}");
            }
        }
    }
}
