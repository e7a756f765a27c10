//! Tokens of persons: from identity providers that know who somebody is, and nothing of this gateway.
//!
//! Whatever such an issuer says, its tokens are those of a person asking about itself. Who that is, the
//! gateway looks up by the identity number or by a mapping of subjects; a key of a table is taken from
//! nobody's token but the gateway's own.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{ClaimError, ClaimNames, ClaimPlace, Claims};
use crate::{
    policy::{Purpose, Role},
    secrets::hex,
};

/// How an issuer's tokens name a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonClaims {
    /// What of the token says who it is.
    pub by: By,
    /// Where that stands; `sub` where it is not said, for subjects alone.
    pub claim: Option<ClaimPlace>,
    /// What must stand in the token for the identity to count as verified.
    pub verified: Option<VerifiedBy>,
    /// The unit that the issuer's persons live in.
    #[serde(default = "province")]
    pub unit: String,
}

/// What of a token says who a person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The citizen identity number (公民身份号码).
    IdNumber,
    /// The issuer's own name for the person, which an operator linked to the person.
    Subject,
}

/// What tells that somebody's identity was verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifiedBy {
    /// The claim: `acr`.
    pub claim: ClaimPlace,
    /// The values of which it must have one.
    pub values: Vec<String>,
}

/// Who somebody is, as an issuer says it.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// What it is.
    pub by: By,
    /// The number or name.
    pub value: String,
}

fn province() -> String {
    "220000".to_owned()
}

impl PersonClaims {
    /// What is wrong with it as a configuration.
    pub fn problem(&self) -> Option<&'static str> {
        match (self.by, &self.claim, &self.verified) {
            (By::IdNumber, None, _) => {
                Some("by = \"id_number\" needs the claim that has the number")
            }
            (.., Some(verified)) if verified.values.is_empty() => {
                Some("verified needs at least one value")
            }
            _ => None,
        }
    }

    /// Reads the payload of a token: a person's, whatever else it says.
    pub(super) fn read(&self, payload: &[u8], names: &ClaimNames) -> Result<Claims, ClaimError> {
        let payload: Map<String, Value> =
            serde_json::from_slice(payload).map_err(|_| ClaimError::Shape)?;
        if let Some(verified) = &self.verified
            && !verified.is_met(&payload)
        {
            return Err(ClaimError::NotVerified);
        }
        let subject = ClaimPlace::Path("sub".to_owned());
        let value = self.claim.as_ref().unwrap_or(&subject).find(&payload);
        let value = value.and_then(Value::as_str).map(str::trim).unwrap_or_default();
        let identity = Identity { by: self.by, value: value.to_owned() };
        if !identity.is_well_formed() {
            return Err(ClaimError::PersonMissing);
        }
        let mut claims = payload.clone();
        for foreign in ["organization", "person", "act"] {
            claims.remove(foreign);
        }
        claims.insert("role".to_owned(), json!(Role::SU.code()));
        claims.insert("unit".to_owned(), json!(self.unit));
        claims.insert("purposes".to_owned(), json!([Purpose::Sar.code()]));
        let begin = match &names.not_before {
            Some(place) => place.find(&payload),
            None => payload.get("nbf").or_else(|| payload.get("iat")),
        };
        if let Some(begin) = begin {
            claims.insert("nbf".to_owned(), begin.clone());
        }
        // Providers of identities name no token; whatever it says does.
        if !payload.contains_key("jti") {
            let digest = Sha256::digest(Value::Object(payload).to_string());
            claims.insert("jti".to_owned(), json!(&hex(&digest)[..32]));
        }
        let claims = serde_json::from_value(Value::Object(claims)).map_err(|_| ClaimError::Shape);
        let mut claims: Claims = claims?;
        if claims.marks.tell_of_client(&claims.sub) {
            return Err(ClaimError::PersonMissing);
        }
        claims.identity = Some(identity);
        Ok(claims)
    }
}

impl VerifiedBy {
    fn is_met(&self, payload: &Map<String, Value>) -> bool {
        let is_one = |value: &Value| match value {
            Value::String(text) => self.values.contains(text),
            Value::Number(number) => self.values.contains(&number.to_string()),
            Value::Bool(value) => self.values.contains(&value.to_string()),
            _ => false,
        };
        match self.claim.find(payload) {
            Some(Value::Array(values)) => values.iter().any(is_one),
            Some(value) => is_one(value),
            None => false,
        }
    }
}

impl Identity {
    fn is_well_formed(&self) -> bool {
        let length = self.value.chars().count();
        (1..=256).contains(&length) && !self.value.chars().any(char::is_control)
    }
}

// Whose number it is stays out of logs, however it gets printed.
impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Identity").field("by", &self.by).finish_non_exhaustive()
    }
}
