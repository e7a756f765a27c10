//! Answers of a gateway that has no room or no time left. They read no body and no token.

use axum::{
    body::Body,
    http::{
        HeaderValue, Response, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
};

use crate::{
    error::{Code, GatewayError},
    http::{media::Media, response, router},
};

/// After how many seconds it is worth trying again.
const RETRY_SECONDS: u16 = 1;

const MESSAGE: &str = "the gateway has as many requests as it can take: try again";

/// The answer to a request beyond the bound.
pub fn overloaded(path: &str) -> Response<Body> {
    tracing::warn!("requests beyond what the gateway can take are refused");
    let mut response = if path.starts_with("/oauth/") {
        let body = format!(
            "{{\"error\":\"temporarily_unavailable\",\"error_description\":\"{MESSAGE}\"}}"
        );
        json(StatusCode::SERVICE_UNAVAILABLE, body)
    } else {
        response::of_error(&GatewayError::new(Code::Overloaded, MESSAGE), Media::Json)
    };
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_SECONDS));
    router::harden(response)
}

/// What `/readyz` says from the signal to stop on.
pub fn stopping() -> Response<Body> {
    router::harden(json(StatusCode::SERVICE_UNAVAILABLE, "{\"status\":\"stopping\"}".to_owned()))
}

fn json(status: StatusCode, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The answer to a connection beyond all bounds, as it is sent.
pub fn canned() -> Vec<u8> {
    let body = format!(
        "{{\"errors\":[{{\"message\":\"{MESSAGE}\",\"extensions\":{{\"code\":\"{}\"}}}}]}}",
        Code::Overloaded.as_str()
    );
    format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json; charset=utf-8\r\n\
         cache-control: no-store\r\nretry-after: {RETRY_SECONDS}\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_when_to_try_again_and_is_not_kept() {
        for path in ["/graphql", "/oauth/token", "/"] {
            let response = overloaded(path);
            assert_eq!(response.status(), 503, "{path}");
            assert_eq!(response.headers()["retry-after"], "1", "{path}");
            assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        }
        let canned = String::from_utf8(canned()).expect("text");
        let (head, body) = canned.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 503 ") && head.contains("retry-after: 1"), "{head}");
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(body["errors"][0]["extensions"]["code"], "OVERLOADED");
    }
}
