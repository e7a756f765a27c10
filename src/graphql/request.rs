//! A GraphQL request, as it came.

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::secrets::hex;

/// A GraphQL request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The document.
    pub query: String,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// Values of its variables.
    pub variables: Map<String, Json>,
    /// How it came.
    pub method: Method,
    /// What it gets for selections that are not shared.
    pub unshared: Unshared,
}

/// What a request gets for selections that are not shared with the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unshared {
    /// No answer, but `FIELD_NOT_SHARED`.
    #[default]
    Refused,
    /// Null in their places, and a list of them beside the data. Filters and orders by what is not
    /// shared are refused all the same: rows would depend on them.
    Null,
}

/// How a request came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// In the body of a POST.
    #[default]
    Post,
    /// In the query string of a GET, which may change nothing.
    Get,
}

/// SHA-256 of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DocumentHash([u8; 32]);

impl DocumentHash {
    /// The hash of a document.
    pub fn of(query: &str) -> Self {
        Self(Sha256::digest(query).into())
    }

    /// In hex, as access records keep it.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    /// Tells one operation of the document from the others.
    pub(super) fn with_operation(self, name: Option<&str>) -> Self {
        match name {
            None => self,
            Some(name) => {
                Self(Sha256::new().chain_update(self.0).chain_update(name).finalize().into())
            }
        }
    }
}
