//! What clients find out by themselves: endpoints, methods and keys (RFC 8414).

use serde_json::{Value, json};

use super::{assertion::ALGORITHMS, server::AuthorizationServer};
use crate::policy::{Purpose, Role};

/// How a client may prove who it is.
const METHODS: [&str; 3] = ["client_secret_basic", "client_secret_post", "private_key_jwt"];

/// Every scope: one role a token, and its purposes. Nobody is a person by a client's word.
pub fn scopes() -> Vec<String> {
    let roles = Role::ALL.into_iter().chain(Role::STEWARDS).filter(|role| *role != Role::SU);
    roles
        .map(|role| format!("role:{role}"))
        .chain(Purpose::ALL.into_iter().map(|purpose| format!("purpose:{purpose}")))
        .collect()
}

impl AuthorizationServer {
    /// The metadata document.
    pub fn metadata(&self) -> Value {
        let issuer = &self.issuer;
        json!({
            "issuer": issuer,
            "token_endpoint": format!("{issuer}/oauth/token"),
            "revocation_endpoint": format!("{issuer}/oauth/revoke"),
            "introspection_endpoint": format!("{issuer}/oauth/introspect"),
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "scopes_supported": scopes(),
            "token_endpoint_auth_methods_supported": METHODS,
            "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
            "revocation_endpoint_auth_methods_supported": METHODS,
            "revocation_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
            "introspection_endpoint_auth_methods_supported": METHODS,
            "introspection_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        })
    }

    /// The public keys of its tokens, as a JWK Set.
    pub fn jwks(&self) -> Value {
        self.keys.published()
    }
}
