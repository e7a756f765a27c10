//! Rules of law and of standards that decide on records: pure functions, each with its article.
//!
//! Nothing here knows the gateway: no database, no caller, no clock. So whoever changes a rule builds
//! and tests this crate alone, in seconds: `cargo test -p rules`. What is said in SQL, too, stands in
//! the gateway's own `src/rules/`, which hands these on.
//!
//! Three decide on nothing yet: [`citizen_id`], [`immunization`] and [`reporting`] are for records as they
//! are imported, and until then the demonstration makes up its population by them. [`residence`] is
//! enforced, on the months that masks tell.

pub mod citizen_id;
pub mod immunization;
pub mod reporting;
pub mod residence;

/// The rows of a comma-separated list kept beside the rules, without its heading.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split(',').collect())
}
