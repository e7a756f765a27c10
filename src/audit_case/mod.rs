//! Audit cases (审计案件): whom accesses that tell of C4 were about is opened for one data protection officer
//! alone, inside a case.
//!
//! An officer proposes a case with a reason and the accesses it concerns, a second person of oversight
//! signs it, and it is in force for 30 days. Every look inside it is on the chain with the persons as its
//! subjects; they see it when the case is over. What a person asked for itself needs no second signature:
//! it opens accesses about that person alone, and the person sees everything at once.

mod changes;
mod seek;
mod status;
pub mod store;

use sea_orm::DbErr;

pub use changes::{Close, Decide, Look, Propose, Request, Seen, Verdict};
pub use seek::{Concerns, Scope, concerned};
pub use status::{Kind, Status};

use crate::{
    error::{Code, GatewayError},
    policy::Role,
};

/// How many accesses a case concerns at most.
pub const MOST_ACCESSES: u64 = 200;

/// How many persons those of an audit case may be about.
pub const MOST_PERSONS: i64 = 1_000;

/// Somebody of oversight who acts on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overseer {
    /// The name.
    pub subject: String,
    /// The issuer that knows them by it.
    pub issuer: String,
    /// The role: DP or AU.
    pub role: Role,
    /// Keys of the units whose accesses they oversee.
    pub units: (i64, i64),
}

impl Overseer {
    /// Whether a case is of a unit that they oversee.
    fn oversees(&self, unit: i64) -> bool {
        (self.units.0..=self.units.1).contains(&unit)
    }
}

fn unavailable(_: DbErr) -> GatewayError {
    GatewayError::new(Code::DatabaseUnavailable, "the audit cases cannot be read or written")
}

fn wrong(message: impl Into<String>) -> GatewayError {
    GatewayError::new(Code::BadUserInput, message)
}
