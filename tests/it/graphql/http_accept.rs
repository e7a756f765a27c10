//! Media types and status codes of GraphQL over HTTP.

use migrant_gateway::{
    graphql::limits::Limits,
    policy::{Purpose, Role},
};
use reqwest::Response;
use serde_json::{Value, json};

use super::site::Site;
use crate::support::{
    http::{Server, token},
    world::noon,
};

pub const JSON: &str = "application/json";
pub const GRAPHQL: &str = "application/graphql-response+json";

/// A server over a site, and the officer's token.
pub struct Wire {
    pub site: Site,
    pub server: Server,
    pub token: String,
}

impl Wire {
    pub async fn start() -> Wire {
        Wire::over(Site::sqlite().await).await
    }

    pub async fn limited(limits: Limits) -> Wire {
        Wire::over(Site::limited(limits).await).await
    }

    async fn over(site: Site) -> Wire {
        let server = Server::start(site.gateway.clone()).await;
        let token = token(&site.world, Role::PO, Purpose::Res, noon());
        Wire { site, server, token }
    }

    /// A POST of the officer with these headers and this body.
    pub async fn post(&self, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Response {
        let request = self.server.client.post(self.server.graphql()).bearer_auth(&self.token);
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.body(body).send().await.expect("the server answers")
    }

    /// A POST of a query as JSON.
    pub async fn ask(&self, accept: Option<&str>, query: &str) -> Response {
        let mut headers = vec![("content-type", JSON)];
        headers.extend(accept.map(|accept| ("accept", accept)));
        self.post(&headers, json!({ "query": query }).to_string()).await
    }

    /// A GET of the officer with this query string.
    pub async fn get(&self, parameters: &[(&str, &str)], accept: &str) -> Response {
        let url = url::Url::parse_with_params(&self.server.graphql(), parameters).unwrap();
        let request = self.server.client.get(url.as_str()).bearer_auth(&self.token);
        request.header("accept", accept).send().await.expect("the server answers")
    }
}

/// The status and the code of an answer, which carries what every answer carries.
pub async fn outcome(response: Response) -> (u16, Option<String>) {
    let (status, body) = body(response).await;
    (status, body["errors"][0]["extensions"]["code"].as_str().map(str::to_owned))
}

pub async fn body(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    assert_eq!(header(&response, "cache-control"), "no-store");
    assert_eq!(header(&response, "x-content-type-options"), "nosniff");
    let challenge = response.headers().get("www-authenticate").is_some();
    assert_eq!(challenge, status == 401 || status == 403);
    let text = response.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
    assert_ne!(body.get("data").is_some(), body.get("errors").is_some(), "{text}");
    (status, body)
}

pub fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_answer_has_the_best_media_type_that_the_client_accepts() {
    let wire = Wire::start().await;
    for (accept, expected) in [
        (None, JSON),
        (Some(JSON), JSON),
        (Some(GRAPHQL), GRAPHQL),
        (Some("application/graphql-response+json; charset=utf-8"), GRAPHQL),
        (Some("Application/GraphQL-Response+JSON"), GRAPHQL),
        (Some("*/*"), JSON),
        (Some("application/*"), JSON),
        (Some("application/json;q=0.5, application/graphql-response+json"), GRAPHQL),
        (Some("application/graphql-response+json;q=0.2, application/json;q=0.9"), JSON),
        (Some("application/graphql-response+json, application/json;q=0.9"), GRAPHQL),
        (Some("text/html, application/json;q=0.1"), JSON),
        (Some("text/html;q=1.0, */*;q=0.1"), JSON),
        (Some("application/json;q=0, application/graphql-response+json;q=0.1"), GRAPHQL),
    ] {
        let response = wire.ask(accept, "{ __typename }").await;
        let (status, content) = (response.status().as_u16(), header(&response, "content-type"));
        assert_eq!(content, format!("{expected}; charset=utf-8"), "{accept:?}");
        assert_eq!(status, 200);
        assert_eq!(body(response).await.1, json!({ "data": { "__typename": "Query" } }));
    }
}

/// RFC 9110, 12.5.1: the most specific range decides of a media type.
#[tokio::test]
async fn a_type_that_is_ruled_out_is_not_sent_because_anything_else_is_welcome() {
    let wire = Wire::start().await;
    for accept in ["application/json;q=0, */*", "*/*, application/json;q=0"] {
        let response = wire.ask(Some(accept), "{ __typename }").await;
        assert_eq!(
            header(&response, "content-type"),
            format!("{GRAPHQL}; charset=utf-8"),
            "{accept}"
        );
    }
}

#[tokio::test]
async fn a_client_that_accepts_neither_media_type_is_told_so() {
    let wire = Wire::start().await;
    for accept in
        ["text/html", "application/xml", "image/*", "application/json;q=0", "", "garbage", ",;,"]
    {
        let response = wire.ask(Some(accept), "{ __typename }").await;
        assert_eq!(outcome(response).await, (406, Some("NOT_ACCEPTABLE".to_owned())), "{accept}");
    }
}

/// Status codes by media type: `application/json` answers 200 to every well-formed request.
#[tokio::test]
async fn status_codes_follow_the_media_type() {
    let wire = Wire::start().await;
    for (query, code, graphql) in [
        ("{ __typename }", None, 200),
        ("{ persons(first: 1) { nodes { id } } }", None, 200),
        ("{", Some("GRAPHQL_PARSE_FAILED"), 400),
        ("{ nobody }", Some("GRAPHQL_VALIDATION_FAILED"), 400),
        ("{ healthRecords { totalCount } }", Some("FIELD_NOT_SHARED"), 400),
        ("{ person(id: \"forged\") { id } }", Some("ID_INVALID"), 400),
        ("{ persons(first: -1) { nodes { id } } }", Some("BAD_USER_INPUT"), 400),
        ("{ persons(first: 9999) { nodes { id } } }", Some("LIMIT_EXCEEDED"), 400),
        ("{ persons(after: \"forged\") { nodes { id } } }", Some("CURSOR_INVALID"), 400),
        ("query($n: Int!) { persons(first: $n) { nodes { id } } }", Some("BAD_USER_INPUT"), 400),
    ] {
        for (accept, status) in [(GRAPHQL, graphql), (JSON, 200)] {
            let answer = outcome(wire.ask(Some(accept), query).await).await;
            assert_eq!(answer, (status, code.map(str::to_owned)), "{accept} {query}");
        }
    }
}

#[tokio::test]
async fn requests_that_are_not_well_formed_are_400_under_both_media_types() {
    let wire = Wire::start().await;
    for accept in [GRAPHQL, JSON] {
        for text in ["", "{", "nonsense", "null", "1", "\"{ __typename }\"", "{}", "[]"] {
            let headers = [("content-type", JSON), ("accept", accept)];
            let answer = outcome(wire.post(&headers, text).await).await;
            assert_eq!(answer, (400, Some("BAD_REQUEST".to_owned())), "{accept} {text}");
        }
    }
}
