//! Copies to keep or to print, over HTTP, and published counts.

use entity::subject_request;
use migrant_gateway::policy::{Purpose, Role};
use sea_orm::{ActiveModelTrait as _, IntoActiveModel as _};
use serde_json::Value;

use crate::{
    graphql::site::Site,
    support::{
        Backend, backends,
        http::{Server, token},
        world::noon,
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_holds_the_record_as_a_file_and_as_a_page_and_is_on_record() {
    for backend in backends("a_copy_holds_the_record") {
        let site = Site::new(backend).await;
        let server = Server::start(site.gateway.clone()).await;
        let own = token(&site.world, Role::SU, Purpose::Sar, noon());
        let get = async |path: &str, accept: &str| {
            let request = server.client.get(format!("{}{path}", server.base)).bearer_auth(&own);
            request.header("accept", accept).send().await.unwrap()
        };
        let file = get("/me/copy", "application/json").await;
        assert_eq!(file.status(), 200);
        assert!(file.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
        assert!(file.headers().contains_key("x-access-record"));
        assert_eq!(file.headers()["cache-control"], "no-store");
        let file: Value = file.json().await.unwrap();
        assert_eq!(file["madeAt"], "2026年11月20日12:00");
        let record = file["content"]["record"].as_array().unwrap();
        let person = record.iter().find(|section| section["kind"] == "Person").unwrap();
        let name = person["entries"].as_array().unwrap().iter();
        let name = name.clone().find(|entry| entry["field"] == "name").unwrap()["text"].clone();
        let name = name.as_str().unwrap();

        let page = get("/me/copy", "text/html,application/xhtml+xml").await;
        assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("script"), "{policy}");
        let page = page.text().await.unwrap();
        assert!(page.contains(name) && page.contains("<h1>个人信息副本</h1>"));
        assert!(page.contains("谁看过我的信息") && !page.contains("<script"));

        // Both stand among her own look-ups.
        let data = site
            .data(
                &crate::access::acting::herself(1),
                "{ me { ownLookUps(first: 5) { sentence } } }",
            )
            .await;
        let told = data["me"]["ownLookUps"].as_array().unwrap().len();
        assert!(told >= 2, "{data}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_person_gets_a_copy() {
    let site = Site::new(Backend::Sqlite).await;
    let server = Server::start(site.gateway.clone()).await;
    let get = async |token: Option<&str>, path: &str| {
        let request = server.client.get(format!("{}{path}", server.base));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(get(None, "/me/copy").await, 401);
    let clinic = token(&site.world, Role::HC, Purpose::Hr, noon());
    assert_eq!(get(Some(&clinic), "/me/copy").await, 400);
    let own = token(&site.world, Role::SU, Purpose::Sar, noon());
    assert_eq!(get(Some(&own), "/me/copy?format=pdf").await, 400);
    // An identifier that is none of hers to name.
    assert_eq!(get(Some(&own), "/me/copy?personId=AAAA").await, 400);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_of_requests_are_published_and_few_of_a_kind_are_not_told() {
    for backend in backends("counts_of_requests_are_published") {
        let site = Site::new(backend).await;
        let server = Server::start(site.gateway.clone()).await;
        for number in 0..14 {
            let is_answered = number < 4;
            let row = subject_request::Model {
                id: number + 1,
                person_id: 1,
                filed_by_person_id: 1,
                client_key: format!("k-{number}"),
                kind: if number < 12 { "3" } else { "5" }.to_owned(),
                concerns: None,
                statement: "更正".to_owned(),
                unit_id: 1,
                filed_at: noon(),
                due_on: "2026-11-19".parse().unwrap(),
                forwarded_to: None,
                forwarded_at: None,
                forwarded_by: None,
                outcome: is_answered.then(|| "ANSWERED".to_owned()),
                answer: None,
                closed_at: is_answered.then(|| noon() - chrono::TimeDelta::days(2)),
                closed_by: None,
            };
            row.into_active_model().insert(&site.world.db).await.unwrap();
        }
        // Without a token.
        let answer = server.client.get(format!("{}/subject-requests", server.base)).send().await;
        let counts: Value = answer.unwrap().json().await.unwrap();
        let of = |kind: &str| {
            let counts = counts["counts"].as_array().unwrap().iter();
            counts.clone().find(|cell| cell["kind"] == kind).unwrap().clone()
        };
        let correction = of("CORRECTION");
        assert_eq!(correction["quarter"], "2026-Q4");
        for (member, count) in [("filed", 12), ("answered", 4), ("open", 8), ("overdue", 8)] {
            assert_eq!(correction[member], count, "{backend:?} {member}");
        }
        let deletion = of("DELETION");
        assert_eq!(
            (&deletion["filed"], &deletion["suppressed"]),
            (&Value::Null, &Value::Bool(true))
        );
        server.stop().await;
    }
}
