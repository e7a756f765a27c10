//! `/graphql` and `/schema.graphql`.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Uri, header},
    response::Response,
};

use super::{challenge::challenge, etag, media::Media, request, response};
use crate::{
    app::Gateway,
    auth::{AuthError, Caller},
    error::{Code, GatewayError, Result},
    graphql::{Request, Unshared},
};

pub async fn post(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    uri: Uri,
    body: Body,
) -> Response {
    let most = gateway.limits.body_bytes;
    let request = request::from_body(&headers, body, most);
    let mut response = respond(&gateway, &headers, request).await;
    challenge(&mut response, &gateway, &headers, &uri);
    response
}

pub async fn get(State(gateway): State<Arc<Gateway>>, headers: HeaderMap, uri: Uri) -> Response {
    let most = gateway.limits.body_bytes;
    let request = async { request::from_query(&uri, most) };
    let mut response = respond(&gateway, &headers, request).await;
    challenge(&mut response, &gateway, &headers, &uri);
    response
}

/// The schema definition of the caller: what it may ask, as an editor or generator reads it.
pub async fn schema(State(gateway): State<Arc<Gateway>>, headers: HeaderMap, uri: Uri) -> Response {
    let basis = gateway.current().await;
    let definition = match authenticate(&gateway, &headers).await {
        Ok(caller) => match gateway.identify(caller).await {
            Ok(caller) => basis.and_then(|_| gateway.schema_of(&caller, purpose(&headers))),
            Err(stranger) => Err(stranger.error),
        },
        Err(error) => Err(error),
    };
    match definition {
        Ok(definition) => {
            let mut response = etag::answer(&headers, definition, "text/plain; charset=utf-8");
            let headers = response.headers_mut();
            // Kept by who asked and for what purpose, and asked for again each time: grants change.
            let cached = HeaderValue::from_static("private, no-cache");
            headers.insert(header::CACHE_CONTROL, cached);
            headers.insert(header::VARY, HeaderValue::from_static("Authorization, X-Purpose"));
            response
        }
        Err(error) => {
            let mut response = response::of_error(&error, Media::GraphqlResponse);
            challenge(&mut response, &gateway, &headers, &uri);
            response
        }
    }
}

async fn respond(
    gateway: &Gateway,
    headers: &HeaderMap,
    request: impl Future<Output = Result<Request>>,
) -> Response {
    let media = match Media::negotiate(headers) {
        Ok(media) => media,
        Err(error) => return response::of_error(&error, Media::Json),
    };
    // Before the caller is verified: a token may have been taken back while the gateway stood still.
    let basis = gateway.current().await;
    // Nobody unknown has the gateway read a body.
    let caller = match authenticate(gateway, headers).await {
        Ok(caller) => caller,
        // Nobody to record: the log keeps the code, and nothing of the token.
        Err(error) => return response::of_error(&error, media),
    };
    let caller = match gateway.identify(caller).await {
        Ok(caller) => caller,
        Err(stranger) => {
            let answer = gateway.refuse(&stranger.caller, stranger.error).await;
            return response::of_answer(answer, media);
        }
    };
    let request = async {
        let unshared = unshared(headers)?;
        Ok::<_, GatewayError>(Request { unshared, ..request.await? })
    };
    // A body that trickles in takes no more time than a request may.
    let request = tokio::time::timeout(gateway.limits.request_time(), request).await;
    let late = || Err(GatewayError::new(Code::Timeout, "the request took too long to arrive"));
    let answer = match request.unwrap_or_else(|_| late()) {
        Ok(request) => gateway.answer_by(basis, &caller, purpose(headers), request).await,
        Err(error) => gateway.refuse(&caller, error).await,
    };
    let mut response = response::of_answer(answer, media);
    if headers.contains_key(UNSHARED) {
        // Nothing keeps the answer; whatever does all the same must not give it to others.
        response.headers_mut().append(header::VARY, HeaderValue::from_static(UNSHARED));
    }
    response
}

/// The header by which a request takes null for what is not shared.
const UNSHARED: &str = "x-unshared";

/// What a request gets for selections that are not shared.
///
/// # Errors
/// When the header says anything but `null`: who misspells it would be refused otherwise without
/// knowing why.
fn unshared(headers: &HeaderMap) -> Result<Unshared> {
    let mut values = headers.get_all(UNSHARED).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(Unshared::Refused),
        (Some(value), None) if value == "null" => Ok(Unshared::Null),
        _ => Err(GatewayError::new(
            Code::BadRequest,
            "X-Unshared takes null: null for fields that are not shared, instead of a refusal",
        )),
    }
}

pub(super) async fn authenticate(gateway: &Gateway, headers: &HeaderMap) -> Result<Arc<Caller>> {
    let missing =
        || GatewayError::new(Code::Unauthenticated, "send a token: Authorization: Bearer <token>");
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Err(missing()) };
    let (scheme, token) =
        value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    gateway.verifier.verify(token.trim()).await.map_err(|error| refused(&error))
}

fn refused(error: &AuthError) -> GatewayError {
    let code = Code::parse(error.code()).unwrap_or(Code::Unauthenticated);
    GatewayError::new(code, error.to_string())
}

/// The purpose a request names; one that names several names none of the token's.
pub(super) fn purpose(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all("x-purpose").iter();
    let first = values.next()?;
    match values.next() {
        None => Some(first.to_str().unwrap_or_default()),
        Some(_) => Some(""),
    }
}
