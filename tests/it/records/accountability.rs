//! Who takes records and who checks signatures is chosen when a gateway starts.

use std::sync::Arc;

use async_trait::async_trait;
use migrant_gateway::{
    audit::{AuditError, Draft, Receipt, Recorder},
    auth::{AuthError, SignatureCheck, VerificationKey},
    clock::SystemClock,
    config::{Config, Mode},
    error::Code,
    graphql::{Request, limits::Limits},
    policy::{Purpose, Role},
    startup::{self, Accountability},
};

use crate::support::{
    Backend, World,
    callers::caller,
    http::token,
    world::{noon, patient, sqlite_url},
};

/// Takes no record.
struct Unable;

#[async_trait]
impl Recorder for Unable {
    async fn record_answer(&self, _draft: Draft) -> Result<Receipt, AuditError> {
        Err(AuditError::Unavailable)
    }
}

/// Takes every signature for good.
struct Credulous;

impl SignatureCheck for Credulous {
    fn holds(&self, _key: &VerificationKey, _message: &str, _signature: &str) -> bool {
        true
    }
}

#[tokio::test]
async fn a_gateway_without_a_part_of_its_accountability_serves_no_living_people() {
    let directory = tempfile::tempdir().unwrap();
    let recorder = Accountability { recorder: Some(Arc::new(Unable)), ..Accountability::default() };
    let signatures =
        Accountability { signatures: Some(Arc::new(Credulous)), ..Accountability::default() };
    for accountability in [recorder, signatures] {
        let mut config = Config::default();
        config.server.mode = Mode::Production;
        config.database.url = sqlite_url(&directory.path().join("people.db"));
        let refused =
            startup::gateway_with(&config, Arc::new(SystemClock), accountability).await.err();
        let why = refused.expect("it does not start").to_string();
        assert!(why.contains("serves no living people"), "{why}");
    }
    // Refused before anything is opened.
    assert!(!directory.path().join("people.db").exists());
}

#[tokio::test]
async fn what_the_recorder_does_not_take_is_not_answered() {
    let world = World::new(Backend::Sqlite).await;
    let parts = world.parts(patient()).await;
    let gateway =
        migrant_gateway::app::Gateway::new(parts, &world.secrets).recorded_by(Arc::new(Unable));
    let query = "{ persons(first: 1) { nodes { id } } }".to_owned();
    let request = Request { query, ..Request::default() };
    let answer = gateway.answer(&caller(Role::PO, Purpose::Res), None, request).await;
    assert_eq!(answer.result.unwrap_err().code, Code::RecordUnavailable);
    assert_eq!(answer.record, None);
}

#[tokio::test]
async fn a_verifier_checks_signatures_where_nothing_else_is_chosen() {
    let world = World::new(Backend::Sqlite).await;
    let good = token(&world, Role::PO, Purpose::Res, noon());
    let (signed, _) = good.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", "A".repeat(86));
    let verifier = || async { world.parts(Limits::default()).await.verifier };
    assert!(verifier().await.verify(&good).await.is_ok());
    assert_eq!(verifier().await.verify(&forged).await.err(), Some(AuthError::Signature));
    // And by nothing but what was chosen.
    let credulous = verifier().await.checked_by(Arc::new(Credulous));
    assert!(credulous.verify(&forged).await.is_ok());
}
