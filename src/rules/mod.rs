//! Rules of law and of standards that decide on data: pure functions, each with its article.

pub mod break_glass;
pub mod citizen_id;
pub mod immunization;
pub mod reporting;
pub mod residence;
pub mod text;

/// The rows of a comma-separated list kept beside the rules, without its heading.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split(',').collect())
}
