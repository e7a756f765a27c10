//! Claims: types, ranges, audience, issuer, purposes, the person.

use serde_json::{Value, json};

use super::support::{
    AUDIENCE, ISSUER, NOW, Signer, claims, clock, jwks, verifier, verify_with, with,
};
use crate::{
    auth::{AuthError, ClaimError, KeySource, SetupError, TrustedIssuer, Verifier, VerifierConfig},
    policy::{Purpose, Role},
};

async fn assert_refused(changes: Value, error: impl Into<AuthError>) {
    let outcome = verify_with(changes.clone()).await;
    assert_eq!(outcome.map(|_| ()), Err(error.into()), "{changes}");
}

#[tokio::test]
async fn required_claims_are_required() {
    assert_refused(json!({ "iss": null }), AuthError::Malformed).await;
    for name in ["aud", "exp", "nbf", "sub", "jti", "role", "unit", "purposes"] {
        assert_refused(json!({ name: null }), ClaimError::Shape).await;
    }
    for name in ["iat", "organization"] {
        assert!(verify_with(json!({ name: null })).await.is_ok(), "{name} is optional");
    }
    assert!(verify_with(json!({ "scope": "unknown claims are ignored" })).await.is_ok());
}

#[tokio::test]
async fn instants_are_whole_positive_numbers() {
    for name in ["exp", "nbf", "iat"] {
        for value in [
            json!((NOW + 60).to_string()),
            json!(NOW as f64 + 60.5),
            json!(NOW as f64 + 60.0),
            json!(1e300),
            json!(-1),
            json!([NOW]),
            json!(true),
        ] {
            assert_refused(json!({ name: value }), ClaimError::Shape).await;
        }
    }
    assert_refused(json!({ "exp": u64::MAX }), ClaimError::Instants).await;
    assert_refused(json!({ "exp": i64::MAX }), ClaimError::Instants).await;
    assert_refused(json!({ "exp": NOW }), ClaimError::Instants).await;
    assert_refused(json!({ "exp": NOW - 1 }), ClaimError::Instants).await;
}

#[tokio::test]
async fn texts_are_bounded() {
    for (name, longest, error) in [
        ("sub", 256, ClaimError::Subject),
        ("jti", 128, ClaimError::TokenId),
        ("unit", 64, ClaimError::Unit),
        ("organization", 64, ClaimError::Organization),
    ] {
        assert!(verify_with(json!({ name: "长".repeat(longest) })).await.is_ok());
        assert_refused(json!({ name: "a".repeat(longest + 1) }), error).await;
        assert_refused(json!({ name: "" }), error).await;
        assert_refused(json!({ name: "a\nb" }), error).await;
        assert_refused(json!({ name: 7 }), ClaimError::Shape).await;
    }
}

#[tokio::test]
async fn the_audience_must_name_us() {
    assert!(verify_with(json!({ "aud": ["other", AUDIENCE] })).await.is_ok());
    for aud in [json!("other"), json!([]), json!(["other"]), json!("MIGRANT-GATEWAY"), json!("")] {
        assert_refused(json!({ "aud": aud }), AuthError::Audience).await;
    }
    assert_refused(json!({ "aud": [AUDIENCE, 1] }), ClaimError::Shape).await;
    assert_refused(json!({ "aud": { "aud": AUDIENCE } }), ClaimError::Shape).await;
    let nobody = VerifierConfig::new("", vec![]);
    assert!(matches!(Verifier::new(nobody, clock()), Err(SetupError::NoAudience)));
}

#[tokio::test]
async fn an_unknown_issuer_is_refused() {
    for iss in ["https://other.example", "", "https://issuer.example/"] {
        assert_refused(json!({ "iss": iss }), AuthError::UnknownIssuer).await;
    }
}

#[tokio::test]
async fn a_kid_of_two_issuers_counts_for_each_alone() {
    let (ours, theirs) = (Signer::es256(), Signer::es256());
    let trust = |issuer: &str, signer: &Signer| {
        TrustedIssuer::new(issuer, KeySource::Local(jwks(&[signer.jwk(Some("k1"))])))
    };
    let both = vec![trust(ISSUER, &ours), trust("https://b.example", &theirs)];
    let verifier = Verifier::new(VerifierConfig::new(AUDIENCE, both), clock()).unwrap();
    let from_b = with(claims(), json!({ "iss": "https://b.example" }));
    assert_eq!(verifier.verify(&ours.token(Some("k1"), &claims())).await.unwrap().issuer, ISSUER);
    assert_eq!(
        verifier.verify(&theirs.token(Some("k1"), &from_b)).await.unwrap().issuer,
        "https://b.example"
    );
    for crossed in [ours.token(Some("k1"), &from_b), theirs.token(Some("k1"), &claims())] {
        assert_eq!(verifier.verify(&crossed).await, Err(AuthError::Signature));
    }
    let twice = VerifierConfig::new(AUDIENCE, vec![trust(ISSUER, &ours), trust(ISSUER, &theirs)]);
    assert!(matches!(Verifier::new(twice, clock()), Err(SetupError::DuplicateIssuer(_))));
}

#[tokio::test]
async fn every_role_passes_with_its_own_purposes_and_no_other() {
    let signer = Signer::es256();
    let verifier = verifier(&[signer.jwk(Some("k1"))]);
    for role in Role::ALL {
        let person = (role == Role::SU).then_some(42);
        for purpose in Purpose::ALL {
            for name in [role.code(), role.name()] {
                let mut claims = claims();
                claims["role"] = json!(name);
                claims["purposes"] = json!([purpose.code()]);
                claims["person"] = json!(person);
                let outcome = verifier.verify(&signer.token(Some("k1"), &claims)).await;
                if purpose.is_open_to(role) {
                    assert_eq!(outcome.unwrap().purposes, [purpose]);
                } else {
                    assert_eq!(outcome, Err(ClaimError::PurposeNotOpen.into()));
                }
            }
        }
    }
}

#[tokio::test]
async fn purposes_and_role_are_known_codes() {
    assert_refused(json!({ "purposes": [] }), ClaimError::NoPurpose).await;
    assert_refused(json!({ "purposes": ["P-IMM", "P-RES"] }), ClaimError::PurposeNotOpen).await;
    for purposes in [json!(["P-XXX"]), json!("P-IMM"), json!([1]), json!(["p-imm"])] {
        assert_refused(json!({ "purposes": purposes }), ClaimError::Shape).await;
    }
    for role in [json!("XX"), json!("hv"), json!(["HV"]), json!("HV,HC")] {
        assert_refused(json!({ "role": role }), ClaimError::Shape).await;
    }
    let caller = verify_with(json!({ "purposes": ["P-IMM", "P-IMM"] })).await.unwrap();
    assert_eq!(caller.purposes, [Purpose::Imm]);
}

#[tokio::test]
async fn the_person_is_for_the_subject_role_only() {
    let subject = json!({ "role": "SU", "purposes": ["P-SAR"] });
    assert_refused(subject.clone(), ClaimError::PersonMissing).await;
    assert_refused(json!({ "person": 42 }), ClaimError::PersonNotAllowed).await;
    let caller = verify_with(with(subject.clone(), json!({ "person": 42 }))).await.unwrap();
    assert_eq!(caller.person, Some(42));
    for person in [json!("42"), json!(4.2)] {
        assert_refused(with(subject.clone(), json!({ "person": person })), ClaimError::Shape).await;
    }
}

#[tokio::test]
async fn neither_errors_nor_debug_output_repeat_a_claim() {
    let secret = "confidential-value";
    for name in ["sub", "role", "purposes", "exp", "person", "aud", "iss"] {
        let error = verify_with(json!({ name: secret })).await.err();
        let text = error.map(|error| format!("{error} {error:?}")).unwrap_or_default();
        assert!(!text.contains(secret), "{name}");
    }
    let caller = verify_with(json!({ "sub": secret })).await.unwrap();
    assert!(!format!("{caller:?}").contains(secret));
}

#[tokio::test]
async fn an_acting_officer_is_who_answers_and_only_the_token_s_issuer_names_one() {
    let caller = verify_with(json!({ "act": { "sub": "wang" } })).await.unwrap();
    let principal = caller.principal();
    assert_eq!((principal.subject, principal.issuer), ("wang", ISSUER));
    assert_eq!(caller.recorded(), format!("wang ({ISSUER}) via clinic-7"));
    let of_many = json!({ "act": { "sub": "li", "act": { "sub": "wang" } } });
    assert_eq!(verify_with(of_many).await.unwrap().principal().subject, "li");
    let caller = verify_with(json!({})).await.unwrap();
    assert_eq!((caller.principal().subject, caller.recorded()), ("clinic-7", "clinic-7".into()));
    for act in [json!({}), json!("wang"), json!({ "sub": 7 }), json!([])] {
        assert_refused(json!({ "act": act }), ClaimError::Shape).await;
    }
    for act in [json!({ "sub": "" }), json!({ "sub": "a\nb" }), json!({ "sub": "a", "iss": "" })] {
        assert_refused(json!({ "act": act }), ClaimError::Actor).await;
    }
}

#[tokio::test]
async fn an_issuer_names_no_officer_of_another_issuer() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("jwks.json");
    let signer = Signer::es256();
    std::fs::write(&path, jwks(&[signer.jwk(Some("k1"))]).to_string()).unwrap();
    let issuers = vec![TrustedIssuer::new(ISSUER, KeySource::File(path))];
    let verifier = Verifier::new(VerifierConfig::new(AUDIENCE, issuers), clock()).unwrap();
    for (issuer, is_taken) in [(ISSUER, true), ("https://other.example", false)] {
        let act = json!({ "act": { "sub": "wang", "iss": issuer } });
        let outcome = verifier.verify(&signer.token(Some("k1"), &with(claims(), act))).await;
        if is_taken {
            assert_eq!(outcome.unwrap().principal().issuer, ISSUER)
        } else {
            assert_eq!(outcome.map(|_| ()), Err(ClaimError::ActorIssuer.into()))
        }
    }
}

#[tokio::test]
async fn tokens_that_a_client_got_for_itself_are_no_person_s() {
    assert!(verify_with(json!({})).await.unwrap().is_named_person());
    let person = json!({ "client_id": "portal", "azp": "portal", "idtyp": "user" });
    assert!(verify_with(person).await.unwrap().is_named_person());
    for marks in [
        json!({ "client_id": "clinic-7" }),
        json!({ "azp": "clinic-7" }),
        json!({ "idtyp": "app" }),
        json!({ "gty": "client-credentials" }),
        json!({ "preferred_username": "service-account-clinic" }),
    ] {
        assert!(!verify_with(marks.clone()).await.unwrap().is_named_person(), "{marks}");
        let acting = with(marks, json!({ "act": { "sub": "wang" } }));
        assert!(verify_with(acting).await.unwrap().is_named_person());
    }
}
