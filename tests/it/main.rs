//! The specification, run against real SQLite and PostgreSQL, real HTTP and real signed tokens.

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
mod noninterference;
mod oauth;
mod records;
mod support;
mod volume;
