//! How one record is tied to the one before it. Pure functions; the writer and the verifier share
//! them.

use entity::access_record::{Column, Model};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::columns::{Cell, cells};
use crate::log::tree::Frontier;
use crate::secrets::{Secrets, hex};

/// What the first record names as the hash before it.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The key of the chain, ready to use.
#[derive(Clone)]
pub struct ChainKey(Hmac<Sha256>);

impl ChainKey {
    /// The chain key of a deployment.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    pub fn derive(secrets: &Secrets) -> Self {
        let key = secrets.key::<32>("access-record-chain");
        Self(Hmac::new_from_slice(key.as_slice()).expect("HMAC takes keys of every length"))
    }

    /// The frontier of the log's tree as it is kept with the head: whoever can write the database
    /// cannot have the gateway sign a tree of their making.
    pub fn seal_tree(&self, tree: &Frontier) -> String {
        let roots = tree.encode();
        self.tree_tag(tree.size(), &roots) + &roots
    }

    /// The frontier behind what is kept; none where it is not what a gateway wrote.
    pub fn open_tree(&self, size: i64, sealed: &str) -> Option<Frontier> {
        let size = u64::try_from(size).ok()?;
        let (tag, roots) = sealed.split_at_checked(64)?;
        let tree = Frontier::decode(size, roots)?;
        // Not secret from who can read it: comparing it takes no care.
        (self.tree_tag(size, roots) == tag).then_some(tree)
    }

    fn tree_tag(&self, size: u64, roots: &str) -> String {
        let mut tag = Link(self.0.clone());
        tag.text("access-tree/1");
        tag.number(i64::try_from(size).unwrap_or(i64::MAX));
        tag.text(roots);
        hex(tag.0.finalize().into_bytes().as_slice())
    }
}

/// SHA-256 over the number of persons and their keys, in hex.
///
/// The keys are expected sorted and without repetition; their order counts.
pub fn subjects_digest(persons: &[i64]) -> String {
    divided_digest(persons, &[])
}

/// The same with the number of each one's set of fields, where a record has several. It begins with a
/// name then, which no number of persons is: taking the sets away makes another digest.
pub(super) fn divided_digest(persons: &[i64], sets: &[i16]) -> String {
    let mut digest = Sha256::new();
    if !sets.is_empty() {
        digest.update(b"access-subjects/2");
    }
    digest.update((persons.len() as u64).to_be_bytes());
    for person in persons {
        digest.update(person.to_be_bytes());
    }
    for set in sets {
        digest.update(set.to_be_bytes());
    }
    hex(digest.finalize().as_slice())
}

/// The hash of a record that stands at `seq` and follows `previous_hash`, in hex.
///
/// The place and the hash before are arguments, so that the verifier can ask where a displaced
/// record belongs; the record's own `seq`, `previous_hash` and `hash` are not looked at.
///
/// A record whose persons were shown different fields is of the second format, which says so at its
/// beginning; without its sets it would be one of the first, and have another hash.
pub fn link(key: &ChainKey, previous_hash: &str, seq: i64, record: &Model) -> String {
    let is_divided = record.shown.is_some();
    let mut link = Link(key.0.clone());
    link.text(if is_divided { "access-record/2" } else { "access-record/1" });
    link.text(previous_hash);
    link.number(seq);
    for (column, cell) in cells(record) {
        match (column, cell) {
            (Column::Seq | Column::PreviousHash | Column::Hash, _) => {}
            // The first format says nothing of what is not there.
            (Column::Change | Column::Shown, Cell::Optional(text)) if !is_divided => {
                if let Some(text) = text {
                    link.text(text);
                }
            }
            (_, Cell::Number(number)) => link.number(number),
            (_, Cell::Instant(at)) => link.number(at.timestamp_micros()),
            (_, Cell::Flag(flag)) => link.number(i64::from(flag)),
            (_, Cell::Text(text)) => link.text(text),
            (_, Cell::Optional(text)) => link.optional(text),
        }
    }
    hex(link.0.finalize().into_bytes().as_slice())
}

/// Whether a record is as it was written, wherever the record before it is.
pub fn is_as_written(key: &ChainKey, record: &Model) -> bool {
    link(key, &record.previous_hash, record.seq, record) == record.hash
}

/// Every value carries its length, so that no two records serialize alike.
struct Link(Hmac<Sha256>);

impl Link {
    fn number(&mut self, number: i64) {
        self.0.update(&number.to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.0.update(&(text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.0.update(&[u8::from(text.is_some())]);
        if let Some(text) = text {
            self.text(text);
        }
    }
}
