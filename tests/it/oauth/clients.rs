//! Clients that others wrote, as they are published, against the real server: what its metadata
//! says is enough for them.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use migrant_gateway::{
    auth::{LocalKey, TokenRequest},
    policy::{Purpose, Role},
};

use super::cli::Issuing;
use crate::{
    graphql::tokens::request,
    records::process::Installation,
    support::{
        Backend, CALLERS, World,
        http::{Server, token},
        world::noon,
    },
};

/// Where the clients are.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients");

/// The methods that each client uses, with what it prints.
const OUTPUT: &str = "client_secret_basic: ok\nclient_secret_post: ok\nprivate_key_jwt: ok\n";

/// Whether the programs are installed. A test that needs them is passed over without, saying so,
/// unless the environment has `REQUIRE_CLIENTS=1`.
#[expect(clippy::disallowed_methods, reason = "CI says what has to be there")]
pub fn are_installed(test: &str, programs: &[&str]) -> bool {
    let missing =
        programs.iter().find(|program| Command::new(program).arg("--version").output().is_err());
    let Some(missing) = missing else { return true };
    let is_required = std::env::var("REQUIRE_CLIENTS").is_ok_and(|value| value == "1");
    assert!(!is_required, "REQUIRE_CLIENTS=1, and {missing} is not installed");
    // Written past the test runner's capture: it would hide what a passing test says.
    let note = format!("SKIPPED ({missing} not found): {test}\n");
    let _ = std::io::stderr().write_all(note.as_bytes());
    false
}

/// A directory outside of the sources that packages stay in from run to run, with these sources in
/// it; installed anew where `lock` is another than the last time.
pub fn installed(name: &str, sources: &[&str], lock: &str, install: impl Fn(&Path)) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients").join(name);
    fs::create_dir_all(&directory).expect("a directory");
    for source in sources {
        let copy = directory.join(source);
        fs::create_dir_all(copy.parent().expect("it lies in one")).expect("a directory");
        fs::copy(Path::new(SOURCES).join(source), copy).expect("a copy");
    }
    let wanted = fs::read(Path::new(SOURCES).join(lock)).expect("a lock file");
    let mark = directory.join(".installed");
    if fs::read(&mark).ok().as_ref() != Some(&wanted) {
        install(&directory);
        fs::write(&mark, wanted).expect("a mark");
    }
    directory
}

pub fn succeed(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Registers a client with a secret and a key, and lets a command be it.
async fn run_as_client(command: &mut Command) {
    let world = World::new(Backend::Sqlite).await;
    let issuing = Issuing::start(Installation::over(&world));
    let installation = &issuing.installation;
    let register = ["client", "register", "chc", "--name=CHC", "--role=HC", "--role=HF"];
    let place = ["--unit=220102", "--organization=220102-CHC"];
    installation.succeed(&[&register[..], &place].concat());
    let secret = installation.succeed(&["client", "secret", "add", "chc"]);
    let file = installation.path("client.pem");
    let key = LocalKey::open_or_create(&file).expect("a key");
    fs::write(installation.path("client.json"), key.public_jwk().to_string()).expect("a JWK");
    installation.succeed(&["client", "key", "add", "chc", "--jwk=client.json"]);
    command.env("ISSUER", &issuing.base).env("CLIENT_ID", "chc");
    command.env("CLIENT_SECRET", secret.trim_end());
    command.env("KEY_FILE", file).env("KEY_ID", key.kid());
    assert_eq!(succeed(command), OUTPUT, "{}", issuing.server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_and_jose_get_tokens_and_verify_them() {
    if !are_installed("openid_client_and_jose", &["node", "npm"]) {
        return;
    }
    let sources = ["package.json", "package-lock.json", "openid_client.mjs"];
    let directory = installed("node", &sources, "package-lock.json", |directory| {
        let arguments = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
        succeed(Command::new("npm").args(arguments).current_dir(directory));
    });
    run_as_client(Command::new("node").arg("openid_client.mjs").current_dir(directory)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn authlib_gets_tokens_and_verifies_them() {
    if !are_installed("authlib", &["python3"]) {
        return;
    }
    let sources = ["requirements.txt", "authlib_client.py"];
    let directory = installed("python", &sources, "requirements.txt", |directory| {
        succeed(Command::new("python3").args(["-m", "venv", "venv"]).current_dir(directory));
        let arguments = ["install", "--quiet", "--requirement", "requirements.txt"];
        succeed(Command::new("venv/bin/pip").args(arguments).current_dir(directory));
    });
    let mut python = Command::new(directory.join("venv/bin/python"));
    run_as_client(python.arg("authlib_client.py").current_dir(directory)).await;
}

/// The links of portals fall back from a hash to its document, and the text of every caller's schema
/// is what introspection tells graphql-js.
#[tokio::test(flavor = "multi_thread")]
async fn apollo_and_urql_fall_back_and_graphql_js_reads_one_schema_in_both_forms() {
    let test = "apollo_and_urql_fall_back_and_graphql_js_reads_one_schema_in_both_forms";
    if !are_installed(test, &["node", "npm"]) {
        return;
    }
    let sources = ["package.json", "package-lock.json", "graphql_clients.mjs"];
    let directory = installed("portals", &sources, "package-lock.json", |directory| {
        let arguments = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
        succeed(Command::new("npm").args(arguments).current_dir(directory));
    });
    let world = World::new(Backend::Sqlite).await;
    let server = Server::start(world.gateway().await).await;
    let steward = |role| TokenRequest {
        unit: "220000".to_owned(),
        organization: None,
        purposes: vec![Purpose::Adm],
        role,
        ..request(Role::PO)
    };
    let administering = [Role::SH, Role::AU].map(|role| {
        let token = world.signing_key().issue(&steward(role), noon()).expect("a token");
        (format!("{role} P-ADM"), token)
    });
    let reading = CALLERS.iter().map(|(role, purpose)| {
        (format!("{role} {purpose}"), token(&world, *role, *purpose, noon()))
    });
    let tokens: serde_json::Map<String, serde_json::Value> =
        reading.chain(administering).map(|(name, token)| (name, token.into())).collect();
    let count = tokens.len();
    let told = tokio::task::spawn_blocking(move || {
        let mut node = Command::new("node");
        node.arg("graphql_clients.mjs").current_dir(directory);
        node.env("GRAPHQL", server.graphql())
            .env("SCHEMA", format!("{}/schema.graphql", server.base));
        node.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut node = node.stderr(std::process::Stdio::piped()).spawn().expect("node runs");
        let tokens = serde_json::Value::Object(tokens).to_string();
        node.stdin.take().expect("a pipe").write_all(tokens.as_bytes()).expect("it reads");
        let output = node.wait_with_output().expect("it ends");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).expect("UTF-8")
    });
    let expected = format!(
        "apollo by POST: ok\napollo by GET: ok\nurql by POST: ok\nurql by GET: ok\n{count} schemas: ok\n"
    );
    assert_eq!(told.await.expect("it is told"), expected);
}
