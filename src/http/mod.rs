//! HTTP: GraphQL over HTTP, the caller's schema, tokens, and health.

mod catalogue;
mod challenge;
mod compression;
mod copy;
mod counts;
mod etag;
mod graphql;
mod health;
mod json;
mod media;
mod oauth;
mod page;
mod protected_resource;
mod public;
mod request;
mod request_log;
mod response;
mod router;
mod serve;
mod trace;

pub use router::router;
pub use serve::{ServeOptions, listen, serve, serve_router};
