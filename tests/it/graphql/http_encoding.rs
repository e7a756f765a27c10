//! Compressed answers, refused compressed requests, and tags of texts that change seldom.

use flate2::read::GzDecoder;
use migrant_gateway::policy::{Purpose, Role};
use reqwest::Response;
use serde_json::{Value, json};

use super::http_accept::{JSON, Wire, header, outcome};
use crate::support::{http::token, world::noon};

const LONG: &str = "{ persons(first: 50) { nodes { id name birthDate ethnicity } } }";

async fn ask(wire: &Wire, query: &str, accept: Option<&str>) -> Response {
    let mut headers = vec![("content-type", JSON)];
    headers.extend(accept.map(|accept| ("accept-encoding", accept)));
    wire.post(&headers, json!({ "query": query }).to_string()).await
}

#[tokio::test]
async fn a_long_answer_comes_in_the_coding_that_the_client_likes_best() {
    let wire = Wire::start().await;
    let plain = ask(&wire, LONG, None).await.bytes().await.unwrap();
    for (accept, coding) in [
        (None, ""),
        (Some("identity"), ""),
        (Some("deflate"), ""),
        (Some("gzip"), "gzip"),
        (Some("br"), "br"),
        (Some("zstd"), "zstd"),
        (Some("gzip;q=0.5, br;q=0.9"), "br"),
        (Some("gzip;q=0.9, zstd;q=0.2"), "gzip"),
        (Some("gzip;q=0"), ""),
        (Some("gzip;q=0, br;q=0, zstd;q=0"), ""),
        (Some("x-unknown, zstd;q=0.1"), "zstd"),
    ] {
        let response = ask(&wire, LONG, accept).await;
        assert_eq!(header(&response, "content-encoding"), coding, "{accept:?}");
        assert_eq!(header(&response, "vary"), "accept-encoding", "{accept:?}");
        assert_eq!(header(&response, "cache-control"), "no-store");
        assert!(!header(&response, "x-access-record").is_empty());
        let sent = response.bytes().await.unwrap();
        let read = match coding {
            "" => sent.to_vec(),
            "gzip" => std::io::read_to_string(GzDecoder::new(&sent[..])).unwrap().into_bytes(),
            "br" => {
                let mut text = Vec::new();
                brotli::BrotliDecompress(&mut &sent[..], &mut text).unwrap();
                text
            }
            _ => zstd::decode_all(&sent[..]).unwrap(),
        };
        assert_eq!(read, plain, "{accept:?}");
        assert!(coding.is_empty() || sent.len() * 2 < plain.len(), "{accept:?} {}", sent.len());
    }
}

#[tokio::test]
async fn short_answers_and_health_are_sent_as_they_are() {
    let wire = Wire::start().await;
    let short = ask(&wire, "{ __typename }", Some("gzip, br, zstd")).await;
    assert_eq!(header(&short, "content-encoding"), "");
    for path in ["/healthz", "/readyz"] {
        let asked = wire.server.client.get(format!("{}{path}", wire.server.base));
        let response = asked.header("accept-encoding", "gzip").send().await.unwrap();
        assert_eq!(
            (header(&response, "content-encoding"), header(&response, "vary")),
            <_>::default()
        );
    }
}

#[tokio::test]
async fn a_compressed_request_is_refused_and_told_what_would_be_taken() {
    let wire = Wire::start().await;
    let text = json!({ "query": "{ __typename }" }).to_string();
    for coding in ["gzip", "br", "zstd", "deflate", "x-gzip", "identity, gzip", "GZIP"] {
        let headers = [("content-type", JSON), ("content-encoding", coding)];
        let response = wire.post(&headers, text.clone()).await;
        assert_eq!(header(&response, "accept-encoding"), "identity");
        assert!(!header(&response, "x-access-record").is_empty(), "it leaves a record");
        let refused = (415, Some("UNSUPPORTED_MEDIA_TYPE".to_owned()));
        assert_eq!(outcome(response).await, refused, "{coding}");
    }
    for coding in ["identity", "Identity", ""] {
        let headers = [("content-type", JSON), ("content-encoding", coding)];
        assert_eq!(outcome(wire.post(&headers, text.clone()).await).await, (200, None), "{coding}");
    }
}

async fn fetch(wire: &Wire, token: &str, headers: &[(&str, &str)]) -> Response {
    let asked = wire.server.client.get(format!("{}/schema.graphql", wire.server.base));
    let asked = asked.bearer_auth(token);
    headers
        .iter()
        .fold(asked, |asked, (name, value)| asked.header(*name, *value))
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn who_has_the_schema_is_told_so_instead_of_sent_it() {
    let wire = Wire::start().await;
    let analyst = token(&wire.site.world, Role::HA, Purpose::Stat, noon());
    let mut tags = Vec::new();
    for token in [&wire.token, &analyst] {
        let whole = fetch(&wire, token, &[]).await;
        assert_eq!(header(&whole, "cache-control"), "private, no-cache");
        let vary = whole.headers().get_all("vary").iter().map(|v| v.to_str().unwrap());
        let vary = vary.collect::<Vec<_>>().join(", ");
        for name in ["Authorization", "X-Purpose", "accept-encoding"] {
            assert!(vary.contains(name), "{vary}");
        }
        let tag = header(&whole, "etag");
        assert!(tag.starts_with('"') && tag.len() > 20, "strong: {tag}");
        for known in [tag.clone(), format!("\"x\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
            let again = fetch(&wire, token, &[("if-none-match", &known)]).await;
            assert_eq!((again.status().as_u16(), header(&again, "etag")), (304, tag.clone()));
            assert_eq!(header(&again, "cache-control"), "private, no-cache");
            assert!(again.bytes().await.unwrap().is_empty());
        }
        let other = fetch(&wire, token, &[("if-none-match", "\"x\"")]).await;
        assert_eq!(other.status(), 200);
        tags.push(tag);
    }
    assert_ne!(tags[0], tags[1], "each role has a schema of its own");
    let foreign = fetch(&wire, &analyst, &[("if-none-match", &tags[0])]).await;
    assert_eq!(foreign.status(), 200);
    // A tag opens nothing: the token is looked at first.
    let nobody = wire.server.client.get(format!("{}/schema.graphql", wire.server.base));
    let nobody = nobody.header("if-none-match", &tags[0]).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
}

/// RFC 9110, 8.8.3.3: a strong tag is of one coding.
#[tokio::test]
async fn a_compressed_schema_has_a_tag_of_its_own_which_is_known_again() {
    let wire = Wire::start().await;
    let plain = header(&fetch(&wire, &wire.token, &[]).await, "etag");
    for coding in ["gzip", "br", "zstd"] {
        let coded = fetch(&wire, &wire.token, &[("accept-encoding", coding)]).await;
        assert_eq!(header(&coded, "content-encoding"), coding);
        let tag = header(&coded, "etag");
        assert_eq!(tag, format!("{}-{coding}\"", plain.trim_end_matches('"')));
        let headers = [("accept-encoding", coding), ("if-none-match", tag.as_str())];
        let again = fetch(&wire, &wire.token, &headers).await;
        assert_eq!((again.status().as_u16(), header(&again, "etag")), (304, tag));
    }
}

#[tokio::test]
async fn a_hash_without_a_document_is_refused_by_the_words_that_clients_fall_back_by() {
    let wire = Wire::start().await;
    let hash = json!({ "version": 1, "sha256Hash": "ab".repeat(32) });
    let extensions = json!({ "persistedQuery": hash });
    let asked = json!({ "operationName": "Q", "variables": {}, "extensions": extensions });
    let text = extensions.to_string();
    let post = wire.post(&[("content-type", JSON)], asked.to_string()).await;
    let get = wire.get(&[("operationName", "Q"), ("extensions", &text)], JSON).await;
    for response in [post, get] {
        assert!(!header(&response, "x-access-record").is_empty());
        assert_eq!(response.status(), 200);
        let answer: Value = response.json().await.unwrap();
        let error = json!({
            "message": "PersistedQueryNotSupported",
            "extensions": { "code": "PERSISTED_QUERY_NOT_SUPPORTED" },
        });
        assert_eq!(answer, json!({ "errors": [error] }));
    }
    let graphql = "application/graphql-response+json";
    let strict = wire.get(&[("extensions", &text)], graphql).await;
    assert_eq!(strict.status(), 400);

    let query = "query Q { __typename }";
    let mut whole = asked;
    whole["query"] = json!(query);
    let post = wire.post(&[("content-type", JSON)], whole.to_string()).await;
    let get = wire.get(&[("query", query), ("extensions", &text)], JSON).await;
    for response in [post, get] {
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer, json!({ "data": { "__typename": "Query" } }));
    }
    // Without a hash it is what it was: a request without a document.
    let none = json!({ "extensions": { "persistedQuery": null } }).to_string();
    let none = wire.post(&[("content-type", JSON)], none).await;
    assert_eq!(outcome(none).await, (400, Some("BAD_REQUEST".to_owned())));
}

#[tokio::test]
async fn an_object_of_the_request_that_names_a_member_twice_is_refused_at_any_depth() {
    let wire = Wire::start().await;
    let query = r#""query":"query($w: PersonWhere) { persons(where: $w) { totalCount } }""#;
    for text in [
        format!(r#"{{{query},{query}}}"#),
        format!(r#"{{{query},"query":"{{ __typename }}"}}"#),
        format!(r#"{{{query},"\u0071uery":"x"}}"#),
        format!(r#"{{{query},"variables":{{}},"variables":{{}}}}"#),
        format!(r#"{{{query},"variables":{{"w":null,"w":null}}}}"#),
        format!(r#"{{{query},"variables":{{"w":{{"sex":{{"eq":"1","eq":"2"}}}}}}}}"#),
        format!(r#"{{{query},"variables":{{"w":{{"and":[{{"sex":{{}},"sex":{{}}}}]}}}}}}"#),
        format!(r#"{{{query},"extensions":{{"a":[[{{"b":1,"b":1}}]]}}}}"#),
    ] {
        let answer = wire.post(&[("content-type", JSON)], text.clone()).await;
        assert!(!header(&answer, "x-access-record").is_empty());
        assert_eq!(outcome(answer).await, (400, Some("BAD_REQUEST".to_owned())), "{text}");
    }
    for (name, text) in
        [("variables", r#"{"w":{},"w":{}}"#), ("extensions", r#"{"a":{"b":1,"b":2}}"#)]
    {
        let answer = wire.get(&[("query", "{ __typename }"), (name, text)], JSON).await;
        assert_eq!(outcome(answer).await, (400, Some("BAD_REQUEST".to_owned())), "{text}");
    }
    let apart =
        format!(r#"{{{query},"variables":{{"w":{{"or":[{{"sex":{{}}}},{{"sex":{{}}}}]}}}}}}"#);
    let answer = wire.post(&[("content-type", JSON)], apart).await;
    assert_eq!(outcome(answer).await, (200, None));
}
