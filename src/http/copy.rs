//! `/me/copy`: all that is held of a person, to keep or to print (PIPL 45: 查阅、复制).
//!
//! It is an answer as any other: asked by a document, planned under the person's permit, and on record before
//! it leaves. Here it only gets the form of a file.

use std::{collections::HashMap, sync::Arc};

use axum::{
    body::Body,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    response::Response,
};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::{challenge::challenge, graphql, media::Media, page, response};
use crate::{
    app::Gateway,
    error::{Code, GatewayError, Result},
    graphql::{Request, me::words},
};

/// What a copy holds. How many accesses it lists is bounded as a page is.
const DOCUMENT: &str = "query MyCopy($first: Int, $child: ID) { me { \
    record(personId: $child) { kind labelZh labelEn entries { field labelZh labelEn text } } \
    consents(first: $first, personId: $child) { sentence } \
    services(personId: $child) { sentence } \
    emergencies(first: $first, personId: $child) { sentence } \
    requests(first: $first, personId: $child) { sentence } \
    sharing { sentence } \
    whoLooked(first: $first, personId: $child) { sentence } } }";

/// The forms of a copy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Page,
}

pub async fn get(
    State(gateway): State<Arc<Gateway>>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let mut response = copy(&gateway, &asked, &headers).await;
    challenge(&mut response, &gateway, &headers, &uri);
    response
}

async fn copy(gateway: &Gateway, asked: &HashMap<String, String>, headers: &HeaderMap) -> Response {
    let basis = gateway.current().await;
    let caller = match graphql::authenticate(gateway, headers).await {
        Ok(caller) => caller,
        Err(error) => return response::of_error(&error, Media::GraphqlResponse),
    };
    let caller = match gateway.identify(caller).await {
        Ok(caller) => caller,
        Err(stranger) => {
            let answer = gateway.refuse(&stranger.caller, stranger.error).await;
            return response::of_answer(answer, Media::GraphqlResponse);
        }
    };
    let form = match form(asked, headers) {
        Ok(form) => form,
        Err(error) => {
            let answer = gateway.refuse(&caller, error).await;
            return response::of_answer(answer, Media::GraphqlResponse);
        }
    };
    let mut variables = Map::new();
    variables.insert("first".to_owned(), json!(gateway.limits.page_size));
    if let Some(child) = asked.get("personId") {
        variables.insert("child".to_owned(), json!(child));
    }
    let request = Request { query: DOCUMENT.to_owned(), variables, ..Request::default() };
    let mut answer = gateway.answer_by(basis, &caller, graphql::purpose(headers), request).await;
    let data = match &answer.result {
        Ok(data) => serde_json::from_slice::<Json>(data).unwrap_or_default(),
        Err(_) => return response::of_answer(answer, Media::GraphqlResponse),
    };
    let record = answer.record.as_ref().map(ToString::to_string);
    let made_at = words::instant(gateway.now());
    let (body, content_type, name) = match form {
        Form::Json => (of_file(&data, &made_at, record.as_deref()), "application/json", "json"),
        Form::Page => {
            let page = page::of_copy(&data["me"], &made_at, record.as_deref());
            (page, "text/html; charset=utf-8", "html")
        }
    };
    // What surrounds an answer (its receipt, its limits) is the same; its body is a file.
    answer.result = Ok(Vec::new());
    let mut response = response::of_answer(answer, Media::Json);
    *response.body_mut() = Body::from(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    let shown = match name {
        "html" => HeaderValue::from_static("inline; filename=\"my-data.html\""),
        _ => HeaderValue::from_static("attachment; filename=\"my-data.json\""),
    };
    headers.insert(header::CONTENT_DISPOSITION, shown);
    // Nothing in the page runs or loads, whatever somebody's record holds.
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
        ),
    );
    response
}

/// The form that is asked for: by name, or else by what the client takes.
fn form(asked: &HashMap<String, String>, headers: &HeaderMap) -> Result<Form> {
    match asked.get("format").map(String::as_str) {
        Some("json") => Ok(Form::Json),
        Some("html") => Ok(Form::Page),
        Some(_) => Err(GatewayError::new(Code::BadRequest, "format takes json or html")),
        None => {
            let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
            let wants_page = accepted.is_some_and(|accepted| accepted.contains("text/html"));
            Ok(if wants_page { Form::Page } else { Form::Json })
        }
    }
}

/// A copy as a file, in the order in which it is read.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    title: &'static str,
    legal_basis: &'static str,
    made_at: &'a str,
    access_record: Option<&'a str>,
    content: &'a Json,
}

fn of_file(data: &Json, made_at: &str, access_record: Option<&str>) -> Vec<u8> {
    let (title, legal_basis) = ("个人信息副本", "《个人信息保护法》第四十五条");
    let file = File { title, legal_basis, made_at, access_record, content: &data["me"] };
    serde_json::to_vec_pretty(&file).unwrap_or_default()
}
