//! A GraphQL request from a body or a query string.

use axum::{
    body::Body,
    http::{HeaderMap, Uri},
};
use serde_json::{Map, Value};

use crate::{
    error::{Code, GatewayError, Result},
    graphql::{Method, Request},
};

fn bad(message: &str) -> GatewayError {
    GatewayError::new(Code::BadRequest, message)
}

/// Reads a POST.
///
/// # Errors
/// When the body is too long, or not one GraphQL request as JSON.
pub async fn from_body(headers: &HeaderMap, body: Body, most: usize) -> Result<Request> {
    super::media::require_json(headers)?;
    let bytes = axum::body::to_bytes(body, most).await.map_err(|_| {
        GatewayError::new(Code::RequestTooLarge, format!("a request has at most {most} bytes"))
            .with("maximum", most)
    })?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(members)) => from_members(members, Method::Post),
        Ok(Value::Array(_)) => Err(bad("batches are not served: send one request at a time")),
        _ => Err(bad("the body is not a JSON object")),
    }
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
            "variables" | "extensions" => serde_json::from_str(&value)
                .map_err(|_| bad("variables and extensions are JSON objects"))?,
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
    let query = match members.remove("query") {
        Some(Value::String(query)) if !query.is_empty() => query,
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
    match members.remove("extensions") {
        None | Some(Value::Null | Value::Object(_)) => {}
        Some(_) => return Err(bad("extensions is not an object")),
    }
    Ok(Request { query, operation_name, variables, method })
}
