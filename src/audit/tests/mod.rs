//! Real databases with the real schema.

mod chaining;
mod property;
mod showing;
mod store;
mod tampering;
mod writing;
