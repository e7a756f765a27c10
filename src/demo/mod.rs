//! A reproducible synthetic population: the same options give the same rows, byte for byte.
//!
//! No row describes a living person: identity numbers use regions that were never assigned, and
//! telephone numbers a block that was never opened.

mod aid;
mod assistance;
mod batch;
mod caseload;
mod child_care;
mod chronic;
mod collectors;
mod consent;
mod dice;
mod draft;
mod due;
mod employment;
mod entitlement;
mod family;
mod family_planning;
mod health_record;
mod household;
mod infectious;
mod left_behind;
mod load;
mod maternal;
mod mental;
mod names;
mod notice;
mod organizations;
mod person;
mod places;
mod population;
mod requests;
mod residence;
mod stigmatized;
mod stored;
mod training;
mod traits;
mod units;
mod vaccination;
pub mod volumes;

#[cfg(test)]
mod tests;

use chrono::NaiveDate;

pub use self::batch::Batch;
pub use self::load::{Summary, load};
pub use self::organizations::{Kind, organizations};
pub use self::places::in_force;
pub use self::population::Population;
pub use requests::{DemoRequest, requests};

/// What population to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many persons.
    pub persons: u64,
    /// Another seed gives other people.
    pub seed: u64,
    /// The day on which ages and spans are counted; nothing is dated after it.
    pub today: NaiveDate,
}
