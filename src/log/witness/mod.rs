//! Witnesses (<https://c2sp.org/tlog-witness>): others who remember what a log was, and sign that
//! what it is now begins with that.
//!
//! An oversight office or another department runs one. A log that was cut off, rebuilt or forked is
//! one that its witnesses do not cosign any more.

mod client;
mod http;
mod register;

pub use client::{WitnessClient, WitnessError};
pub use http::router;
pub use register::{Refusal, Register};
