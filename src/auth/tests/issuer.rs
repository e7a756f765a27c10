//! The local issuer: its key file and its tokens.

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::support::{AUDIENCE, ISSUER, NOW, clock, trusted};
use crate::{
    auth::{ClaimError, IssueError, KeyFileError, KeySource, LocalKey, TokenRequest, Verifier},
    policy::{Purpose, Role},
};

fn key() -> LocalKey {
    let directory = tempfile::tempdir().unwrap();
    LocalKey::open_or_create(&directory.path().join("issuer.pem")).unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

fn request(role: Role) -> TokenRequest {
    TokenRequest {
        issuer: ISSUER.into(),
        audience: AUDIENCE.into(),
        subject: "demo".into(),
        role,
        unit: "220102".into(),
        organization: None,
        purposes: vec![],
        person: (role == Role::SU).then_some(42),
        ttl: Duration::from_secs(3600),
    }
}

#[tokio::test]
async fn a_token_for_every_role_passes_our_own_verifier() {
    let key = key();
    let config = trusted(KeySource::Local(key.public_jwks()));
    let verifier = Verifier::new(config, clock()).unwrap();
    let mut ids = std::collections::HashSet::new();
    for role in Role::ALL {
        let token = key.issue(&request(role), now()).unwrap();
        let caller = verifier.verify(&token).await.unwrap();
        assert_eq!(caller.role, role);
        assert_eq!(caller.purposes, Purpose::of(role).collect::<Vec<_>>());
        assert_eq!(caller.expires_at.timestamp(), NOW + 3600);
        assert!(ids.insert(caller.token_id.clone()), "each token has an id of its own");
    }
}

#[test]
fn the_key_is_kept_privately() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys/issuer.pem");
    let created = LocalKey::open_or_create(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(fs::read_to_string(&path).unwrap().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    let opened = LocalKey::open_or_create(&path).unwrap();
    assert_eq!(opened.public_jwks(), created.public_jwks());

    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(LocalKey::open_or_create(&path), Err(KeyFileError::File(_))));
}

#[test]
fn another_file_is_not_taken_for_a_key() {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in [("empty", ""), ("text", "key"), ("pem", include_str!("support.rs"))] {
        let path = directory.path().join(name);
        crate::files::write_private(&path, content.as_bytes()).unwrap();
        assert!(matches!(LocalKey::open_or_create(&path), Err(KeyFileError::Content)));
    }
}

#[test]
fn the_kid_is_the_thumbprint_and_nothing_private_is_published() {
    let key = key();
    let jwks = key.public_jwks();
    let jwk = &jwks["keys"][0];
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, jwk["x"], jwk["y"]);
    let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(members));
    assert_eq!(jwk["kid"], thumbprint);
    assert_eq!(key.kid(), thumbprint);
    let mut names: Vec<_> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
}

#[test]
fn what_a_verifier_would_refuse_is_not_issued() {
    let key = key();
    let refused = |change: fn(&mut TokenRequest), error: IssueError| {
        let mut request = request(Role::HV);
        change(&mut request);
        assert_eq!(key.issue(&request, now()), Err(error));
    };
    refused(|r| r.purposes = vec![Purpose::Res], ClaimError::PurposeNotOpen.into());
    refused(|r| r.person = Some(1), ClaimError::PersonNotAllowed.into());
    refused(
        |r| (r.role, r.purposes) = (Role::SU, vec![Purpose::Sar]),
        ClaimError::PersonMissing.into(),
    );
    refused(|r| r.subject.clear(), ClaimError::Subject.into());
    refused(|r| r.unit.clear(), ClaimError::Unit.into());
    refused(|r| r.ttl = Duration::from_millis(999), IssueError::Lifetime);
    refused(|r| r.ttl = Duration::from_secs(86_401), IssueError::Lifetime);
    for seconds in [1, 86_400] {
        let request = TokenRequest { ttl: Duration::from_secs(seconds), ..request(Role::HV) };
        assert!(key.issue(&request, now()).is_ok());
    }
}
