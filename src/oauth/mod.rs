//! Tokens for partner systems: an OAuth 2 authorization server (RFC 6749) that knows the client
//! credentials grant and nothing else.
//!
//! A client is a system, never a person. It proves itself with a secret or with an assertion
//! signed by a key of its own (RFC 7523), and gets an access token (RFC 9068) for one of its roles.

mod assertion;
mod changes;
mod client;
mod error;
mod issue;
mod metadata;
mod rate;
mod refused;
mod scope;
mod secret;
mod server;
pub mod setup;
mod store;

pub use assertion::{ALGORITHMS, public_jwk};
pub use changes::{
    AddCredential, Authority, EndCredential, NewCredential, Register, Resume, Revoke, Suspend,
};
pub use client::{Client, Kind};
pub use error::{ErrorCode, OAuthError};
pub use issue::Issued;
pub use metadata::scopes;
pub use refused::refused;
pub use scope::text as scope_text;
pub use secret::{NewSecret, SecretVerifier};
pub use server::{Authenticated, AuthorizationServer, Options, Presented, Proof};
pub use store::{Registered, client, clients, credentials};
