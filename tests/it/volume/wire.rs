//! Limits in headers, as the IETF's draft has them.

use migrant_gateway::policy::{Purpose, Role};
use reqwest::Response;
use serde_json::json;

use crate::{
    graphql::site::Site,
    support::{
        demo_request,
        http::{Server, token},
        world::noon,
    },
};

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).unwrap_or_else(|| panic!("no {name}")).to_str().expect("ASCII")
}

#[tokio::test]
async fn answers_and_refusals_tell_what_is_left_and_when_to_come_back() {
    let site = Site::sqlite().await;
    let server = Server::start(site.gateway.clone()).await;
    let request = demo_request(Role::PO);
    let token = site
        .world
        .signing_key()
        .issue(
            &migrant_gateway::auth::TokenRequest {
                issuer: "test".to_owned(),
                audience: "migrant-gateway".to_owned(),
                subject: "somebody".to_owned(),
                role: Role::PO,
                unit: request.unit.to_owned(),
                organization: request.organization.map(str::to_owned),
                purposes: vec![Purpose::Res],
                person: None,
                ttl: std::time::Duration::from_secs(3600),
            },
            noon(),
        )
        .expect("a token");
    let names = |first: u64| json!({ "query": format!("{{ persons(first: {first}) {{ nodes {{ name }} }} }}") });
    let answer = server.post(&token, &names(60)).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(
        header(&answer, "ratelimit-policy"),
        "\"identity-day\";q=100;w=86400;qu=\"persons\", \
         \"identity-month\";q=1000;w=2592000;qu=\"persons\""
    );
    assert_eq!(
        header(&answer, "ratelimit"),
        "\"identity-day\";r=40;t=90000, \"identity-month\";r=940;t=2595600"
    );
    let refused = server.post(&token, &names(41)).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(header(&refused, "retry-after"), "90001");
    assert!(header(&refused, "ratelimit").starts_with("\"identity-day\";r=39;"));
    let body: serde_json::Value = refused.json().await.expect("JSON");
    assert_eq!(body["errors"][0]["extensions"]["code"], "QUOTA_EXCEEDED", "{body}");
    assert!(body["data"].is_null());
    server.stop().await;
}

#[tokio::test]
async fn a_contract_tells_its_volume_and_a_person_s_own_data_none() {
    let site = Site::sqlite().await;
    let server = Server::start(site.gateway.clone()).await;
    let contracted = token(&site.world, Role::PO, Purpose::Res, noon());
    let query = json!({ "query": "{ persons(first: 3) { nodes { name } } }" });
    let answer = server.post(&contracted, &query).await;
    assert!(header(&answer, "ratelimit").starts_with("\"identity-contract\";r=99999997;t="));
    let herself = token(&site.world, Role::SU, Purpose::Sar, noon());
    let answer = server.post(&herself, &query).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().get("ratelimit").is_none());
    server.stop().await;
}
