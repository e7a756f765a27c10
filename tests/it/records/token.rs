//! `token issue`: one token, from a key that nobody else can read.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::process::Installation;

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("three parts");
    let bytes = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it exists").permissions().mode() & 0o777
}

#[test]
fn a_token_is_all_that_is_printed() {
    let installation = Installation::empty();
    let outcome = installation.run(&["token", "issue", "--role", "FA", "--unit", "220000"]);
    assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""));
    let token = outcome.out.strip_suffix('\n').expect("a newline");
    assert_eq!(token.split('.').count(), 3);
    let is_base64url = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    assert!(token.chars().all(is_base64url), "{token}");
}

#[test]
fn keys_are_created_for_their_owner_alone_and_kept() {
    let installation = Installation::empty().with("KEYS__DIRECTORY", "deep/keys");
    let header = |token: String| token.split('.').next().map(str::to_owned);
    let first = installation.token(&["--role", "FA", "--unit", "220000"]);
    let key = installation.path("deep/keys/signing.pem");
    let content = fs::read(&key).expect("a key");
    assert_eq!(mode(&key), 0o600);
    assert_eq!(mode(&installation.path("deep/keys")), 0o700);
    let second = installation.token(&["--role", "FA", "--unit", "220000"]);
    assert_eq!(header(first), header(second));
    assert_eq!(fs::read(&key).expect("the key"), content);

    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).expect("a mode");
    let message = installation.fail(&["token", "issue", "--role=FA", "--unit=220000"]);
    assert!(message.contains("chmod 600"), "{message}");
}

#[test]
fn a_token_says_what_was_asked_for() {
    let installation = Installation::empty();
    let token = installation.token(&[
        "--role=health.community_clinician",
        "--unit=220102",
        "--organization=220102-CHC",
        "--purpose=P-HR",
        "--purpose=P-IMM",
        "--ttl=2h",
        "--subject=dr.li",
    ]);
    let claims = claims(&token);
    assert_eq!(claims["role"], "HC");
    assert_eq!(claims["unit"], "220102");
    assert_eq!(claims["organization"], "220102-CHC");
    assert_eq!(claims["purposes"], json!(["P-HR", "P-IMM"]));
    assert_eq!(claims["sub"], "dr.li");
    assert_eq!(claims["aud"], "migrant-gateway");
    let seconds = |name: &str| claims[name].as_u64().expect("seconds");
    assert_eq!(seconds("exp") - seconds("nbf"), 7200);
}

#[test]
fn a_token_that_says_little_has_the_defaults() {
    let installation = Installation::empty();
    let claims = claims(&installation.token(&["--role", "HV", "--unit", "220102"]));
    assert_eq!(claims["purposes"], json!(["P-IMM"]));
    assert_eq!(claims["sub"], "health.vaccination_clinic");
    let seconds = |name: &str| claims[name].as_u64().expect("seconds");
    assert_eq!(seconds("exp") - seconds("nbf"), 15 * 60);
    let person = installation.token(&["--role=SU", "--unit=220000", "--person=7"]);
    assert_eq!(self::claims(&person)["person"], 7);
}

#[test]
fn what_no_verifier_would_take_is_not_issued() {
    let installation = Installation::empty();
    for (arguments, named) in [
        (&["--role=HC", "--unit=220102", "--purpose=P-FUND"][..], "not open to the role"),
        (&["--role=HC", "--unit=220102", "--purpose=P-NONE"], "not a purpose"),
        (&["--role=SU", "--unit=220000"], "which person it is of"),
        (&["--role=HC", "--unit=220102", "--person=1"], "person"),
        (&["--role=XX", "--unit=220102"], "not a role"),
        (&["--role=HC"], "--unit"),
        (&["--unit=220102"], "--role"),
        (&["--role=HC", "--unit=220102", "--ttl=0s"], "1 second to 24 hours"),
        (&["--role=HC", "--unit=220102", "--ttl=25h"], "1 second to 24 hours"),
        (&["--role=HC", "--unit=220102", "--ttl=5"], "90s, 15m or 12h"),
        (&["--role=HC", "--unit=220102", "--ttl=soon"], "90s, 15m or 12h"),
        (&["--role=HC", "--unit=220102", "--ttl=-5m"], "90s, 15m or 12h"),
        (&["--role=HC", "--unit=220102", "--ttl=99999999999999999999h"], "90s, 15m or 12h"),
        (&["--role=HC", "--unit=220102", "--subject="], "sub"),
    ] {
        let message = installation.fail(&[&["token", "issue"], arguments].concat());
        assert!(message.contains(named), "{arguments:?}: {message}");
    }
}

#[test]
fn a_refusal_says_why_once() {
    let installation = Installation::empty();
    let message = installation.fail(&["token", "issue", "--role=SU", "--unit=220000"]);
    assert_eq!(message.matches("which person it is of").count(), 1, "{message}");
}
