//! Validation by async-graphql, stopped before it executes anything.

use std::sync::Arc;

use async_graphql::{
    Request, Response, ServerError, Variables,
    dynamic::Schema,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
    parser::types::ExecutableDocument,
};

use crate::error::{Code, GatewayError, Result};

/// Ends every request after validation, but for introspection.
pub(super) struct StopAfterValidation;

/// Marks a request whose execution is wanted: introspection.
pub(super) struct Introspection;

struct Stop;

impl ExtensionFactory for StopAfterValidation {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Stop)
    }
}

#[async_trait::async_trait]
impl Extension for Stop {
    async fn execute(
        &self,
        context: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        match context.data_opt::<Introspection>() {
            Some(Introspection) => next.run(context, operation_name).await,
            None => Response::default(),
        }
    }
}

/// What is wrong with a document beside a permit's schema.
pub async fn validate(
    schema: &Schema,
    document: ExecutableDocument,
    operation: Option<&str>,
) -> Vec<GatewayError> {
    findings(schema.execute(request(document, operation)).await.errors)
}

/// Answers a document that asks only of the schema.
///
/// # Errors
/// When the document does not fit the schema.
pub async fn introspect(
    schema: &Schema,
    document: ExecutableDocument,
    operation: Option<&str>,
    variables: Variables,
) -> Result<Vec<u8>> {
    let request = request(document, operation).variables(variables).data(Introspection);
    let response = schema.execute(request).await;
    match GatewayError::of_findings(findings(response.errors)) {
        Some(error) => Err(error),
        None => serde_json::to_vec(&response.data)
            .map_err(|_| GatewayError::new(Code::Internal, "the schema cannot be written")),
    }
}

/// A request of a parsed document.
pub fn request(document: ExecutableDocument, operation: Option<&str>) -> Request {
    let mut request = Request::new("");
    request.set_parsed_query(document);
    match operation {
        Some(operation) => request.operation_name(operation),
        None => request,
    }
}

/// What validation found, without what was sent; in the order of the document, each once.
pub fn findings(errors: Vec<ServerError>) -> Vec<GatewayError> {
    let mut all: Vec<GatewayError> = errors.into_iter().map(finding).collect();
    all.sort_by(|one, other| (one.location, &one.message).cmp(&(other.location, &other.message)));
    all.dedup_by(|one, other| one.location == other.location && one.message == other.message);
    all
}

fn finding(error: ServerError) -> GatewayError {
    // Up to the comma the validator names the place; behind it, it may repeat what was sent.
    let text = match error.message.split_once(", ") {
        Some((place, _)) if place.starts_with("Invalid") => place.to_owned(),
        _ => error.message,
    };
    let message = GatewayError::new(Code::GraphqlValidationFailed, text);
    match error.locations.first() {
        Some(position) => message.at(*position),
        None => message,
    }
}
