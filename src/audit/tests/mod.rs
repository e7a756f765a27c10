//! Real databases with the real schema.

mod chaining;
mod changing;
mod postgres;
mod property;
mod showing;
pub(crate) mod store;
mod tampering;
mod writing;
