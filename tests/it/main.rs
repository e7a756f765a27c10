//! The specification, run against real SQLite and PostgreSQL, real HTTP and real signed tokens.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests say what they expect by panicking"
)]
#![allow(
    clippy::disallowed_types,
    reason = "the tests look behind the gateway, and change what nobody may"
)]

mod access;
mod administration;
mod availability;
mod demo;
mod faults;
mod grants;
mod graphql;
mod instances;
mod log;
mod matrix;
mod me;
mod noninterference;
mod oauth;
mod pages;
mod records;
mod support;
mod volume;
mod worklists;
