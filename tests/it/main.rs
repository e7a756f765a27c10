//! The specification, run against real SQLite and PostgreSQL, real HTTP and real signed tokens.

mod access;
mod demo;
mod graphql;
mod instances;
mod matrix;
mod noninterference;
mod records;
mod support;
