//! A GraphQL request from a body or a query string.

use axum::{
    body::Body,
    http::{HeaderMap, Uri},
};
use serde_json::{Map, Value};

use super::json;
use crate::{
    error::{Code, GatewayError, Result},
    graphql::{Method, Request},
};

fn bad(message: &str) -> GatewayError {
    GatewayError::new(Code::BadRequest, message)
}

/// No document is kept for its hash. The words are those by which the links of Apollo and urql fall
/// back to the document, and stop asking by hash.
fn not_persisted() -> GatewayError {
    GatewayError::new(Code::PersistedQueryNotSupported, "PersistedQueryNotSupported")
}

/// Reads a POST.
///
/// # Errors
/// When the body is too long, or not one GraphQL request as JSON.
pub async fn from_body(headers: &HeaderMap, body: Body, most: usize) -> Result<Request> {
    super::media::require_json(headers)?;
    let too_large = || {
        GatewayError::new(Code::RequestTooLarge, format!("a request has at most {most} bytes"))
            .with("maximum", most)
    };
    // What says that it is too long is not waited for.
    if declared_length(&body).is_some_and(|length| length > most as u64) {
        return Err(too_large());
    }
    let bytes = axum::body::to_bytes(body, most).await.map_err(|_| too_large())?;
    match json::strict(&bytes)? {
        Value::Object(members) => from_members(members, Method::Post),
        Value::Array(_) => Err(bad("batches are not served: send one request at a time")),
        _ => Err(bad("the body is not a JSON object")),
    }
}

/// How long a body says that it is, where it says so.
pub fn declared_length(body: &Body) -> Option<u64> {
    Some(http_body::Body::size_hint(body).lower()).filter(|length| *length > 0)
}

/// Reads a GET.
///
/// # Errors
/// When the query string is too long, or not one GraphQL request.
pub fn from_query(uri: &Uri, most: usize) -> Result<Request> {
    let text = uri.query().unwrap_or_default();
    if text.len() > most {
        return Err(GatewayError::new(
            Code::RequestTooLarge,
            format!("a request has at most {most} bytes"),
        )
        .with("maximum", most));
    }
    let mut members = Map::new();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        let value = match name.as_ref() {
            "variables" | "extensions" if value.is_empty() => Value::Null,
            "variables" | "extensions" => json::strict(value.as_bytes())?,
            "query" | "operationName" => Value::String(value.into_owned()),
            _ => continue,
        };
        if members.insert(name.into_owned(), value).is_some() {
            return Err(bad("a parameter occurs twice"));
        }
    }
    from_members(members, Method::Get)
}

fn from_members(mut members: Map<String, Value>, method: Method) -> Result<Request> {
    let extensions = match members.remove("extensions") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(extensions)) => extensions,
        Some(_) => return Err(bad("extensions is not an object")),
    };
    let is_persisted = extensions.get("persistedQuery").is_some_and(|hash| !hash.is_null());
    let query = match members.remove("query") {
        Some(Value::String(query)) if !query.is_empty() => query,
        None | Some(Value::Null | Value::String(_)) if is_persisted => return Err(not_persisted()),
        _ => return Err(bad("the member query is missing or not a string")),
    };
    let operation_name = match members.remove("operationName") {
        Some(Value::String(name)) if !name.is_empty() => Some(name),
        None | Some(Value::Null | Value::String(_)) => None,
        Some(_) => return Err(bad("operationName is not a string")),
    };
    let variables = match members.remove("variables") {
        Some(Value::Object(variables)) => variables,
        None | Some(Value::Null) => Map::new(),
        Some(_) => return Err(bad("variables is not an object")),
    };
    Ok(Request { query, operation_name, variables, method, ..Request::default() })
}
