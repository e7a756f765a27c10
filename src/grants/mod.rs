//! Grants that people administer: proposed by one steward, approved by others, versioned, explained.
//!
//! Grants are append-only. A change is a new version of some cells; taking a grant away is a version
//! with level `none`. What may be changed by whom is decided in [`approval`], what may be granted at
//! all in [`crate::policy::could_hold`], and both again when the last approval makes the version.

pub mod approval;
pub mod cell;
pub mod changes;
pub mod diff;
pub mod file;
pub mod impact;
pub mod ownership;
pub mod proposal;
pub mod requests;
pub mod store;
#[cfg(test)]
mod tests;
pub mod weigh;

pub use approval::{Signer, Verdict};
pub use cell::{Cell, CellText};
pub use proposal::{Proposal, Status};
