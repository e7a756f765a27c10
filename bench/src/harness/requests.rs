//! Requests as the bytes that go over the wire.

use serde_json::{Value, json};

use super::{
    callers::{Audience, Tokens},
    contender::Interface,
    documents,
    facts::Facts,
    marks::Marks,
    postgraphile,
    workload::{Ask, Shape},
};

/// Writes an ask as a contender takes it.
pub fn request(
    interface: Interface,
    ask: &Ask,
    facts: &Facts,
    marks: &Marks,
    tokens: &Tokens,
) -> Vec<u8> {
    let audience = ask.shape.audience();
    let id = marks.id(audience, ask.at);
    let after = marks.before(audience, ask.at);
    let of_gateway = variables(ask, id, after);
    match interface {
        Interface::Gateway => {
            let token = Some(tokens.gateway(ask.caller));
            post(&documents::gateway(ask.shape), &of_gateway, token)
        }
        Interface::Routes => get(&route(ask, facts, id, after)),
        Interface::AsyncGraphql => {
            let variables = scoped(as_numbers(of_gateway), facts, audience);
            post(&documents::async_graphql(ask.shape), &variables, None)
        }
        Interface::Postgraphile => {
            let document = postgraphile::document(ask.shape, false);
            post(&document, &scoped(of_gateway, facts, audience), None)
        }
        Interface::PostgraphileRls => {
            let document = postgraphile::document(ask.shape, true);
            post(&document, &of_gateway, Some(tokens.postgraphile(ask.caller)))
        }
    }
}

/// The same for the gateway, with an operation name that makes the document one of its own.
pub fn named(ask: &Ask, number: usize, marks: &Marks, tokens: &Tokens) -> Vec<u8> {
    let audience = ask.shape.audience();
    let variables = variables(ask, marks.id(audience, ask.at), marks.before(audience, ask.at));
    let document = documents::gateway(ask.shape).replacen("query", &format!("query Q{number}"), 1);
    post(&document, &variables, Some(tokens.gateway(ask.caller)))
}

/// The variables of the gateway's document.
fn variables(ask: &Ask, id: Option<&str>, after: Option<&str>) -> Value {
    match ask.shape {
        Shape::Point => json!({ "id": id }),
        Shape::List => json!({ "first": ask.first, "after": after }),
        Shape::Filtered => json!({ "since": ask.since }),
        Shape::Portal(Audience::Reports) => json!({ "before": ask.before }),
        Shape::Nested | Shape::Portal(_) => json!({ "after": after }),
    }
}

/// Adds what bounds the rows of any audience, as plain parameters.
pub fn scoped(mut variables: Value, facts: &Facts, audience: Audience) -> Value {
    variables["low"] = facts.low.into();
    variables["high"] = facts.high.into();
    variables["department"] = "police".into();
    variables["organization"] = facts.organization(audience).into();
    variables["today"] = json!(facts.today);
    variables["bornBy"] = json!(facts.born_by);
    variables["now"] = json!(facts.now);
    variables
}

/// Ids and cursors of the static resolvers are numbers.
fn as_numbers(mut variables: Value) -> Value {
    for name in ["id", "after"] {
        let number = variables[name].as_str().and_then(|text| text.parse::<i64>().ok());
        if let Some(number) = number {
            variables[name] = number.into();
        }
    }
    variables
}

fn route(ask: &Ask, facts: &Facts, id: Option<&str>, after: Option<&str>) -> String {
    let (low, high) = (facts.low, facts.high);
    let unit = format!("low={low}&high={high}");
    let (id, after) = (id.unwrap_or("0"), after.unwrap_or("0"));
    let page = format!("{unit}&first={}&after={after}", ask.first);
    let organization = facts.organization(ask.shape.audience());
    let books = format!("organization={organization}&today={}", facts.today);
    let police = "department=police";
    match ask.shape {
        Shape::Point => format!("/point?{unit}&{police}&id={id}"),
        Shape::List => format!("/list?{page}&{police}"),
        Shape::Nested => format!("/nested?{page}&{police}"),
        Shape::Filtered => format!("/filtered?{page}&{police}&since={}", ask.since),
        Shape::Portal(Audience::Police) => format!("/police?{page}&{police}"),
        Shape::Portal(Audience::Population) => format!("/population?{page}&{police}"),
        Shape::Portal(Audience::Street) => format!("/street?{page}&{books}"),
        Shape::Portal(Audience::Workers) => format!("/workers?{page}&born_by={}", facts.born_by),
        Shape::Portal(Audience::Clinic) => format!("/clinic?{page}&{books}"),
        Shape::Portal(Audience::Reports) => {
            let before = ask.before.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            format!("/reports?{page}&{books}&before={before}")
        }
    }
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n")
        .into_bytes()
}

/// A GraphQL request.
pub fn post(document: &str, variables: &Value, token: Option<&str>) -> Vec<u8> {
    let body = json!({ "query": document, "variables": variables }).to_string();
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
    format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\
         Content-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{body}",
        token.unwrap_or_default(),
        body.len()
    )
    .into_bytes()
}
