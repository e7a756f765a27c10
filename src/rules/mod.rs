//! Rules of law and of standards that decide on data: pure functions, each with its article.
//!
//! Three decide on nothing yet: [`citizen_id`], [`immunization`] and [`reporting`] are for records as they
//! are imported, and until then the demonstration makes up its population by them. The others are
//! enforced: [`break_glass`] on emergencies, [`residence`] on the months that masks tell, [`text`] on
//! reasons.

pub mod age;
pub mod break_glass;
pub mod caseload;
pub mod citizen_id;
pub mod consent;
pub mod immunization;
pub mod reporting;
pub mod residence;
pub mod text;

/// The rows of a comma-separated list kept beside the rules, without its heading.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split(',').collect())
}
