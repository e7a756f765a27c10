//! What administrators do to clients and grants holds on every instance at once.

use std::time::Instant;

use serde_json::{Value, json};

use super::site::{AT_ONCE, Site};
use crate::records::{crash::clinician, process::Running};

const QUERY: &str = "{ persons(first: 1) { nodes { name } } }";

/// A steward's token of the local issuer.
fn steward(site: &Site, subject: &str, role: &str) -> String {
    site.installation.token(&["--role", role, "--unit=220000", "--subject", subject])
}

async fn done(site: &Site, server: usize, token: &str, query: &str) -> Value {
    let answer = site.ask(server, token, query).await;
    assert!(answer["errors"].is_null(), "{query}\n{answer}");
    answer["data"].clone()
}

#[tokio::test]
async fn a_revoked_grant_closes_its_fields_on_every_instance() {
    let name = "a_revoked_grant_closes_its_fields_on_every_instance";
    let Some(site) = Site::start(name, |it| it).await else { return };
    let clinic = clinician(&site.installation, "clinic");
    site.everywhere(&clinic, QUERY, None, AT_ONCE).await;
    let revoke = "mutation { revokeGrant(role: \"HC\", purpose: \"P-HR\", target: \"G02\", \
        note: \"no longer needed\") }";
    // Names are the police's, to whomever they are shown.
    done(&site, 0, &steward(&site, "wang", "SP"), revoke).await;
    // The instance that made the change never answers by what was before.
    assert_eq!(site.refusal(0, &clinic, QUERY).await.as_deref(), Some("FIELD_NOT_SHARED"));
    site.everywhere(&clinic, QUERY, Some("FIELD_NOT_SHARED"), AT_ONCE).await;
}

#[tokio::test]
async fn the_last_signature_opens_a_field_on_every_instance() {
    let name = "the_last_signature_opens_a_field_on_every_instance";
    let Some(site) = Site::start(name, |it| it).await else { return };
    let grid = site.installation.token(&[
        "--role=GG",
        "--unit=220102",
        "--organization=220102-GRD",
        "--purpose=P-REF",
    ]);
    let query = "{ residenceRegistrations(first: 1) { nodes { dwellingType } } }";
    site.everywhere(&grid, query, Some("FIELD_NOT_SHARED"), AT_ONCE).await;
    let propose = "mutation { proposeGrants(necessity: \"网格员上门登记须核对登记人性别, 以免错登\", \
        changes: [{ role: \"GG\", purpose: \"P-REF\", target: \"ResidenceRegistration.dwellingType\", level: \"full\", \
        scope: \"c\", legalBasis: \"RESPERMIT-8\" }]) { id } }";
    let made = done(&site, 0, &steward(&site, "wang", "SP"), propose).await;
    let id = made["proposeGrants"]["id"].as_i64().expect("a proposal");
    let approve = |role| {
        (
            steward(&site, role, role),
            format!("mutation {{ approveProposal(id: {id}) {{ missing }} }}"),
        )
    };
    // Proposed on one instance, signed on the other.
    let (token, query_of) = approve("SG");
    let signed = done(&site, 1, &token, &query_of).await;
    assert_eq!(signed["approveProposal"]["missing"], json!([]));
    site.everywhere(&grid, query, None, AT_ONCE).await;
}

#[tokio::test]
async fn a_suspended_clients_next_request_is_refused_on_every_instance() {
    let name = "a_suspended_clients_next_request_is_refused_on_every_instance";
    let issuer = "http://127.0.0.1:1";
    let Some(site) = Site::start(name, |it| it.with("TOKENS__ISSUER_URL", issuer)).await else {
        return;
    };
    let installation = &site.installation;
    installation.succeed(&[
        "client",
        "register",
        "chc",
        "--name",
        "CHC",
        "--role=HC",
        "--purpose=P-HR",
        "--unit=220102",
        "--organization=220102-CHC",
    ]);
    let secret = installation.succeed(&["client", "secret", "add", "chc"]);
    let first = token(&site.servers[0], secret.trim()).await;
    let second = token(&site.servers[1], secret.trim()).await;
    for token in [&first, &second] {
        site.everywhere(token, QUERY, None, AT_ONCE).await;
    }
    // A revoked token alone.
    let revoke = reqwest::Client::new()
        .post(format!("http://{}/oauth/revoke", site.servers[0].address))
        .basic_auth("chc", Some(secret.trim()))
        .form(&[("token", first.as_str())]);
    assert_eq!(revoke.send().await.expect("an answer").status(), 200);
    site.everywhere(&first, QUERY, Some("TOKEN_REVOKED"), AT_ONCE).await;
    site.everywhere(&second, QUERY, None, AT_ONCE).await;
    // And the client with all that it has, from the command line of another process.
    let begun = Instant::now();
    installation.succeed(&["client", "suspend", "chc"]);
    site.everywhere(&second, QUERY, Some("CLIENT_SUSPENDED"), AT_ONCE + begun.elapsed()).await;
    installation.succeed(&["client", "resume", "chc"]);
    site.everywhere(&second, QUERY, None, AT_ONCE).await;
}

async fn token(server: &Running, secret: &str) -> String {
    let asked = reqwest::Client::new()
        .post(format!("http://{}/oauth/token", server.address))
        .basic_auth("chc", Some(secret))
        .form(&[("grant_type", "client_credentials")]);
    let answer: Value = asked.send().await.expect("an answer").json().await.expect("JSON");
    answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}
