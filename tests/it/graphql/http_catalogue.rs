//! What anybody may know, over HTTP: code lists and the catalogue, with tags.

use migrant_gateway::{catalogue::catalogue, published::LISTS};
use serde_json::Value;

use super::{http_accept::header, site::Site};
use crate::support::{backends, http::Server};

async fn get(server: &Server, path: &str, tag: Option<&str>) -> reqwest::Response {
    let request = server.client.get(format!("{}{path}", server.base));
    let request = match tag {
        Some(tag) => request.header("if-none-match", tag),
        None => request,
    };
    request.send().await.unwrap()
}

async fn json(server: &Server, path: &str) -> Value {
    let response = get(server, path, None).await;
    assert_eq!(response.status(), 200, "{path}");
    assert_eq!(header(&response, "content-type"), "application/json; charset=utf-8");
    response.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_reads_the_lists_and_is_told_when_they_are_unchanged() {
    for backend in backends("anybody_reads_the_lists") {
        let site = Site::new(backend).await;
        let server = Server::start(site.gateway.clone()).await;
        let paths = ["/code-lists", "/code-lists/sex", "/catalogue", "/catalogue/entries"];
        let paths = paths.map(str::to_owned).into_iter();
        let of_lists = LISTS.iter().map(|name| format!("/catalogue/{name}"));
        for path in paths.chain(of_lists).chain(["/catalogue/entries/Person".to_owned()]) {
            let response = get(&server, &path, None).await;
            assert_eq!(response.status(), 200, "{path}");
            assert_eq!(header(&response, "cache-control"), "no-cache", "{path}");
            let tag = header(&response, "etag");
            let text = response.text().await.unwrap();
            assert!(serde_json::from_str::<Value>(&text).is_ok() && text.len() > 40, "{path}");
            let again = get(&server, &path, Some(&tag)).await;
            assert_eq!(again.status(), 304, "{path}");
            assert_eq!(header(&again, "etag"), tag, "{path}");
            assert_eq!(again.text().await.unwrap(), "", "{path}");
            let other = get(&server, &path, Some("\"another\"")).await;
            assert_eq!((other.status().as_u16(), other.text().await.unwrap()), (200, text));
        }
        for path in
            ["/code-lists/none", "/catalogue/none", "/catalogue/entries/None", "/code-lists/"]
        {
            let response = get(&server, path, None).await;
            assert_eq!(response.status(), 404, "{path}");
            assert_eq!(header(&response, "cache-control"), "no-store", "{path}");
        }
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lists_are_those_of_the_policy_and_the_registers() {
    let site = Site::sqlite().await;
    let server = Server::start(site.gateway.clone()).await;
    let sex = json(&server, "/code-lists/sex").await;
    assert_eq!(sex["codes"][1]["labelZh"], "男性");
    assert_eq!(json(&server, "/code-lists/GB%2FT%202261.1").await, sex);
    let all = json(&server, "/code-lists").await;
    assert!(all.as_array().unwrap().contains(&sex));
    let roles = json(&server, "/catalogue/roles").await;
    assert_eq!(roles.as_array().unwrap().len(), 30);
    assert_eq!(roles[0]["code"], "HC");
    let units = json(&server, "/catalogue/units").await;
    let nanguan = units.as_array().unwrap().iter().find(|unit| unit["code"] == "220102").unwrap();
    assert_eq!((&nanguan["name"], &nanguan["parent"]), (&"南关区".into(), &"220100".into()));
    let organizations = json(&server, "/catalogue/organizations").await;
    let police = organizations.as_array().unwrap().iter();
    let police = police.clone().find(|found| found["code"] == "220102-PSB").unwrap();
    assert_eq!(police["name"], "南关区公安派出所");
    let named: Vec<&String> = police.as_object().unwrap().keys().collect();
    let public = ["code", "department", "departmentLabelZh", "kind", "kindLabelZh", "name", "unit"];
    assert_eq!(named, public);
    let laws = json(&server, "/catalogue/laws").await;
    assert!(laws.as_array().unwrap().iter().any(|law| law["code"] == "PIPL-54"), "{laws}");
    let index = json(&server, "/catalogue").await;
    assert_eq!(index.as_array().unwrap().len(), LISTS.len() + 1);
    for list in index.as_array().unwrap() {
        let found = json(&server, list["href"].as_str().unwrap()).await;
        assert_eq!(list["count"], found.as_array().unwrap().len(), "{list}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_has_an_entry_with_provider_items_and_the_law_of_its_sharing() {
    let site = Site::sqlite().await;
    let server = Server::start(site.gateway.clone()).await;
    let entries = json(&server, "/catalogue/entries").await;
    assert_eq!(entries.as_array().unwrap().len(), catalogue().kinds().len());
    let sharing = ["无条件共享", "有条件共享", "不予共享"];
    for (entry, kind) in entries.as_array().unwrap().iter().zip(catalogue().kinds()) {
        assert_eq!(entry["kind"], kind.name);
        for member in [
            "信息资源分类",
            "信息资源名称",
            "信息资源代码",
            "信息资源提供方",
            "信息资源提供方代码",
            "信息资源摘要",
            "信息资源格式",
            "更新周期",
            "发布日期",
        ] {
            assert!(
                entry[member].as_str().is_some_and(|text| !text.is_empty()),
                "{member} {entry}"
            );
        }
        let shared = &entry["共享属性"];
        assert!(sharing.contains(&shared["共享类型"].as_str().unwrap()), "{entry}");
        assert!(!shared["法律依据"].as_str().unwrap().is_empty());
        let items = entry["信息项信息"].as_array().unwrap();
        assert_eq!(items.len(), kind.fields.len(), "{}", kind.name);
        for item in items {
            assert!(sharing.contains(&item["共享类型"].as_str().unwrap()), "{item}");
            assert!(!item["法律依据"].as_str().unwrap().is_empty());
        }
    }
    let of = |name: &str| entries.as_array().unwrap().iter().find(|e| e["kind"] == name).unwrap();
    assert_eq!(of("Person")["共享属性"]["共享类型"], "有条件共享");
    assert_eq!(of("StigmatizedDiseaseReport")["共享属性"]["共享类型"], "不予共享");
    assert_eq!(json(&server, "/catalogue/entries/Person").await, *of("Person"));
    server.stop().await;
}
