//! What a client is told instead of a token (RFC 6749 §5.2, RFC 8707 §2).

use std::time::Duration;

/// The codes of the answer's `error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// A parameter is missing, occurs twice or is malformed.
    InvalidRequest,
    /// The client did not prove who it is.
    InvalidClient,
    /// The client may not do this.
    UnauthorizedClient,
    /// Another grant than client credentials.
    UnsupportedGrantType,
    /// The scope names what the client does not have, or not enough.
    InvalidScope,
    /// The resource is not this gateway.
    InvalidTarget,
    /// More requests than there may be, or something that is needed is away.
    TemporarilyUnavailable,
    /// Something is wrong on this side.
    ServerError,
}

impl ErrorCode {
    /// The code as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }
}

/// A refusal. Repeats nothing of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct OAuthError {
    /// The code.
    pub code: ErrorCode,
    /// A sentence for the developer who reads it.
    pub description: &'static str,
    /// When to try again, where there were too many requests.
    pub retry_after: Option<Duration>,
}

impl OAuthError {
    /// A refusal with a code and a sentence.
    pub const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description, retry_after: None }
    }

    /// The request is not one.
    pub const fn request(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// The same for whatever is wrong with a client's proof, so that guesses teach nothing.
    pub const fn client() -> Self {
        Self::new(ErrorCode::InvalidClient, "the client could not be authenticated")
    }

    /// The database is away.
    pub const fn unavailable() -> Self {
        Self::new(ErrorCode::TemporarilyUnavailable, "the database is unavailable")
    }
}

impl From<sea_orm::DbErr> for OAuthError {
    fn from(_: sea_orm::DbErr) -> Self {
        Self::unavailable()
    }
}
