//! What a request has come to.

use std::sync::Arc;

use super::disclosure::DisclosureRecord;
use crate::{
    audit::{Draft, Recorded},
    auth::Caller,
    error::Result,
    graphql::DocumentHash,
    state::Basis,
    volume::Standing,
};

/// What a request has come to so far. It outlives the request that runs out of time, whose record
/// tells what was asked about until then.
pub(super) struct Progress<'a> {
    pub caller: &'a Caller,
    /// What was known when the request began.
    pub basis: Basis,
    pub hash: DocumentHash,
    /// Its record, as far as it is known.
    pub draft: Draft,
    pub disclosure: DisclosureRecord,
    /// What is left of the caller's limits, once it is known and counts.
    pub standing: Option<Standing>,
    /// What is said beside the data, a JSON object.
    pub extensions: Option<Arc<str>>,
}

impl<'a> Progress<'a> {
    /// A request that begins.
    pub fn new(caller: &'a Caller, basis: Basis, hash: DocumentHash, draft: Draft) -> Self {
        let disclosure = DisclosureRecord::default();
        Self { caller, basis, hash, draft, disclosure, standing: None, extensions: None }
    }
}

/// What a request came to.
pub(super) struct Served {
    /// The answer; a refusal where what was changed is that it was refused.
    pub data: Result<Vec<u8>>,
    /// The record, where it was committed with what the request changed.
    pub record: Option<Recorded>,
}
