//! Answers and errors as HTTP.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::json;

use super::media::Media;
use crate::{
    app::Answer,
    error::{Code, GatewayError},
};

/// The header that carries the receipt of an answer's access record.
pub const RECORD: &str = "x-access-record";

/// What the limits of a caller are (draft-ietf-httpapi-ratelimit-headers).
const POLICY: &str = "ratelimit-policy";

/// What is left of them.
const LIMIT: &str = "ratelimit";

/// An answer of the gateway.
#[expect(clippy::expect_used, reason = "names and numbers are ASCII; base64 is ASCII")]
pub fn of_answer(answer: Answer, media: Media) -> Response {
    let mut response = match answer.result {
        Ok(mut body) => {
            // In its place, which has room: a long answer is not copied.
            body.splice(..0, *b"{\"data\":");
            if let Some(extensions) = &answer.extensions {
                body.extend_from_slice(b",\"extensions\":");
                body.extend_from_slice(extensions.as_bytes());
            }
            body.push(b'}');
            build(StatusCode::OK, media, body)
        }
        Err(error) => of_error(&error, media),
    };
    if let Some(standing) = answer.standing.filter(|standing| !standing.is_empty()) {
        let (policies, limits) = standing.headers();
        for (name, value) in [(POLICY, policies), (LIMIT, limits)] {
            let value = HeaderValue::try_from(value).expect("names and numbers are ASCII");
            response.headers_mut().insert(name, value);
        }
    }
    if let Some(receipt) = answer.record {
        let receipt = HeaderValue::from_str(&receipt.to_string()).expect("base64 is ASCII");
        response.headers_mut().insert(RECORD, receipt);
    }
    response
}

/// An error in the form of GraphQL.
pub fn of_error(error: &GatewayError, media: Media) -> Response {
    let body = json!({ "errors": error.to_json_list() });
    let mut response = build(status(error.code, media), media, body.to_string().into_bytes());
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        // What would have been taken (RFC 9110 §12.5.3, §15.5.16).
        let headers = response.headers_mut();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert("accept-post", HeaderValue::from_static("application/json"));
    }
    response
        .extensions_mut()
        .insert(Refused { code: error.code.as_str(), message: error.message.clone() });
    response
}

/// Why an answer is a refusal, for what is written around it: the challenge and the log.
#[derive(Clone)]
pub struct Refused {
    /// The code of its first error.
    pub code: &'static str,
    /// The sentence of its first error.
    pub message: String,
}

fn build(status: StatusCode, media: Media, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    response
}

fn status(code: Code, media: Media) -> StatusCode {
    match code {
        Code::BadRequest => StatusCode::BAD_REQUEST,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        Code::RequestTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::Unauthenticated
        | Code::TokenExpired
        | Code::TokenNotYetValid
        | Code::TokenRevoked
        | Code::ClientSuspended => StatusCode::UNAUTHORIZED,
        Code::CallerUnknown | Code::IdentityUnknown | Code::PurposeNotAllowed => {
            StatusCode::FORBIDDEN
        }
        Code::PurposeRequired => StatusCode::BAD_REQUEST,
        Code::KeysUnavailable
        | Code::PolicyStale
        | Code::RecordUnavailable
        | Code::RecordLogBehind
        | Code::DatabaseUnavailable
        | Code::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        Code::QuotaExceeded => StatusCode::TOO_MANY_REQUESTS,
        Code::Timeout => StatusCode::GATEWAY_TIMEOUT,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Code::GraphqlParseFailed
        | Code::GraphqlValidationFailed
        | Code::PersistedQueryNotSupported
        | Code::FieldNotShared
        | Code::BadUserInput
        | Code::NotFound
        | Code::Forbidden
        | Code::Conflict
        | Code::RecordMismatch
        | Code::IdInvalid
        | Code::CursorInvalid
        | Code::LimitExceeded
        | Code::TooManyRows => match media {
            Media::GraphqlResponse => StatusCode::BAD_REQUEST,
            Media::Json => StatusCode::OK,
        },
    }
}

pub async fn not_found() -> Response {
    let error = GatewayError::new(Code::BadRequest, "there is nothing at this path");
    let mut response = of_error(&error, Media::Json);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

pub async fn method_not_allowed() -> Response {
    let message = "this path does not take this method";
    of_error(&GatewayError::new(Code::MethodNotAllowed, message), Media::Json)
}
