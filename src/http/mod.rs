//! HTTP: GraphQL over HTTP, the caller's schema, tokens, and health.

mod graphql;
mod health;
mod media;
mod oauth;
mod request;
mod response;
mod router;
mod serve;

pub use router::router;
pub use serve::serve;
