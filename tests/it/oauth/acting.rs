//! A client says in its signed assertion who acts through it: tokens and records carry that, marked as
//! the client's word.

use entity::{access_record, break_glass, person};
use migrant_gateway::{
    oauth::{Authority, Register},
    policy::{Purpose, Role},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::{
    signer::{Signer, with},
    site::{ISSUER, Site, client, outcome},
};
use crate::support::backends;

const OPEN: &str = "mutation($number: String!) { openBreakGlass(idNumber: $number, reasonCode: \
    UNCONSCIOUS, reasonText: \"found at the road\") { id } }";

/// A site with the emergency service `ems`, its key, and a token of whoever acts.
async fn emergency_service(site: &Site) -> Signer {
    let mut service = client("ems", &[Role::HE]);
    service.organization = Some("220102-EMS".to_owned());
    let register = Register { client: service, by: Authority::Operator };
    site.change(register).await.expect("a client");
    let signer = Signer::es256();
    site.key("ems", &signer, None).await;
    signer
}

/// What the token endpoint answers to an assertion with these claims, too.
async fn token(site: &Site, signer: &Signer, more: Value) -> Result<String, (u16, Value)> {
    let assertion = signer.token(None, &with(site.assertion("ems"), more));
    let (status, answer) = site.assert(&assertion).await;
    match answer["access_token"].as_str() {
        Some(token) => Ok(token.to_owned()),
        None => Err((status, answer)),
    }
}

/// Asks under P-ETR; the answer.
async fn ask(site: &Site, token: &str, query: &str, variables: Value) -> Value {
    let request = site.server.client.post(site.server.graphql()).bearer_auth(token);
    let request = request.header("x-purpose", Purpose::Etr.code());
    let body = json!({ "query": query, "variables": variables });
    outcome(request.json(&body).send().await.unwrap()).await.1
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn numbers(site: &Site) -> Vec<String> {
    let persons = person::Entity::find()
        .filter(person::Column::IdNumber.is_not_null())
        .order_by_asc(person::Column::Id);
    let persons = persons.all(&site.world.db).await.unwrap();
    persons.into_iter().filter_map(|person| person.id_number).take(5).collect()
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn a_client_that_signs_who_acts_opens_emergencies_for_them_and_the_record_says_so() {
    for backend in backends("a_client_that_signs_who_acts_opens_emergencies") {
        let site = Site::start(backend).await;
        let signer = emergency_service(&site).await;
        let number = &numbers(&site).await[0];
        let open = json!({ "number": number });

        let unnamed = token(&site, &signer, json!({})).await.unwrap();
        assert_eq!(code(&ask(&site, &unnamed, OPEN, open.clone()).await), "PURPOSE_NOT_ALLOWED");
        let wang = token(&site, &signer, json!({ "act": { "sub": "wang" } })).await.unwrap();
        let answer = ask(&site, &wang, OPEN, open.clone()).await;
        assert!(answer["data"]["openBreakGlass"]["id"].is_string(), "{answer}");
        let of_it = break_glass::Entity::find().one(&site.world.db).await.unwrap().unwrap();
        let names = format!("{ISSUER}/clients/ems");
        assert_eq!((of_it.subject.as_str(), of_it.issuer), ("wang", Some(names)));
        let records = access_record::Entity::find().order_by_desc(access_record::Column::Seq);
        let record = records.one(&site.world.db).await.unwrap().unwrap();
        assert_eq!(record.caller, "wang (asserted) via ems");

        // What one opened is not another's, whoever says so.
        let seen = "{ persons { nodes { name } } }";
        let count = async |token: &str| {
            let answer = ask(&site, token, seen, json!({})).await;
            answer["data"]["persons"]["nodes"].as_array().unwrap().len()
        };
        let li = token(&site, &signer, json!({ "act": { "sub": "li", "iss": "ems" } })).await;
        assert_eq!((count(&wang).await, count(&li.unwrap()).await), (1, 0));
    }
}

#[tokio::test]
async fn an_introspected_token_tells_who_acts() {
    let site = Site::sqlite().await;
    let signer = emergency_service(&site).await;
    let wang = token(&site, &signer, json!({ "act": { "sub": "王医生" } })).await.unwrap();
    let secret = site.secret("ems", None).await;
    let form = [("client_id", "ems"), ("client_secret", secret.as_str()), ("token", &wang)];
    let (_, told) = site.post("/oauth/introspect", &form).await;
    assert_eq!(told["act"], json!({ "sub": "王医生", "iss": format!("{ISSUER}/clients/ems") }));
}

#[tokio::test]
async fn a_client_names_its_own_officers_and_no_others() {
    let site = Site::sqlite().await;
    let signer = emergency_service(&site).await;
    for act in [
        json!({}),
        json!("wang"),
        json!({ "sub": "" }),
        json!({ "sub": 7 }),
        json!({ "sub": "a\nb" }),
        json!({ "sub": "x".repeat(257) }),
        json!({ "sub": "wang", "iss": "other" }),
        json!({ "sub": "wang", "iss": ISSUER }),
    ] {
        let refused = token(&site, &signer, json!({ "act": act })).await.unwrap_err();
        assert_eq!(
            (refused.0, refused.1["error"].as_str()),
            (401, Some("invalid_client")),
            "{act}"
        );
    }
    // Whoever shows a secret has signed nothing.
    let secret = site.secret("ems", None).await;
    let form = [("client_id", "ems"), ("client_secret", secret.as_str()), ("act", "wang")];
    let (_, answer) = site.ask(&form).await;
    let token = answer["access_token"].as_str().unwrap();
    let refused = ask(&site, token, "{ persons { nodes { name } } }", json!({})).await;
    assert_eq!(code(&refused), "PURPOSE_NOT_ALLOWED");
}

#[tokio::test]
async fn names_that_a_client_makes_up_read_on_the_clients_account() {
    let site = Site::sqlite().await;
    site.register("chc", &[Role::HC]).await;
    let signer = Signer::es256();
    site.key("chc", &signer, None).await;
    let names = async |officer: &str, first: u32| {
        let claims = with(site.assertion("chc"), json!({ "act": { "sub": officer } }));
        let (_, answer) = site.assert(&signer.token(None, &claims)).await;
        let query = format!("{{ persons(first: {first}) {{ nodes {{ name }} }} }}");
        let request = site.server.client.post(site.server.graphql());
        let request = request.bearer_auth(answer["access_token"].as_str().unwrap());
        let request = request.header("x-purpose", "P-HR").json(&json!({ "query": query }));
        outcome(request.send().await.unwrap()).await.1
    };
    let all = names("wang", 60).await;
    assert_eq!(all["data"]["persons"]["nodes"].as_array().map(Vec::len), Some(60), "{all}");
    assert_eq!(code(&names("li", 60).await), "QUOTA_EXCEEDED");
}
