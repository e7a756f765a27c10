//! Token in, [`Caller`] out: who asks, in which role, for which unit and which purposes.
//!
//! JSON Web Tokens (RFC 7519) signed with ES256, EdDSA or RS256, verified under the rules of
//! RFC 8725. The algorithm belongs to the key and never to the token.

mod cache;
mod caller;
mod claims;
mod config;
mod error;
mod issuer;
mod jwks;
mod keyring;
mod keys;
mod mapping;
mod persons;
mod refusals;
mod signatures;
mod signing;
mod source;
pub(crate) mod token;
mod verifier;

#[cfg(test)]
mod tests;

pub use caller::{Caller, Officer, Principal, names_of_client};
pub use claims::{Act, Audience, ClaimError, Claims, ClientMarks, is_officer};
pub use config::{KeySource, TrustedIssuer, VerifierConfig};
pub use error::{AuthError, KeySourceError, SetupError};
pub use issuer::{IssueError, KeyFileError, LocalKey, TokenRequest, token_id};
pub use keys::{Jwk, VerificationKey};
pub use mapping::{ClaimNames, ClaimPlace};
pub use persons::{By, Identity, PersonClaims, VerifiedBy};
pub use refusals::Refused;
pub use signatures::{SignatureCheck, Signatures};
pub use signing::{KeyStage, MAX_LIFETIME, SigningKey, SigningKeys};
pub(crate) use source::is_loopback;
pub use verifier::Verifier;
