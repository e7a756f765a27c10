//! A verified caller.

use std::fmt;

use chrono::{DateTime, Utc};

use super::Identity;
use crate::policy::{Purpose, Role};

/// Who asks: the content of a token that passed every check.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    /// `sub`: the client or person.
    pub subject: String,
    /// `jti`: the token.
    pub token_id: String,
    /// `iss`: who vouches for the caller.
    pub issuer: String,
    /// The one role the caller acts in.
    pub role: Role,
    /// The administrative unit's code.
    pub unit: String,
    /// The organization the caller acts for.
    pub organization: Option<String>,
    /// The person's key; set for [`Role::SU`] alone, and where the gateway knows the person.
    pub person: Option<i64>,
    /// Who the token says that its person is, until the gateway knows the person; with [`Role::SU`] alone.
    pub identity: Option<Identity>,
    /// The purposes the caller may ask for: at least one, each open to the role, none twice.
    pub purposes: Vec<Purpose>,
    /// `exp`: the instant from which the token is refused.
    pub expires_at: DateTime<Utc>,
    /// `act`: the officer who acts through the token's subject (RFC 8693 §4.1).
    pub officer: Option<Officer>,
    /// Whether the token is a system's own: its subject is a client, not a person.
    pub is_client: bool,
}

/// Who acts through a client: a person, by the name that an issuer gives them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Officer {
    /// `act.sub`.
    pub subject: String,
    /// `act.iss`; the token's own issuer where it is not said.
    pub issuer: String,
    /// Whether a client of this gateway alone says who acts: it signed that, and nobody verified it.
    pub is_asserted: bool,
}

/// The issuer of the names that a client gives its officers: each client's are its own, so that none
/// names an officer of another.
pub fn names_of_client(issuer: &str, client: &str) -> String {
    format!("{issuer}/clients/{client}")
}

/// Who answers for a request: the acting officer, or else the token's subject. Records, limits and
/// rules about two people go by it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Principal<'a> {
    /// The issuer that knows them by this name.
    pub issuer: &'a str,
    /// The name.
    pub subject: &'a str,
}

impl Caller {
    /// Who answers for what is asked.
    pub fn principal(&self) -> Principal<'_> {
        match &self.officer {
            Some(officer) => Principal { issuer: &officer.issuer, subject: &officer.subject },
            None => Principal { issuer: &self.issuer, subject: &self.subject },
        }
    }

    /// On whose account the request reads: the acting officer's, but the client's where the client
    /// alone says who acts. It would have as many limits as it makes up names.
    pub fn account(&self) -> Principal<'_> {
        match self.is_asserted() {
            true => Principal { issuer: &self.issuer, subject: &self.subject },
            false => self.principal(),
        }
    }

    /// Whether the client alone says who acts.
    pub fn is_asserted(&self) -> bool {
        self.officer.as_ref().is_some_and(|officer| officer.is_asserted)
    }

    /// Whether the token names a person who acts, itself or through a client.
    pub fn is_named_person(&self) -> bool {
        self.officer.is_some() || !self.is_client
    }

    /// The caller as records name it: the subject, or the officer with the client.
    pub fn recorded(&self) -> String {
        match &self.officer {
            Some(officer) if officer.is_asserted => {
                format!("{} (asserted) via {}", officer.subject, self.subject)
            }
            Some(officer) => {
                format!("{} ({}) via {}", officer.subject, officer.issuer, self.subject)
            }
            None => self.subject.clone(),
        }
    }
}

// Claim values stay out of logs, however a caller gets printed.
impl fmt::Debug for Caller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Caller").field("role", &self.role).finish_non_exhaustive()
    }
}

impl fmt::Debug for Officer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Officer").finish_non_exhaustive()
    }
}
