//! Requests of persons: filed, forwarded, answered, refused, taken back; each once, and nobody else's.

use chrono::TimeDelta;
use entity::sharing::Department;
use migrant_gateway::{
    auth::Caller,
    policy::{Purpose, Role},
};
use serde_json::{Value, json};

use super::{unexplained, view::patient_of};
use crate::{
    access::acting::{act, acts, assert_chain, herself},
    graphql::site::Site,
    support::{Backend, backends, caller},
};

const FILE: &str = "mutation($kind: SubjectRequestKind!, $text: String!, $key: String!, $person: ID, \
    $concerns: String) { fileSubjectRequest(kind: $kind, statement: $text, clientKey: $key, personId: \
    $person, concerns: $concerns) { id sentence kind kindLabelZh concerns statement state stateLabelZh \
    filedAt dueOn overdue answer } }";

const FORWARD: &str = "mutation($id: ID!, $department: Code!) { forwardSubjectRequest(id: $id, department: \
    $department) { state forwardedTo forwardedToLabelZh } }";

const ANSWER: &str = "mutation($id: ID!, $text: String!) { answerSubjectRequest(id: $id, answer: $text) { state answer } }";

const REFUSE: &str = "mutation($id: ID!, $text: String!) { refuseSubjectRequest(id: $id, reason: $text) { state answer } }";

const WITHDRAW: &str = "mutation($id: ID!) { withdrawSubjectRequest(id: $id) { state } }";

const LIST: &str =
    "{ subjectRequests(first: 500) { id personId personName kind state dueOn overdue statement } }";

fn officer() -> Caller {
    caller(Role::DP, Purpose::Sar)
}

fn correction(key: &str) -> Value {
    json!({ "kind": "CORRECTION", "text": "我的电话号码已更换", "key": key, "concerns": "Person.phone" })
}

async fn file(site: &Site, person: i64, with: Value) -> Result<Value, String> {
    let mut data = act(&site.gateway, &herself(person), FILE, with).await?;
    Ok(data["fileSubjectRequest"].take())
}

/// The request by the identifier that the officer knows it by.
async fn known_to_officer(site: &Site) -> Value {
    site.data(&officer(), LIST).await["subjectRequests"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_goes_its_way_from_the_person_to_the_department_and_back() {
    for backend in backends("a_request_goes_its_way") {
        let site = Site::new(backend).await;
        let (_, key) = patient_of(&site, Role::HC, Purpose::Hr).await;
        let filed = file(&site, key, correction("app-1")).await.unwrap();
        assert_eq!(filed["dueOn"], "2026-12-11");
        assert_eq!((&filed["state"], &filed["kindLabelZh"]), (&json!("FILED"), &json!("更正")));
        assert_eq!(
            filed["sentence"],
            "2026年11月20日12:00提出更正个人信息的请求，应于2026年12月11日前答复；正在办理。"
        );
        let listed = known_to_officer(&site).await;
        assert_eq!(listed["statement"], "我的电话号码已更换");
        assert!(listed["personName"].is_string());
        let id = &listed["id"];
        assert_ne!(*id, filed["id"], "each department has identifiers of its own");
        let with = json!({ "id": id, "department": "police" });
        let forwarded = act(&site.gateway, &officer(), FORWARD, with.clone()).await.unwrap();
        assert_eq!(forwarded["forwardSubjectRequest"]["forwardedToLabelZh"], "公安");
        assert_eq!(act(&site.gateway, &officer(), FORWARD, with).await.unwrap_err(), "CONFLICT");
        site.world.clock.advance(TimeDelta::days(1));
        let with = json!({ "id": id, "text": "公安部门已更正联系电话" });
        act(&site.gateway, &officer(), ANSWER, with.clone()).await.unwrap();
        for query in [ANSWER, REFUSE] {
            assert_eq!(
                act(&site.gateway, &officer(), query, with.clone()).await.unwrap_err(),
                "CONFLICT"
            );
        }
        let own = site.data(&herself(key), "{ me { requests { sentence state answer } } }").await;
        assert_eq!(own["me"]["requests"][0]["state"], "ANSWERED");
        assert!(
            own["me"]["requests"][0]["sentence"]
                .as_str()
                .unwrap()
                .ends_with("个人信息保护负责人于2026年11月21日12:00答复：公安部门已更正联系电话。"),
            "{own}"
        );
        let done = acts(&site.world).await;
        let actions: Vec<&str> =
            done.iter().map(|(act, _)| act["action"].as_str().unwrap()).collect();
        assert_eq!(
            actions,
            ["subject_request.file", "subject_request.forward", "subject_request.answer"]
        );
        // Nobody's words are on the chain, and every act concerns the person.
        for (act, subjects) in &done {
            assert_eq!(*subjects, [key]);
            assert!(!act.to_string().contains("电话"), "{act}");
        }
        let looked =
            site.data(&herself(key), "{ me { whoLooked(first: 500) { sentence } } }").await;
        assert!(looked.to_string().contains("办理了关于您的“答复个人信息请求”"), "{looked}");
        assert_chain(&site.world).await;
        assert_eq!(unexplained(&site.world).await, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_under_one_key_is_one_request() {
    for backend in backends("what_is_sent_again_under_one_key") {
        let site = Site::new(backend).await;
        let first = file(&site, 1, correction("app-1")).await.unwrap();
        let again = file(&site, 1, correction("app-1")).await.unwrap();
        assert_eq!(first, again);
        // The same key for something else is a mistake; another person's key is another key.
        let other = json!({ "kind": "DELETION", "text": "请删除", "key": "app-1" });
        assert_eq!(file(&site, 1, other).await.unwrap_err(), "CONFLICT");
        assert_ne!(file(&site, 2, correction("app-1")).await.unwrap()["id"], first["id"]);
        // At once, over two gateways.
        let second = site.world.gateway().await;
        let turns = (0..8).map(|turn| {
            let gateway = if turn % 2 == 0 { site.gateway.clone() } else { second.clone() };
            async move { act(&gateway, &herself(3), FILE, correction("at-once")).await }
        });
        let all = futures_util::future::join_all(turns).await;
        let ids: std::collections::BTreeSet<String> = all
            .into_iter()
            .map(|done| done.unwrap()["fileSubjectRequest"]["id"].to_string())
            .collect();
        assert_eq!(ids.len(), 1, "{backend:?}");
        let mine = site.data(&herself(3), "{ me { requests { id } } }").await;
        assert_eq!(mine["me"]["requests"].as_array().unwrap().len(), 1);
        assert_eq!(unexplained(&site.world).await, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_refused_with_a_reason_and_overdue_from_the_day_after() {
    let site = Site::sqlite().await;
    let filed = file(&site, 1, correction("app-1")).await.unwrap();
    assert_eq!(filed["overdue"], false);
    let overdue = async |at: &str| {
        site.world.clock.set(at.parse().unwrap());
        known_to_officer(&site).await["overdue"].clone()
    };
    assert_eq!(overdue("2026-12-11T15:59:59Z").await, false);
    assert_eq!(overdue("2026-12-11T16:00:00Z").await, true);
    let id = known_to_officer(&site).await["id"].clone();
    let blank = json!({ "id": id, "text": " \u{200b} " });
    assert_eq!(act(&site.gateway, &officer(), REFUSE, blank).await.unwrap_err(), "BAD_USER_INPUT");
    let with = json!({ "id": id, "text": "该信息依法须保存，个人信息保护法第四十七条第二款" });
    act(&site.gateway, &officer(), REFUSE, with).await.unwrap();
    let own = site.data(&herself(1), "{ me { requests { sentence state overdue } } }").await;
    assert_eq!(own["me"]["requests"][0]["state"], "REFUSED");
    assert!(
        own["me"]["requests"][0]["sentence"]
            .as_str()
            .unwrap()
            .contains("拒绝，理由：该信息依法须保存")
    );
    let open = site.data(&officer(), "{ subjectRequests(open: true) { id } }").await;
    assert_eq!(open["subjectRequests"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_or_ends_a_request_that_is_not_theirs_and_none_of_it_tells_that_it_is_there() {
    for backend in backends("nobody_sees_or_ends_a_request") {
        let site = Site::new(backend).await;
        let filed = file(&site, 1, correction("app-1")).await.unwrap();
        let id = filed["id"].clone();
        // Another person with the identifier, which is the department's and not hers.
        let taken = act(&site.gateway, &herself(2), WITHDRAW, json!({ "id": id })).await;
        let none = site.id(Department::Subject, "SubjectRequest", 4_711);
        let absent = act(&site.gateway, &herself(2), WITHDRAW, json!({ "id": none })).await;
        assert_eq!(
            (taken.unwrap_err(), absent.unwrap_err()),
            ("NOT_FOUND".to_owned(), "NOT_FOUND".to_owned())
        );
        let of_other = site.id(Department::Subject, "Person", 1);
        let query = "query($id: ID!) { me { requests(personId: $id) { id statement } } }";
        let data = site.data_with(&herself(2), query, json!({ "id": of_other })).await;
        assert_eq!(data["me"]["requests"], json!([]));
        // Filing for somebody else is as for nobody.
        let for_other = json!({ "kind": "COPY", "text": "复制", "key": "k", "person": of_other });
        let for_nobody = site.id(Department::Subject, "Person", 999_999);
        let for_nobody =
            json!({ "kind": "COPY", "text": "复制", "key": "k", "person": for_nobody });
        assert_eq!(
            file(&site, 2, for_other).await.unwrap_err(),
            file(&site, 2, for_nobody).await.unwrap_err()
        );
        // An officer of another county.
        let elsewhere = Caller { unit: "220281".to_owned(), organization: None, ..officer() };
        let list = site.data(&elsewhere, "{ subjectRequests { id } }").await;
        assert_eq!(list["subjectRequests"], json!([]));
        let known = known_to_officer(&site).await["id"].clone();
        let with = json!({ "id": known, "text": "没有" });
        assert_eq!(act(&site.gateway, &elsewhere, ANSWER, with).await.unwrap_err(), "NOT_FOUND");
        // Nobody else files, answers, or lists.
        let clinic = caller(Role::HC, Purpose::Hr);
        for query in [FILE, ANSWER] {
            let answer = act(&site.gateway, &clinic, query, correction("x")).await;
            assert_eq!(answer.unwrap_err(), "GRAPHQL_VALIDATION_FAILED");
        }
        assert_eq!(site.refusal(&clinic, LIST).await, "GRAPHQL_VALIDATION_FAILED");
        assert_eq!(site.refusal(&herself(1), LIST).await, "GRAPHQL_VALIDATION_FAILED");
        // The person takes it back, once.
        act(&site.gateway, &herself(1), WITHDRAW, json!({ "id": id })).await.unwrap();
        let again = act(&site.gateway, &herself(1), WITHDRAW, json!({ "id": id })).await;
        assert_eq!(again.unwrap_err(), "CONFLICT");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_requests_wait_at_most_and_one_that_ends_makes_room() {
    let site = Site::sqlite().await;
    let mut last = Value::Null;
    for number in 0..20 {
        last = file(&site, 1, correction(&format!("app-{number}"))).await.unwrap()["id"].clone();
    }
    assert_eq!(file(&site, 1, correction("app-20")).await.unwrap_err(), "CONFLICT");
    // What is there already is still the same request, and others have their own number.
    file(&site, 1, correction("app-3")).await.unwrap();
    file(&site, 2, correction("app-20")).await.unwrap();
    act(&site.gateway, &herself(1), WITHDRAW, json!({ "id": last })).await.unwrap();
    file(&site, 1, correction("app-20")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_changed_by_hand_is_found() {
    use sea_orm::ConnectionTrait as _;
    let site = Site::new(Backend::Sqlite).await;
    file(&site, 1, correction("app-1")).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
    site.world
        .db
        .execute_unprepared("UPDATE subject_request SET due_on = '2027-01-01'")
        .await
        .unwrap();
    let found = unexplained(&site.world).await;
    assert!(found.len() == 1 && found[0].to_string().contains("dueOn"), "{found:?}");
}
