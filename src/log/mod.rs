//! The record as a transparency log: whoever kept a checkpoint can tell that nothing was cut off,
//! replaced or written anew behind it, without trusting who runs the database or the gateway.
//!
//! Tree, proofs and formats are the crate `tlog`; here is where the gateway keeps records, keys and
//! checkpoints, and what it hands out as texts ([`proof_text`]).

pub mod directory;
pub mod keeper;
pub mod key;
pub mod proof_text;
pub mod setup;
pub mod store;
pub mod witness;

pub use tlog::{checkpoint, note, proofs, range, tree};
