//! The record as a transparency log: whoever kept a checkpoint can tell that nothing was cut off,
//! replaced or written anew behind it, without trusting who runs the database or the gateway.
//!
//! The records' hashes are the leaves of a Merkle tree ([`tree`]); its head is signed as a
//! [`checkpoint`]; [`proofs`] connect a record with a checkpoint and checkpoints with each other, and
//! are handed out as texts ([`proof_text`]). The formats are those of C2SP, so that others' tools and
//! witnesses read them.

pub mod checkpoint;
pub mod directory;
pub mod keeper;
pub mod key;
pub mod note;
pub mod proof_text;
pub mod proofs;
pub mod range;
pub mod setup;
pub mod store;
pub mod tree;
pub mod witness;
