//! A transparency log: whoever kept a checkpoint can tell that nothing was cut off, replaced or written
//! anew behind it, without trusting who runs the log.
//!
//! The hashes of records are the leaves of a Merkle tree ([`tree`]); its head is signed as a
//! [`checkpoint`], which is a [`note`]; [`proofs`] connect a record with a checkpoint and checkpoints with
//! each other. The formats are those of C2SP, so that others' tools and witnesses read them. Pure
//! functions and types: where records, keys and checkpoints are kept is the gateway's (`src/log/`).

pub mod checkpoint;
pub mod hex;
pub mod note;
pub mod proofs;
pub mod range;
pub mod tree;
