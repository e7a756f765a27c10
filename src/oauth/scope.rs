//! Scopes (RFC 6749 §3.3) name the role of a token and its purposes: `role:HC purpose:P-IMM`.

use super::{Client, ErrorCode, OAuthError};
use crate::policy::{Purpose, Role};

/// What a token is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Its one role.
    pub role: Role,
    /// Its purposes: at least one.
    pub purposes: Vec<Purpose>,
}

const fn invalid(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidScope, description)
}

impl Scope {
    /// What a client gets that asks for this, or for nothing in particular.
    ///
    /// # Errors
    /// When the scope names what is not the client's, or no one role remains.
    pub fn of(client: &Client, asked: Option<&str>) -> Result<Self, OAuthError> {
        let (mut roles, mut purposes) = (Vec::new(), Vec::new());
        for word in asked.unwrap_or_default().split_ascii_whitespace() {
            if let Some(role) = word.strip_prefix("role:").and_then(Role::parse) {
                roles.push(role);
            } else if let Some(purpose) = word.strip_prefix("purpose:").and_then(Purpose::parse) {
                purposes.push(purpose);
            } else {
                return Err(invalid("a scope is role:CODE or purpose:CODE, with a known code"));
            }
        }
        roles.dedup();
        let role = match (roles.as_slice(), client.roles.as_slice()) {
            ([role], of_client) if of_client.contains(role) => *role,
            ([_], _) => return Err(invalid("the client does not have this role")),
            ([], [only]) => *only,
            ([], _) => return Err(invalid("the client has several roles: name one, role:CODE")),
            _ => return Err(invalid("a token is for one role: rights never add up")),
        };
        let of_role: Vec<Purpose> = client.purposes_of(role).collect();
        if !purposes.iter().all(|purpose| of_role.contains(purpose)) {
            return Err(invalid("the client does not have this purpose in this role"));
        }
        let asked = |purpose: &Purpose| purposes.is_empty() || purposes.contains(purpose);
        let purposes: Vec<Purpose> = of_role.into_iter().filter(asked).collect();
        if purposes.is_empty() {
            return Err(invalid("the client has no purpose in this role"));
        }
        Ok(Self { role, purposes })
    }
}

/// The scope that a role with these purposes is written as.
pub fn text(role: Role, purposes: &[Purpose]) -> String {
    purposes
        .iter()
        .fold(format!("role:{role}"), |text, purpose| text + &format!(" purpose:{purpose}"))
}
