//! A gateway behind real HTTP, and tokens to reach it.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use migrant_gateway::{
    app::Gateway,
    auth::TokenRequest,
    http::{self, ServeOptions},
    policy::{Purpose, Role},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::{demo_request, world::World};

/// A running server; it stops when told or dropped.
pub struct Server {
    pub base: String,
    pub client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(gateway: Arc<Gateway>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            let options = ServeOptions::default();
            http::serve(gateway, listener, stopped, options).await.expect("serves");
        });
        Server { base, client: reqwest::Client::new(), stop: Some(stop), task }
    }

    pub fn graphql(&self) -> String {
        format!("{}/graphql", self.base)
    }

    /// POSTs a query as JSON.
    pub async fn post(&self, token: &str, body: &serde_json::Value) -> reqwest::Response {
        self.client
            .post(self.graphql())
            .bearer_auth(token)
            .header("accept", "application/graphql-response+json")
            .json(body)
            .send()
            .await
            .expect("the server answers")
    }

    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        (&mut self.task).await.expect("the server stops");
    }
}

/// A signed token of a role with one purpose, valid for an hour from `now`.
pub fn token(world: &World, role: Role, purpose: Purpose, now: DateTime<Utc>) -> String {
    let request = demo_request(role);
    world
        .signing_key()
        .issue(
            &TokenRequest {
                issuer: "test".to_owned(),
                audience: "migrant-gateway".to_owned(),
                subject: format!("test.{}", role.name()),
                role,
                unit: request.unit.to_owned(),
                organization: request.organization.map(str::to_owned),
                purposes: vec![purpose],
                person: request.person,
                ttl: Duration::from_secs(3600),
            },
            now,
        )
        .expect("a token")
}
