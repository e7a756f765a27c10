//! A gateway with an authorization server, and clients of it.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use migrant_gateway::{
    app::Gateway,
    audit::{Change, Draft, Fields, Outcome, Subjects},
    auth::{KeySource, SigningKeys, TrustedIssuer, Verifier, VerifierConfig},
    clock::Clock as _,
    error::GatewayError,
    oauth::{
        AddCredential, Authority, AuthorizationServer, Client, NewCredential, NewSecret, Options,
        Register,
    },
    policy::{Purpose, Role},
};
use serde_json::{Value, json};

use super::signer::Signer;
use crate::support::{Backend, World, http::Server, world::patient};

pub const ISSUER: &str = "http://127.0.0.1:8080";
pub const TOKEN_ENDPOINT: &str = "http://127.0.0.1:8080/oauth/token";

/// The assertion type of RFC 7523.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A gateway over a world, reached over HTTP.
pub struct Site {
    pub world: World,
    pub gateway: Arc<Gateway>,
    pub server: Server,
}

/// How often one may ask in a minute.
#[derive(Clone, Copy)]
pub struct Rates {
    pub client: u32,
    pub peer: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { client: 10_000, peer: 10_000 }
    }
}

impl Site {
    pub async fn start(backend: Backend) -> Self {
        Self::over(World::new(backend).await, Rates::default()).await
    }

    pub async fn sqlite() -> Self {
        Self::start(Backend::Sqlite).await
    }

    pub async fn over(world: World, rates: Rates) -> Self {
        let (gateway, server) = instance(&world, rates).await;
        Self { world, gateway, server }
    }

    /// Another gateway over the same database and the same keys.
    pub async fn second(&self) -> (Arc<Gateway>, Server) {
        instance(&self.world, Rates::default()).await
    }

    /// Makes a change as an operator does, and lets this gateway know of it.
    pub async fn change(&self, change: impl Change + 'static) -> Result<(), GatewayError> {
        let draft = self.draft();
        self.gateway.audit.change(draft, Arc::new(change)).await.map_err(GatewayError::from)?;
        self.gateway.look().await.expect("the database is there");
        Ok(())
    }

    fn draft(&self) -> Draft {
        let text = || "-".to_owned();
        Draft {
            at: self.world.clock.now(),
            caller: text(),
            token_id: text(),
            role: text(),
            department: text(),
            unit: text(),
            organization: None,
            purpose: None,
            operation: None,
            document_hash: text(),
            grants_version: 1,
            decision: Outcome::Allowed,
            fields: Fields::default(),
            protected: false,
            row_count: 0,
            subjects: Subjects::default(),
        }
    }

    /// Registers a client of a health centre with these roles and all their purposes.
    pub async fn register(&self, id: &str, roles: &[Role]) {
        self.change(Register { client: client(id, roles), by: Authority::Operator })
            .await
            .expect("a client");
    }

    /// Adds a secret that holds for so long, or until it is ended.
    pub async fn secret(&self, id: &str, holds: Option<Duration>) -> String {
        let secret = NewSecret::generate().unwrap();
        let add = AddCredential {
            client: id.to_owned(),
            what: NewCredential::Secret { selector: secret.selector, hash: secret.hash },
            valid_from: None,
            valid_until: holds.map(|holds| self.world.clock.now() + holds),
            by: Authority::Operator,
        };
        self.change(add).await.expect("a credential");
        secret.text.to_string()
    }

    /// Adds a public key.
    pub async fn key(&self, id: &str, signer: &Signer, kid: Option<&str>) {
        let add = AddCredential {
            client: id.to_owned(),
            what: NewCredential::Key(signer.jwk(kid).to_string()),
            valid_from: None,
            valid_until: None,
            by: Authority::Operator,
        };
        self.change(add).await.expect("a credential");
    }

    /// The claims of an assertion that is in order.
    pub fn assertion(&self, id: &str) -> Value {
        let now = self.world.clock.now().timestamp();
        let jti = format!("{:x}", rand::random::<u128>());
        json!({ "iss": id, "sub": id, "aud": ISSUER, "exp": now + 60, "iat": now, "jti": jti })
    }

    /// Sends a form to a path of the server.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        post(&self.server, path, form).await
    }

    /// Asks for a token with these parameters and the grant.
    pub async fn ask(&self, form: &[(&str, &str)]) -> (u16, Value) {
        ask(&self.server, form).await
    }

    /// Asks for a token with an assertion.
    pub async fn assert(&self, assertion: &str) -> (u16, Value) {
        ask(&self.server, &asserting(assertion)).await
    }

    /// A token of a client, by its secret.
    pub async fn token(&self, id: &str, secret: &str) -> String {
        let (status, answer) = self.ask(&[("client_id", id), ("client_secret", secret)]).await;
        assert_eq!(status, 200, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Status and code of a GraphQL request with a token.
    pub async fn graphql(&self, token: &str) -> (u16, Option<String>) {
        graphql(&self.server, token).await
    }
}

/// The parameters of an assertion.
pub fn asserting(assertion: &str) -> [(&str, &str); 2] {
    [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)]
}

/// Sends a form.
pub async fn post(server: &Server, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let request = server.client.post(format!("{}{path}", server.base)).form(form);
    outcome(request.send().await.unwrap()).await
}

/// Asks for a token.
pub async fn ask(server: &Server, form: &[(&str, &str)]) -> (u16, Value) {
    post(server, "/oauth/token", &[&[("grant_type", "client_credentials")], form].concat()).await
}

/// Status and body.
pub async fn outcome(response: reqwest::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or_default())
}

/// Status and code of a GraphQL request with a token.
pub async fn graphql(server: &Server, token: &str) -> (u16, Option<String>) {
    let query = json!({ "query": "{ persons(first: 1) { nodes { id } } }" });
    let request = server.client.post(server.graphql()).bearer_auth(token);
    let request = request.header("x-purpose", "P-HR").json(&query);
    let (status, answer) = outcome(request.send().await.unwrap()).await;
    (status, answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned))
}

/// A client of a health centre.
pub fn client(id: &str, roles: &[Role]) -> Client {
    Client {
        id: id.to_owned(),
        name: "南关区社区卫生服务中心".to_owned(),
        department: roles[0].department(),
        organization: Some("220102-CHC".to_owned()),
        unit: "220102".to_owned(),
        roles: roles.to_vec(),
        purposes: Purpose::ALL
            .into_iter()
            .filter(|purpose| roles.iter().any(|role| purpose.is_open_to(*role)))
            .collect(),
        suspended: false,
    }
}

/// The signing keys of a world's gateways.
pub fn signing_keys(world: &World) -> Arc<SigningKeys> {
    let directory = world.directory.path().join("keys/signing");
    Arc::new(SigningKeys::open_or_create(&directory, world.clock.clone()).unwrap())
}

async fn instance(world: &World, rates: Rates) -> (Arc<Gateway>, Server) {
    let keys = signing_keys(world);
    let mut parts = world.parts(patient()).await;
    let issuers = vec![
        TrustedIssuer::new("test", KeySource::Local(world.signing_key().public_jwks())),
        TrustedIssuer::new(ISSUER, KeySource::Signing(keys.clone())),
    ];
    let config = VerifierConfig::new("migrant-gateway", issuers);
    parts.verifier = Verifier::new(config, world.clock.clone()).unwrap();
    let options = Options {
        issuer: ISSUER.to_owned(),
        audience: "migrant-gateway".to_owned(),
        lifetime: Duration::from_secs(900),
        keys,
        client_requests_per_minute: NonZeroU32::new(rates.client).unwrap(),
        peer_requests_per_minute: NonZeroU32::new(rates.peer).unwrap(),
    };
    let server = AuthorizationServer::new(options, world.db.clone(), world.clock.clone());
    parts.oauth = Some(server.unwrap());
    let gateway = Arc::new(Gateway::new(parts, &world.secrets));
    gateway.look().await.unwrap();
    (gateway.clone(), Server::start(gateway).await)
}
