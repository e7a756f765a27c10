//! Requests by POST and by GET: their content types, members and sizes.

use migrant_gateway::graphql::limits::Limits;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::http_accept::{GRAPHQL, JSON, Wire, body, outcome};

fn refused(status: u16, code: &str) -> (u16, Option<String>) {
    (status, Some(code.to_owned()))
}

#[tokio::test]
async fn a_post_is_json_or_refused() {
    let wire = Wire::start().await;
    let text = json!({ "query": "{ __typename }" }).to_string();
    for content in [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "APPLICATION/JSON; charset=\"utf-8\"",
    ] {
        let answer = body(wire.post(&[("content-type", content)], text.clone()).await).await;
        assert_eq!(answer, (200, json!({ "data": { "__typename": "Query" } })), "{content}");
    }
    for content in [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/plain; application/json",
        "application/graphql",
        "application/graphql-response+json",
        "application/json-patch+json",
        "application/json; charset=utf-16",
        "application/json; charset=gb18030",
        "application/json; charset=utf-8; charset=latin1",
        "",
    ] {
        let answer = outcome(wire.post(&[("content-type", content)], text.clone()).await).await;
        assert_eq!(answer, refused(415, "UNSUPPORTED_MEDIA_TYPE"), "{content}");
    }
    let answer = outcome(wire.post(&[], text).await).await;
    assert_eq!(answer, refused(415, "UNSUPPORTED_MEDIA_TYPE"));
}

#[tokio::test]
async fn batches_are_refused() {
    let wire = Wire::start().await;
    for text in
        ["[]", r#"[{"query":"{ __typename }"}]"#, r#"[{"query":"{ a }"},{"query":"{ b }"}]"#]
    {
        let answer = outcome(wire.post(&[("content-type", JSON)], text).await).await;
        assert_eq!(answer, refused(400, "BAD_REQUEST"), "{text}");
    }
}

#[tokio::test]
async fn members_of_the_wrong_type_are_refused_and_null_is_absent() {
    let wire = Wire::start().await;
    let query = "query A($n: Int) { __typename }";
    for (members, fine) in [
        (json!({ "query": "{ __typename }" }), true),
        (
            json!({ "query": "{ __typename }", "variables": null, "operationName": null, "extensions": null }),
            true,
        ),
        (json!({ "query": "{ __typename }", "operationName": "" }), true),
        (json!({ "query": "{ __typename }", "variables": {}, "extensions": { "a": 1 } }), true),
        (json!({ "query": "{ __typename }", "id": 7, "other": [] }), true),
        (json!({ "query": "query A { __typename }", "operationName": "A" }), true),
        (json!({}), false),
        (json!({ "query": null }), false),
        (json!({ "query": "" }), false),
        (json!({ "query": 7 }), false),
        (json!({ "query": ["{ __typename }"] }), false),
        (json!({ "query": { "a": 1 } }), false),
        (json!({ "query": query, "variables": [] }), false),
        (json!({ "query": query, "variables": "{}" }), false),
        (json!({ "query": query, "variables": 1 }), false),
        (json!({ "query": query, "operationName": 1 }), false),
        (json!({ "query": query, "operationName": {} }), false),
        (json!({ "query": query, "extensions": [] }), false),
        (json!({ "query": query, "extensions": "x" }), false),
        (json!({ "variables": {} }), false),
    ] {
        let headers = [("content-type", JSON), ("accept", GRAPHQL)];
        let answer = outcome(wire.post(&headers, members.to_string()).await).await;
        let expected = if fine { (200, None) } else { refused(400, "BAD_REQUEST") };
        assert_eq!(answer, expected, "{members}");
    }
}

#[tokio::test]
async fn a_get_asks_what_a_post_asks() {
    let wire = Wire::start().await;
    let query = "query A($n: Int!, $w: PersonWhere) { persons(first: $n, where: $w) { nodes { id } } } \
                 query B { __typename }";
    let variables = json!({ "n": 2, "w": { "sex": { "in": ["1", "2"] } } });
    let parameters =
        [("query", query), ("operationName", "A"), ("variables", &variables.to_string())];
    let got = body(wire.get(&parameters, GRAPHQL).await).await;
    let members = json!({ "query": query, "operationName": "A", "variables": variables });
    let headers = [("content-type", JSON), ("accept", GRAPHQL)];
    let posted = body(wire.post(&headers, members.to_string()).await).await;
    assert_eq!(got, posted);
    assert_eq!(got.0, 200);
    assert_eq!(got.1["data"]["persons"]["nodes"].as_array().unwrap().len(), 2);
    let chosen =
        body(wire.get(&[("query", query), ("operationName", "B"), ("variables", "")], JSON).await)
            .await;
    assert_eq!(chosen.1, json!({ "data": { "__typename": "Query" } }));
}

#[tokio::test]
async fn a_get_that_is_no_request_is_refused() {
    let wire = Wire::start().await;
    let query = ("query", "query($n: Int) { __typename }");
    for parameters in [
        &[][..],
        &[("query", "")],
        &[("variables", "{}")],
        &[query, ("variables", "[1]")],
        &[query, ("variables", "{")],
        &[query, ("variables", "1")],
        &[query, ("extensions", "[]")],
        &[query, ("extensions", "nonsense")],
        &[query, query],
        &[query, ("variables", "{}"), ("variables", "{}")],
    ] {
        let answer = outcome(wire.get(parameters, GRAPHQL).await).await;
        assert_eq!(answer, refused(400, "BAD_REQUEST"), "{parameters:?}");
    }
}

#[tokio::test]
async fn neither_get_nor_post_serves_mutations_or_subscriptions() {
    let wire = Wire::start().await;
    for query in [
        "mutation { withdrawConsent(id: \"x\") { id } }",
        "mutation { __typename }",
        "subscription { persons { totalCount } }",
    ] {
        let (status, code) = outcome(wire.ask(Some(GRAPHQL), query).await).await;
        assert_eq!((status, code.as_deref()), (400, Some("GRAPHQL_VALIDATION_FAILED")), "{query}");
        let (_, code) = outcome(wire.get(&[("query", query)], GRAPHQL).await).await;
        assert_eq!(code.as_deref(), Some("METHOD_NOT_ALLOWED"), "{query}");
    }
}

/// GraphQL over HTTP, "GET": the server MUST answer 405 to a mutation, under either media type.
#[tokio::test]
async fn a_mutation_by_get_is_405() {
    let wire = Wire::start().await;
    for accept in [GRAPHQL, JSON] {
        let response = wire.get(&[("query", "mutation { __typename }")], accept).await;
        assert_eq!(response.status(), 405, "{accept}");
    }
}

/// The status line for a body of so many bytes that comes without a length, in chunks.
async fn chunked(wire: &Wire, length: usize) -> String {
    let address = wire.server.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body = format!("{:<length$}", r#"{"query":"{ __typename }"}"#);
    let mut text = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: {JSON}\r\n\
         transfer-encoding: chunked\r\nconnection: close\r\n\r\n",
        wire.token
    );
    for piece in body.as_bytes().chunks(97) {
        text += &format!("{:x}\r\n{}\r\n", piece.len(), std::str::from_utf8(piece).unwrap());
    }
    stream.write_all(format!("{text}0\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_body_at_the_limit_is_read_and_one_above_it_is_not() {
    let most = 600;
    let wire = Wire::limited(Limits { body_bytes: most, ..Limits::default() }).await;
    let padded = |length: usize| {
        let text = json!({ "query": "{ __typename }", "extensions": { "pad": "" } }).to_string();
        let pad = "x".repeat(length - text.len());
        json!({ "query": "{ __typename }", "extensions": { "pad": pad } }).to_string()
    };
    let headers = [("content-type", JSON)];
    assert_eq!(padded(most).len(), most);
    assert_eq!(outcome(wire.post(&headers, padded(most)).await).await, (200, None));
    let answer = outcome(wire.post(&headers, padded(most + 1)).await).await;
    assert_eq!(answer, refused(413, "REQUEST_TOO_LARGE"));
    assert_eq!(chunked(&wire, most).await, "HTTP/1.1 200 OK");
    assert_eq!(chunked(&wire, most + 1).await, "HTTP/1.1 413 Payload Too Large");
    let long = "x".repeat(most);
    let answer = outcome(wire.get(&[("query", "{ __typename }"), ("x", &long)], JSON).await).await;
    assert_eq!(answer, refused(413, "REQUEST_TOO_LARGE"));
}

#[tokio::test]
async fn json_of_the_worst_sort_is_refused_or_answered_with_a_code() {
    let wire = Wire::start().await;
    let nested = format!(
        "{{\"query\":\"{{ __typename }}\",\"variables\":{}{}}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let lone =
        br#"{"query":"{ persons(where: { name: { eq: \"\ud800\" } }) { totalCount } }"}"#.to_vec();
    let lone_in_variables =
        br#"{"query":"query($x: String) { persons(where: { name: { eq: $x } }) { totalCount } }","variables":{"x":"\udfff\ud800"}}"#.to_vec();
    for text in [
        nested.into_bytes(),
        lone,
        lone_in_variables,
        b"\xff\xfe{\"query\":\"{ __typename }\"}".to_vec(),
        b"\xef\xbb\xbf{\"query\":\"{ __typename }\"}".to_vec(),
        b"{\"query\":\"{ \xff __typename }\"}".to_vec(),
        b"{\"query\":\"{ __typename }\"}trailing".to_vec(),
        b"{\"query\":\"{ __typename }\",}".to_vec(),
        b"{'query':'{ __typename }'}".to_vec(),
        b"{\"query\":\"{ \x01 }\"}".to_vec(),
        b"{\"query\":\"x\",\"variables\":{\"n\":1e999999}}".to_vec(),
        vec![0; 100],
    ] {
        let headers = [("content-type", JSON), ("accept", GRAPHQL)];
        let (status, code) = outcome(wire.post(&headers, text.clone()).await).await;
        let shown = String::from_utf8_lossy(&text[..text.len().min(80)]).into_owned();
        assert_eq!((status, code.as_deref()), (400, Some("BAD_REQUEST")), "{shown}");
    }
    let nul = json!({ "query": "query($x: String) { persons(where: { name: { eq: $x } }) { totalCount } }",
        "variables": { "x": "a\0b" } });
    let (_, answer): (u16, Value) =
        body(wire.post(&[("content-type", JSON)], nul.to_string()).await).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}
