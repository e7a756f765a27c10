//! The closed list of error codes, and the error a request ends with.

use serde_json::{Map, Value, json};

/// Every code an answer can carry in `errors[].extensions.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The request is not a GraphQL-over-HTTP request.
    BadRequest,
    /// A hash stands in place of a document. Clients know this answer and send the document.
    PersistedQueryNotSupported,
    /// Neither `application/json` nor a GET with a query, or compressed.
    UnsupportedMediaType,
    /// A GET asks for what only a POST may.
    MethodNotAllowed,
    /// None of the accepted media types can be produced.
    NotAcceptable,
    /// The body is longer than it may be.
    RequestTooLarge,
    /// No token, or one that does not verify.
    Unauthenticated,
    /// The token has expired.
    TokenExpired,
    /// The token is not valid yet.
    TokenNotYetValid,
    /// The token was taken back.
    TokenRevoked,
    /// The client may not act at present.
    ClientSuspended,
    /// The issuer's keys cannot be fetched.
    KeysUnavailable,
    /// The token's unit or organization is not known here, or not the department's.
    CallerUnknown,
    /// The person whom the token names is linked to nobody here.
    IdentityUnknown,
    /// The token has several purposes and the request names none.
    PurposeRequired,
    /// The purpose is not one of the token's.
    PurposeNotAllowed,
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the caller's schema.
    GraphqlValidationFailed,
    /// The field is in the catalogue and not shared with this permit.
    FieldNotShared,
    /// A variable or argument has a wrong value.
    BadUserInput,
    /// Not an identifier given out to this department for this kind.
    IdInvalid,
    /// Not a cursor given out to this department for this list.
    CursorInvalid,
    /// The document is larger than a limit allows.
    LimitExceeded,
    /// The answer would hold more rows than a request may read.
    TooManyRows,
    /// One caller learns no more of people's data for now; the answer says when it may again.
    QuotaExceeded,
    /// The request took too long.
    Timeout,
    /// There is no such thing, or none that this caller administers.
    NotFound,
    /// The caller's role may not do this, or not alone; the message names the rule.
    Forbidden,
    /// It was changed or decided in the meantime, or exists already.
    Conflict,
    /// What stands in the tables is not what the acts on the chain made: it was altered by hand.
    RecordMismatch,
    /// The gateway could not learn for too long whether its grants are the current ones.
    PolicyStale,
    /// The access record could not be committed, so there is no answer.
    RecordUnavailable,
    /// The access records are behind what this gateway wrote: somebody restored or cut them.
    RecordLogBehind,
    /// The database cannot be reached.
    DatabaseUnavailable,
    /// More connections or requests than the gateway can take: try again.
    Overloaded,
    /// Something is wrong on this side.
    Internal,
}

impl Code {
    /// All codes.
    pub const ALL: [Code; 36] = [
        Code::BadRequest,
        Code::PersistedQueryNotSupported,
        Code::UnsupportedMediaType,
        Code::MethodNotAllowed,
        Code::NotAcceptable,
        Code::RequestTooLarge,
        Code::Unauthenticated,
        Code::TokenExpired,
        Code::TokenNotYetValid,
        Code::TokenRevoked,
        Code::ClientSuspended,
        Code::KeysUnavailable,
        Code::CallerUnknown,
        Code::IdentityUnknown,
        Code::PurposeRequired,
        Code::PurposeNotAllowed,
        Code::GraphqlParseFailed,
        Code::GraphqlValidationFailed,
        Code::FieldNotShared,
        Code::BadUserInput,
        Code::IdInvalid,
        Code::CursorInvalid,
        Code::LimitExceeded,
        Code::TooManyRows,
        Code::QuotaExceeded,
        Code::Timeout,
        Code::NotFound,
        Code::Forbidden,
        Code::Conflict,
        Code::RecordMismatch,
        Code::PolicyStale,
        Code::RecordUnavailable,
        Code::RecordLogBehind,
        Code::DatabaseUnavailable,
        Code::Overloaded,
        Code::Internal,
    ];

    /// The code as answers and access records carry it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::BadRequest => "BAD_REQUEST",
            Code::PersistedQueryNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
            Code::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Code::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Code::NotAcceptable => "NOT_ACCEPTABLE",
            Code::RequestTooLarge => "REQUEST_TOO_LARGE",
            Code::Unauthenticated => "UNAUTHENTICATED",
            Code::TokenExpired => "TOKEN_EXPIRED",
            Code::TokenNotYetValid => "TOKEN_NOT_YET_VALID",
            Code::TokenRevoked => "TOKEN_REVOKED",
            Code::ClientSuspended => "CLIENT_SUSPENDED",
            Code::KeysUnavailable => "KEYS_UNAVAILABLE",
            Code::CallerUnknown => "CALLER_UNKNOWN",
            Code::IdentityUnknown => "IDENTITY_UNKNOWN",
            Code::PurposeRequired => "PURPOSE_REQUIRED",
            Code::PurposeNotAllowed => "PURPOSE_NOT_ALLOWED",
            Code::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Code::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Code::FieldNotShared => "FIELD_NOT_SHARED",
            Code::BadUserInput => "BAD_USER_INPUT",
            Code::IdInvalid => "ID_INVALID",
            Code::CursorInvalid => "CURSOR_INVALID",
            Code::LimitExceeded => "LIMIT_EXCEEDED",
            Code::TooManyRows => "TOO_MANY_ROWS",
            Code::QuotaExceeded => "QUOTA_EXCEEDED",
            Code::Timeout => "TIMEOUT",
            Code::NotFound => "NOT_FOUND",
            Code::Forbidden => "FORBIDDEN",
            Code::Conflict => "CONFLICT",
            Code::RecordMismatch => "RECORD_MISMATCH",
            Code::PolicyStale => "POLICY_STALE",
            Code::RecordUnavailable => "RECORD_UNAVAILABLE",
            Code::RecordLogBehind => "RECORD_LOG_BEHIND",
            Code::DatabaseUnavailable => "DATABASE_UNAVAILABLE",
            Code::Overloaded => "OVERLOADED",
            Code::Internal => "INTERNAL",
        }
    }

    /// The code that is written so.
    pub fn parse(text: &str) -> Option<Code> {
        Code::ALL.into_iter().find(|code| code.as_str() == text)
    }
}

/// What a request ends with instead of data. Carries no personal value and no SQL.
#[derive(Clone, Debug)]
pub struct GatewayError {
    /// The code.
    pub code: Code,
    /// A sentence for the developer who reads it.
    pub message: String,
    /// Line and column in the document, where known.
    pub location: Option<(usize, usize)>,
    /// Further members of `extensions`.
    pub extensions: Map<String, Value>,
    /// What else is wrong with the same request, each with its own code and place.
    pub further: Vec<GatewayError>,
}

/// Most findings that one answer tells: a document can be wrong at every one of its names.
pub const MOST_FINDINGS: usize = 50;

/// The result of everything that can refuse a request.
pub type Result<T, E = GatewayError> = std::result::Result<T, E>;

impl GatewayError {
    /// An error with a code and a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            location: None,
            extensions: Map::new(),
            further: Vec::new(),
        }
    }

    /// Several findings as one refusal, the first of which it is recorded by; none where there are
    /// none. Of more than [`MOST_FINDINGS`] the rest is counted.
    pub fn of_findings(mut findings: Vec<GatewayError>) -> Option<Self> {
        let left = findings.len().saturating_sub(MOST_FINDINGS);
        findings.truncate(MOST_FINDINGS);
        if left > 0 {
            let code = findings.last()?.code;
            findings.push(Self::new(code, format!("{left} more findings are not listed")));
        }
        let mut findings = findings.into_iter();
        let mut first = findings.next()?;
        first.further.extend(findings);
        Some(first)
    }

    /// Adds where in the document it is.
    #[must_use]
    pub fn at(mut self, position: async_graphql::Pos) -> Self {
        self.location = Some((position.line, position.column));
        self
    }

    /// Adds a member to `extensions`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    /// After how many seconds it is worth asking again, where that is known.
    pub fn retry_after(&self) -> Option<u64> {
        self.extensions.get("retryAfterSeconds").and_then(Value::as_u64)
    }

    /// The `errors` of a GraphQL answer.
    pub fn to_json_list(&self) -> Value {
        std::iter::once(self).chain(&self.further).map(Self::to_json).collect()
    }

    /// One member of `errors` in a GraphQL answer.
    pub fn to_json(&self) -> Value {
        let mut extensions = self.extensions.clone();
        extensions.insert("code".to_owned(), self.code.as_str().into());
        let mut error = json!({ "message": self.message, "extensions": extensions });
        if let Some((line, column)) = self.location {
            error["locations"] = json!([{ "line": line, "column": column }]);
        }
        error
    }
}

impl std::fmt::Display for GatewayError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.code.as_str(), self.message)
    }
}

impl std::error::Error for GatewayError {}
