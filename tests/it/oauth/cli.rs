//! Clients and keys from the command line; a server that runs goes by them within a second.

use std::{fs, thread, time::Duration};

use migrant_gateway::auth::LocalKey;
use serde_json::{Value, json};

use super::signer::Signer;
use crate::records::process::{Installation, Running, free_address};

/// An installation whose server issues tokens under its own address.
pub struct Issuing {
    pub installation: Installation,
    pub server: Running,
    pub base: String,
}

impl Issuing {
    pub fn start(installation: Installation) -> Self {
        let address = free_address();
        let base = format!("http://{address}");
        let installation = installation.with("TOKENS__ISSUER_URL", &base);
        let mut command = installation.command(&["serve"]);
        command.env("MIGRANT_GATEWAY_SERVER__LISTEN", address.to_string());
        let server = installation.start(&mut command, address);
        Self { installation, server, base }
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let request = reqwest::Client::new().post(format!("{}{path}", self.base)).form(form);
        super::site::outcome(request.send().await.unwrap()).await
    }

    async fn token(&self, id: &str, secret: &str) -> (u16, String) {
        let form =
            [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        let (status, answer) = self.post("/oauth/token", &form).await;
        (status, answer["access_token"].as_str().unwrap_or_default().to_owned())
    }

    async fn code(&self, token: &str) -> (u16, Option<String>) {
        let query = json!({ "query": "{ __typename }" });
        let request = reqwest::Client::new().post(self.server.graphql()).bearer_auth(token);
        let request = request.header("x-purpose", "P-HR").json(&query);
        let (status, answer) = super::site::outcome(request.send().await.unwrap()).await;
        (status, answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned))
    }

    /// Waits until a request with the token ends so; a second or so.
    async fn wait_for(&self, token: &str, expected: (u16, Option<&str>)) {
        for _ in 0..40 {
            let (status, code) = self.code(token).await;
            if (status, code.as_deref()) == expected {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("not within two seconds: {expected:?}: {:?}", self.code(token).await);
    }
}

fn migrated() -> Installation {
    let installation = Installation::empty().without("TOKENS__ACCEPT_LOCAL");
    installation.install();
    installation
}

const REGISTER: [&str; 5] =
    ["client", "register", "chc", "--name=社区卫生服务中心", "--unit=220102"];

fn register(installation: &Installation, more: &[&str]) -> String {
    installation.succeed(&[&REGISTER[..], more].concat())
}

#[tokio::test]
async fn a_client_is_registered_while_a_server_runs_and_gets_tokens_at_once() {
    let issuing = Issuing::start(migrated());
    let installation = &issuing.installation;
    let done = register(installation, &["--role=HC"]);
    assert_eq!(done, "done, and recorded as #1\n");
    let outcome = installation.run(&["client", "secret", "add", "chc"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let secret = outcome.out.strip_suffix('\n').unwrap();
    assert_eq!(secret.len(), 8 + 1 + 43, "the secret is all that is printed");
    assert!(outcome.err.contains("shown once"), "{outcome:?}");
    let (status, token) = issuing.token("chc", secret).await;
    assert_eq!(status, 200);
    assert_eq!(issuing.code(&token).await, (200, None));

    installation.succeed(&["client", "suspend", "chc"]);
    issuing.wait_for(&token, (401, Some("CLIENT_SUSPENDED"))).await;
    assert_eq!(issuing.token("chc", secret).await.0, 401);
    assert!(installation.succeed(&["client", "list"]).contains("suspended"));
    installation.succeed(&["client", "resume", "chc"]);
    issuing.wait_for(&token, (200, None)).await;

    installation.succeed(&["client", "credential", "end", "chc", "1"]);
    assert_eq!(issuing.token("chc", secret).await.0, 401);
    let shown = installation.succeed(&["client", "show", "chc"]);
    assert!(shown.contains("#1  secret") && shown.contains("ended"), "{shown}");
    assert!(!shown.contains("argon2") && !shown.contains(secret), "{shown}");
    assert!(!issuing.server.log().contains(secret));
    assert!(installation.succeed(&["audit", "verify"]).starts_with("intact: "));
}

#[tokio::test]
async fn each_act_is_recorded_with_whoever_ran_the_program() {
    use sea_orm::EntityTrait;
    let installation = migrated();
    register(&installation, &["--role=HC", "--purpose=P-HR"]);
    installation.succeed(&["client", "suspend", "chc"]);
    let url = format!("sqlite://{}", installation.path("gateway.db").display());
    let db = migrant_gateway::db::connect(&url).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "the tests look at the records")]
    let records = entity::access_record::Entity::find().all(&db).await.unwrap();
    let [registered, suspended] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!(registered.operation.as_deref(), Some("client.register"));
    assert_eq!(suspended.operation.as_deref(), Some("client.suspend"));
    for record in &records {
        assert_eq!((record.role.as_str(), record.decision.as_str()), ("-", "allowed"));
        assert!(!record.caller.is_empty() && record.caller != "-");
    }
    let change: Value = serde_json::from_str(registered.change.as_deref().unwrap()).unwrap();
    assert_eq!(change["after"]["roles"], json!(["HC"]));
    assert_eq!(change["after"]["purposes"], json!(["P-HR"]));
}

#[test]
fn what_is_wrong_is_said_and_changes_nothing() {
    let installation = migrated();
    for (arguments, named) in [
        (&["--role=HC", "--role=PO"][..], "its own department"),
        (&["--role=SU"], "cannot act as the person"),
        (&["--role=XX"], "not a role"),
        (&["--role=HC", "--purpose=P-RES"], "open to one of its roles"),
        (&["--role=HC", "--organization=none"], "no such organization"),
        (&[], "--role"),
    ] {
        let message = installation.fail(&[&REGISTER[..], arguments].concat());
        assert!(message.contains(named), "{arguments:?}: {message}");
    }
    register(&installation, &["--role=HC"]);
    let again = installation.fail(&[&REGISTER[..], &["--role=HC"]].concat());
    assert!(again.contains("CONFLICT"), "{again}");
    let private = Signer::es256().jwk(None);
    fs::write(
        installation.path("private.json"),
        super::signer::with(private, json!({ "d": "x" })).to_string(),
    )
    .unwrap();
    fs::write(installation.path("public.json"), Signer::ed25519().jwk(Some("k")).to_string())
        .unwrap();
    for (arguments, named) in [
        (&["key", "add", "chc", "--jwk=private.json"][..], "without its private part"),
        (&["key", "add", "chc", "--jwk=none.json"], "cannot read"),
        (&["key", "add", "nobody", "--jwk=public.json"], "NOT_FOUND"),
        (&["secret", "add", "nobody"], "NOT_FOUND"),
        (&["credential", "end", "chc", "7"], "NOT_FOUND"),
        (&["suspend", "nobody"], "NOT_FOUND"),
        (&["resume", "chc"], "not suspended"),
        (&["show", "nobody"], "there is no client"),
    ] {
        let message = installation.fail(&[&["client"], arguments].concat());
        assert!(message.contains(named), "{arguments:?}: {message}");
    }
    installation.succeed(&["client", "key", "add", "chc", "--jwk=public.json", "--valid-for=24h"]);
    assert!(installation.succeed(&["audit", "verify"]).starts_with("intact: 2 records"));
}

#[tokio::test]
async fn keys_are_rotated_while_a_server_runs() {
    let issuing = Issuing::start(migrated());
    let installation = &issuing.installation;
    register(installation, &["--role=HC"]);
    let secret = installation.succeed(&["client", "secret", "add", "chc"]);
    let (_, token) = issuing.token("chc", secret.trim_end()).await;
    assert_eq!(issuing.code(&token).await, (200, None));
    let list = installation.succeed(&["token", "key", "list"]);
    assert!(list.lines().count() == 1 && list.contains("signing since"), "{list}");
    let list = installation.succeed(&["token", "key", "rotate", "--publish-for=3s"]);
    assert!(list.contains("announced") && list.lines().count() == 2, "{list}");
    let kid = |token: &str| super::signer::part(token, 0)["kid"].clone();
    let mut next = issuing.token("chc", secret.trim_end()).await.1;
    for _ in 0..40 {
        if kid(&next) != kid(&token) {
            break;
        }
        thread::sleep(Duration::from_millis(250));
        next = issuing.token("chc", secret.trim_end()).await.1;
    }
    assert_ne!(kid(&token), kid(&next));
    for token in [&token, &next] {
        assert_eq!(issuing.code(token).await, (200, None));
    }
}

#[tokio::test]
async fn one_signing_key_may_come_from_the_environment() {
    let installation = migrated();
    let key = LocalKey::open_or_create(&installation.path("handed-over.pem")).unwrap();
    let pem = fs::read_to_string(installation.path("handed-over.pem")).unwrap();
    let issuing = Issuing::start(installation.with("KEYS__SIGNING_PEM", &pem));
    let installation = &issuing.installation;
    assert!(!installation.path("keys/signing").exists());
    register(installation, &["--role=HC"]);
    let secret = installation.succeed(&["client", "secret", "add", "chc"]);
    let (_, token) = issuing.token("chc", secret.trim_end()).await;
    assert_eq!(super::signer::part(&token, 0)["kid"], key.kid());
    assert_eq!(issuing.code(&token).await, (200, None));
    let message = installation.fail(&["token", "key", "rotate"]);
    assert!(message.contains("keys.signing_pem") && !message.contains("BEGIN"), "{message}");
    let wrong = migrated()
        .with("TOKENS__ISSUER_URL", "http://127.0.0.1:1")
        .with("KEYS__SIGNING_PEM", "no key");
    let message = wrong.fail(&["serve"]);
    assert!(message.contains("keys.signing_pem") && !message.contains("no key"), "{message}");
}

#[test]
fn an_issuer_is_trusted_with_departments_by_code_or_name_and_with_claims_elsewhere() {
    let installation = migrated();
    let keys = json!({ "keys": [Signer::es256().jwk(Some("k1"))] });
    fs::write(installation.path("jwks.json"), keys.to_string()).unwrap();
    let configure = |departments: &str, claims: &str| {
        let toml = format!(
            "[[tokens.issuers]]\nissuer = \"https://id.example\"\njwks_file = \"jwks.json\"\n\
             departments = {departments}\n[tokens.issuers.claims]\n{claims}\n"
        );
        fs::write(installation.path("migrant-gateway.toml"), toml).unwrap();
    };
    configure(
        r#"["公安", "health"]"#,
        "role = { path = \"resource_access.gateway.roles\", prefix = \"mg-\" }\n\
         unit = \"dept_unit\"\nnot_before = \"iat\"",
    );
    let found = installation.succeed(&["doctor"]);
    assert!(found.contains("1 issuer is trusted"), "{found}");
    configure(r#"["nobody"]"#, "");
    assert!(installation.run(&["doctor"]).out.contains("names no department with nobody"));
    configure("[]", "tenant = \"tid\"");
    assert!(installation.fail(&["doctor"]).contains("the configuration is not valid"));
}

#[test]
fn an_issuer_is_an_address_that_tokens_are_safe_at() {
    for (url, named) in [
        ("http://gateway.example", "https://"),
        ("https://gateway.example/path", "nothing behind"),
        ("https://user:password@gateway.example", "no password"),
    ] {
        let installation = migrated().with("TOKENS__ISSUER_URL", url);
        let message = installation.fail(&["serve"]);
        assert!(message.contains(named), "{url}: {message}");
        assert!(!message.contains("password@"), "{message}");
    }
    let long = migrated()
        .with("TOKENS__ISSUER_URL", "https://gateway.example")
        .with("TOKENS__LIFETIME_SECONDS", "3601");
    assert!(long.fail(&["serve"]).contains("between 1 and 3600"));
}
