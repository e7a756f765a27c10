//! Claims of issuers that have them elsewhere than this gateway does.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ClaimError, Claims};

/// Where an issuer's tokens have the claims of this gateway; a claim that is not named here is
/// where [`Claims`] has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClaimNames {
    /// `role`: a string, or a list of which one remains.
    pub role: Option<ClaimPlace>,
    /// `unit`, likewise.
    pub unit: Option<ClaimPlace>,
    /// `organization`, likewise.
    pub organization: Option<ClaimPlace>,
    /// `purposes`: a list, or a string of words.
    pub purposes: Option<ClaimPlace>,
    /// `nbf`, for issuers that have none: `iat`.
    pub not_before: Option<ClaimPlace>,
}

/// A place in a token's payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ClaimPlace {
    /// The claim's name; a dot goes into an object: `resource_access.gateway.role`.
    Path(String),
    /// The values there that begin so, without what they begin with.
    Prefixed {
        /// The claim's name, as above.
        path: String,
        /// What the values begin with: `gateway:`.
        prefix: String,
    },
}

impl ClaimNames {
    /// Reads the payload of a token.
    pub(super) fn read(&self, payload: &[u8]) -> Result<Claims, ClaimError> {
        if *self == Self::default() {
            return serde_json::from_slice(payload).map_err(|_| ClaimError::Shape);
        }
        let payload: Map<String, Value> =
            serde_json::from_slice(payload).map_err(|_| ClaimError::Shape)?;
        let mut claims = payload.clone();
        let texts =
            [("role", &self.role), ("unit", &self.unit), ("organization", &self.organization)];
        for (name, place) in texts {
            put(&mut claims, name, place, |place| place.text(&payload))?;
        }
        put(&mut claims, "purposes", &self.purposes, |place| place.words(&payload))?;
        put(&mut claims, "nbf", &self.not_before, |place| Ok(place.find(&payload).cloned()))?;
        serde_json::from_value(Value::Object(claims)).map_err(|_| ClaimError::Shape)
    }
}

/// A claim that is elsewhere is nowhere else: what stands under the gateway's own name is dropped.
fn put(
    claims: &mut Map<String, Value>,
    name: &str,
    place: &Option<ClaimPlace>,
    read: impl FnOnce(&ClaimPlace) -> Result<Option<Value>, ClaimError>,
) -> Result<(), ClaimError> {
    let Some(place) = place else { return Ok(()) };
    claims.remove(name);
    if let Some(value) = read(place)? {
        claims.insert(name.to_owned(), value);
    }
    Ok(())
}

impl ClaimPlace {
    fn parts(&self) -> (&str, Option<&str>) {
        match self {
            Self::Path(path) => (path, None),
            Self::Prefixed { path, prefix } => (path, Some(prefix)),
        }
    }

    /// The value at the path: under its whole name, which may have dots in it, or else step by
    /// step.
    pub(super) fn find<'a>(&self, payload: &'a Map<String, Value>) -> Option<&'a Value> {
        let (path, _) = self.parts();
        payload.get(path).or_else(|| {
            let mut steps = path.split('.');
            let first = payload.get(steps.next()?)?;
            steps.try_fold(first, |value, step| value.as_object()?.get(step))
        })
    }

    /// One string.
    fn text(&self, payload: &Map<String, Value>) -> Result<Option<Value>, ClaimError> {
        if let (Some(Value::String(text)), (_, None)) = (self.find(payload), self.parts()) {
            return Ok(Some(text.as_str().into()));
        }
        match self.words(payload)? {
            Some(Value::Array(words)) if words.len() > 1 => Err(ClaimError::Shape),
            Some(Value::Array(words)) => Ok(words.into_iter().next()),
            _ => Ok(None),
        }
    }

    /// All words that begin as they should.
    fn words(&self, payload: &Map<String, Value>) -> Result<Option<Value>, ClaimError> {
        let words: Vec<&str> = match self.find(payload) {
            None => return Ok(None),
            Some(Value::String(text)) => text.split_ascii_whitespace().collect(),
            Some(Value::Array(values)) => {
                let texts: Option<Vec<_>> = values.iter().map(Value::as_str).collect();
                texts.ok_or(ClaimError::Shape)?
            }
            Some(_) => return Err(ClaimError::Shape),
        };
        let (_, prefix) = self.parts();
        let matching = words.into_iter().filter_map(|word| match prefix {
            Some(prefix) => word.strip_prefix(prefix),
            None => Some(word),
        });
        Ok(Some(matching.map(Value::from).collect()))
    }
}
