//! The claims of a token: their types and their rules.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::{Caller, Identity, Officer, caller::names_of_client};
use crate::policy::{Purpose, Role};

/// A token's claims (RFC 7519 §4.1, and the private ones of this gateway). Others are ignored.
///
/// Instants are whole seconds since 1970; fractions, strings and negative numbers are refused.
#[derive(Deserialize, Serialize)]
pub struct Claims {
    /// The issuer.
    pub iss: String,
    /// Whom the token is for.
    pub aud: Audience,
    /// The second from which the token is refused.
    pub exp: u64,
    /// The second from which it is accepted.
    pub nbf: u64,
    /// When it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<u64>,
    /// The client or person: 1 to 256 characters.
    pub sub: String,
    /// The token's own id: 1 to 128 characters.
    pub jti: String,
    /// The role's code or long name.
    #[serde(with = "role")]
    pub role: Role,
    /// The administrative unit's code.
    pub unit: String,
    /// The organization's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Purpose codes.
    #[serde(with = "purposes")]
    pub purposes: Vec<Purpose>,
    /// The person's key, for the role SU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<i64>,
    /// Who the person is, as an identity provider says it: of no claim, but of where its configuration says.
    #[serde(skip)]
    pub identity: Option<Identity>,
    /// The officer who acts through the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
    /// What tells that the subject is a client.
    #[serde(flatten, skip_serializing)]
    pub marks: ClientMarks,
}

/// Who acts through the token's subject (RFC 8693 §4.1). Of a chain of actors the outermost acts
/// now; those within are history.
#[derive(Deserialize, Serialize)]
pub struct Act {
    /// The officer: 1 to 256 characters.
    pub sub: String,
    /// The issuer that knows the officer by this name; the token's where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
}

/// By what issuers tell that a token was given to a client for itself, where no person took part.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ClientMarks {
    /// RFC 9068 §2.2: the client; where it is the subject too, no person is.
    client_id: Value,
    /// OpenID Connect's authorized party, likewise.
    azp: Value,
    /// Entra: `app` for a token of the application itself.
    idtyp: Value,
    /// Auth0: `client-credentials`.
    gty: Value,
    /// Keycloak: `service-account-…`.
    preferred_username: Value,
}

impl ClientMarks {
    pub(super) fn tell_of_client(&self, subject: &str) -> bool {
        let is = |claim: &Value, text: &str| claim.as_str() == Some(text);
        is(&self.client_id, subject)
            || is(&self.azp, subject)
            || is(&self.idtyp, "app")
            || is(&self.gty, "client-credentials")
            || self.preferred_username.as_str().is_some_and(|n| n.starts_with("service-account-"))
    }
}

/// One audience or several (RFC 7519 §4.1.3).
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub enum Audience {
    /// A string.
    One(String),
    /// An array of strings.
    Several(Vec<String>),
}

impl Audience {
    /// Whether `audience` is among them.
    pub fn contains(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => several.iter().any(|one| one == audience),
        }
    }
}

/// Which rule the claims break.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ClaimError {
    /// A claim is missing, has another JSON type or is no known code.
    #[error("a required claim is missing, or a claim is not of its type or no known code")]
    Shape,
    /// An instant beyond the calendar, or `exp` not after `nbf`.
    #[error("exp must be an instant after nbf")]
    Instants,
    /// `sub`.
    #[error("sub must have 1 to 256 characters, and no control characters")]
    Subject,
    /// `jti`.
    #[error("jti must have 1 to 128 characters, and no control characters")]
    TokenId,
    /// `unit`.
    #[error("unit must have 1 to 64 characters, and no control characters")]
    Unit,
    /// `organization`.
    #[error("organization must have 1 to 64 characters, and no control characters")]
    Organization,
    /// `purposes` is empty.
    #[error("purposes must name at least one purpose")]
    NoPurpose,
    /// A purpose the role does not have.
    #[error("purposes names a purpose that is not open to the role")]
    PurposeNotOpen,
    /// The role SU without `person`, or without what says who it is.
    #[error("the token does not say which person it is of")]
    PersonMissing,
    /// `person` of an issuer that is not this gateway.
    #[error("person is taken from the gateway's own tokens alone: see tokens.issuers.person")]
    PersonForeign,
    /// Without what tells that the identity was verified.
    #[error("the token does not say that the person's identity was verified")]
    NotVerified,
    /// `act`.
    #[error("act must name the officer with 1 to 256 characters, and no control characters")]
    Actor,
    /// `act.iss` of an issuer that is not the token's.
    #[error("act.iss must be the token's own issuer")]
    ActorIssuer,
    /// Another role with `person`.
    #[error("person is allowed for the role SU only")]
    PersonNotAllowed,
}

/// From when to when a token holds.
#[derive(Clone, Copy)]
pub(super) struct Validity {
    pub(super) not_before: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

impl Claims {
    /// The token's validity.
    pub(super) fn validity(&self) -> Result<Validity, ClaimError> {
        let (not_before, expires_at) = (instant(self.nbf)?, instant(self.exp)?);
        if not_before < expires_at {
            Ok(Validity { not_before, expires_at })
        } else {
            Err(ClaimError::Instants)
        }
    }

    /// Checks every rule that needs neither clock nor configuration.
    ///
    /// # Errors
    /// The first rule broken.
    pub fn check(&self) -> Result<(), ClaimError> {
        self.validity()?;
        require_text(&self.sub, 256, ClaimError::Subject)?;
        require_text(&self.jti, 128, ClaimError::TokenId)?;
        require_text(&self.unit, 64, ClaimError::Unit)?;
        if let Some(organization) = &self.organization {
            require_text(organization, 64, ClaimError::Organization)?;
        }
        if let Some(act) = &self.act {
            require_text(&act.sub, 256, ClaimError::Actor)?;
            require_text(act.iss.as_deref().unwrap_or("-"), 256, ClaimError::Actor)?;
        }
        if self.purposes.is_empty() {
            return Err(ClaimError::NoPurpose);
        }
        if !self.purposes.iter().all(|purpose| purpose.is_open_to(self.role)) {
            return Err(ClaimError::PurposeNotOpen);
        }
        match (self.role, self.person) {
            (Role::SU, None) if self.identity.is_some() => Ok(()),
            (Role::SU, None) => Err(ClaimError::PersonMissing),
            (Role::SU, Some(_)) | (_, None) => Ok(()),
            (_, Some(_)) => Err(ClaimError::PersonNotAllowed),
        }
    }

    /// The caller they describe.
    ///
    /// # Errors
    /// The first rule broken, as [`check`](Self::check).
    pub fn into_caller(self) -> Result<Caller, ClaimError> {
        self.check()?;
        let expires_at = self.validity()?.expires_at;
        let mut purposes = Vec::with_capacity(self.purposes.len().min(Purpose::ALL.len()));
        for purpose in self.purposes {
            if !purposes.contains(&purpose) {
                purposes.push(purpose);
            }
        }
        let is_client = self.marks.tell_of_client(&self.sub);
        let of_client = names_of_client(&self.iss, &self.sub);
        let officer = self.act.map(|act| Officer {
            is_asserted: act.iss.as_ref() == Some(&of_client),
            subject: act.sub,
            issuer: act.iss.unwrap_or_else(|| self.iss.clone()),
        });
        Ok(Caller {
            officer,
            is_client,
            subject: self.sub,
            token_id: self.jti,
            issuer: self.iss,
            role: self.role,
            unit: self.unit,
            organization: self.organization,
            person: self.person,
            identity: self.identity,
            purposes,
            expires_at,
        })
    }
}

fn instant(seconds: u64) -> Result<DateTime<Utc>, ClaimError> {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or(ClaimError::Instants)
}

/// Whether a text can be the name of an officer.
pub fn is_officer(name: &str) -> bool {
    require_text(name, 256, ClaimError::Actor).is_ok()
}

// These texts go into access records; control characters could forge lines there.
fn require_text(text: &str, longest: usize, error: ClaimError) -> Result<(), ClaimError> {
    let length = text.chars().count();
    if (1..=longest).contains(&length) && !text.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(error)
    }
}

mod role {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::policy::Role;

    pub(super) fn serialize<S: Serializer>(role: &Role, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(role.code())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Role, D::Error> {
        Role::parse(&String::deserialize(from)?).ok_or_else(|| D::Error::custom("unknown role"))
    }
}

mod purposes {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::policy::Purpose;

    pub(super) fn serialize<S: Serializer>(all: &[Purpose], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(all.iter().map(|purpose| purpose.code()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Purpose>, D::Error> {
        Vec::<String>::deserialize(from)?
            .iter()
            .map(|code| Purpose::parse(code).ok_or_else(|| D::Error::custom("unknown purpose")))
            .collect()
    }
}
