//! Rules of law and of standards that decide on data: those of the crate `rules`, which are pure
//! functions of records and a day, and those below, which the gateway holds callers to and which stand
//! in SQL beside Rust.
//!
//! [`break_glass`] is enforced on emergencies, [`audit_case`] on audit cases, [`subject_request`] on
//! requests of persons, [`text`] on reasons; [`age`], [`caseload`] and [`consent`] say whose record is
//! open to whom. [`derived`] makes of rules what is stored of derived values.

pub use ::rules::*;

pub mod age;
pub mod audit_case;
pub mod break_glass;
pub mod caseload;
pub mod consent;
pub mod derived;
pub mod guardian_closing;
pub mod subject_request;
pub mod text;
