//! The specification, run against real SQLite and PostgreSQL, real HTTP and real signed tokens.

mod demo;
mod support;
