//! Whoever may do nothing has no mutations; whoever may do something does one thing at a time.

use migrant_gateway::{
    graphql::{Method, Request},
    policy::{Purpose, Role},
};
use serde_json::{Value, json};

use super::acting::{acts, clinician, strangers};
use crate::{
    graphql::site::Site,
    support::{CALLERS, ask, caller, code},
};

const MAY: [(Role, Purpose); 13] = [
    (Role::HF, Purpose::Ref),
    (Role::CW, Purpose::Ref),
    (Role::GG, Purpose::Ref),
    (Role::HC, Purpose::Hr),
    (Role::HM, Purpose::Mch),
    (Role::HP, Purpose::Smd),
    (Role::HE, Purpose::Ema),
    (Role::SU, Purpose::Sar),
    (Role::HE, Purpose::Etr),
    (Role::HC, Purpose::Etr),
    (Role::HP, Purpose::Etr),
    (Role::HO, Purpose::Ema),
    (Role::DP, Purpose::Aud),
];

/// Whether a role has a mutation at all: those above, who files and who answers requests of persons, and
/// whoever asks for data by duty, who may ask for more of it.
fn has_mutations(role: Role, purpose: Purpose) -> bool {
    MAY.contains(&(role, purpose))
        || purpose == Purpose::Sar
        || (purpose != Purpose::Etr && !matches!(role, Role::AU | Role::DP))
}

const ATTEMPTS: [&str; 6] = [
    "mutation { openBreakGlass(personId: \"x\", reasonCode: OTHER, reasonText: \"x\") { id } }",
    "mutation { withdrawConsent(id: \"x\") { id } }",
    "mutation { reviewBreakGlass(id: \"x\", verdict: JUSTIFIED) { id } }",
    "mutation { withdrawResidenceNotice(id: \"x\") { id } }",
    "mutation { reopenToGuardians(personId: \"x\") { validUntil } }",
    "mutation { __typename }",
];

#[tokio::test]
async fn a_role_that_may_do_nothing_has_no_mutation_in_schema_introspection_or_errors() {
    let site = Site::sqlite().await;
    for (role, purpose) in CALLERS.iter().copied() {
        let caller = caller(role, purpose);
        let sdl = site.gateway.schema_of(&caller, None).unwrap();
        let may = has_mutations(role, purpose);
        assert_eq!(sdl.contains("Mutation"), may, "{role} {purpose}");
        let query = "{ __schema { mutationType { name } } __type(name: \"Mutation\") { name } }";
        let told = site.data(&caller, query).await;
        assert_eq!(told["__schema"]["mutationType"].is_object(), may, "{role} {purpose}");
        assert_eq!(told["__type"].is_object(), may, "{role} {purpose}");
        if MAY.contains(&(role, purpose)) {
            continue;
        }
        for attempt in ATTEMPTS {
            let answer = ask(&site.gateway, &caller, attempt).await;
            assert_eq!(code(&answer), Some("GRAPHQL_VALIDATION_FAILED"), "{role} {purpose}");
            let text = answer.to_string();
            for name in ["Mutation", "Consent", "reakGlass", "Guardian"] {
                assert!(may || !text.contains(name), "{role} {purpose}: {text}");
            }
            let act = attempt.split(['{', '(']).nth(1).unwrap().trim();
            assert!(act.starts_with("__") || !sdl.contains(act), "{role} {purpose}: {act}");
        }
        let listed = "{ breakGlassEvents { id } }";
        assert_eq!(site.refusal(&caller, listed).await, "GRAPHQL_VALIDATION_FAILED");
    }
}

#[tokio::test]
async fn who_may_do_one_thing_may_not_do_another() {
    let site = Site::sqlite().await;
    for (role, purpose) in MAY {
        let own: &[&str] = match (role, purpose) {
            (Role::SU, _) => &["withdrawConsent"],
            (Role::HO | Role::DP, _) => &["reviewBreakGlass"],
            (_, Purpose::Etr) => &["openBreakGlass"],
            (_, Purpose::Ref) => &["withdrawResidenceNotice"],
            (Role::HC, _) => &["withdrawResidenceNotice", "reopenToGuardians"],
            _ => &["reopenToGuardians"],
        };
        for attempt in ATTEMPTS {
            let refusal = site.refusal(&caller(role, purpose), attempt).await;
            let is_own = own.iter().any(|act| attempt.contains(act));
            let expected = if is_own { "ID_INVALID" } else { "GRAPHQL_VALIDATION_FAILED" };
            assert_eq!(refusal, expected, "{role} {attempt}");
        }
    }
    let mut nobody = clinician(Role::HE);
    nobody.organization = None;
    assert_eq!(site.refusal(&nobody, ATTEMPTS[0]).await, "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn a_get_does_nothing_even_with_a_document_that_came_by_post_before() {
    let site = Site::sqlite().await;
    let emergency = clinician(Role::HE);
    let number = strangers(&site).await[0].id_number.clone();
    let request = |method| Request {
        query: super::acting::OPEN.to_owned(),
        variables: match json!({ "number": number, "reason": "OTHER" }) {
            Value::Object(variables) => variables,
            _ => unreachable!("an object was written"),
        },
        method,
        ..Request::default()
    };
    site.gateway.answer(&emergency, None, request(Method::Post)).await.result.unwrap();
    let refused = site.gateway.answer(&emergency, None, request(Method::Get)).await;
    assert_eq!(refused.result.unwrap_err().code.as_str(), "METHOD_NOT_ALLOWED");
    assert_eq!(acts(&site.world).await.len(), 1);
}

#[tokio::test]
async fn of_several_acts_in_one_request_none_is_done() {
    let site = Site::sqlite().await;
    let number = strangers(&site).await[0].id_number.clone().unwrap();
    let open = format!(
        "openBreakGlass(idNumber: \"{number}\", reasonCode: OTHER, reasonText: \"x\") {{ id }}"
    );
    for query in [
        format!("mutation {{ a: {open} b: {open} }}"),
        format!("mutation {{ {open} __typename }}"),
        format!("mutation {{ {} }}", open.replace(" { id }", " @skip(if: true) { id }")),
        format!("mutation {{ ...F }} fragment F on Mutation {{ a: {open} b: {open} }}"),
    ] {
        let refusal = site.refusal(&clinician(Role::HE), &query).await;
        assert_eq!(refusal, "GRAPHQL_VALIDATION_FAILED", "{query}");
    }
    assert!(acts(&site.world).await.is_empty());
}

#[tokio::test]
async fn arguments_take_the_same_coercion_as_those_of_queries() {
    let site = Site::sqlite().await;
    let emergency = clinician(Role::HE);
    for (query, variables, expected) in [
        (
            "mutation($n: Int) { openBreakGlass(idNumber: $n, reasonCode: OTHER, reasonText: \"x\") \
             { id } }",
            json!({ "n": 1 }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "mutation($r: String!) { openBreakGlass(idNumber: \"x\", reasonCode: $r, reasonText: \
             \"x\") { id } }",
            json!({ "r": "OTHER" }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "mutation { openBreakGlass(idNumber: \"x\", reasonCode: CURIOSITY, reasonText: \"x\") \
             { id } }",
            json!({}),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "mutation($r: BreakGlassReason!) { openBreakGlass(idNumber: \"x\", reasonCode: $r, \
             reasonText: \"x\") { id } }",
            json!({ "r": null }),
            "BAD_USER_INPUT",
        ),
        (
            "mutation { openBreakGlass(idNumber: \"x\", reasonCode: OTHER, reasonText: \"x\", \
             unit: \"220102\") { id } }",
            json!({}),
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        assert_eq!(site.refusal_with(&emergency, query, variables).await, expected, "{query}");
    }
}
