//! How far masks hide a person among others: k-anonymity, judged at the size of a county.
//!
//! Each mask by itself hides much; those of one person together may be true of that person alone.
//! So all that a permit shows of a person is put together, over every kind whose rows join, and
//! counted: how many persons share all of it with at least four others. The population is the
//! demonstration's, in memory (`county`): a permit is judged before anybody lives under it.

mod county;
mod crowd;
mod derived;
mod duties;
mod shown;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

pub use crowd::Crowd;
pub use duties::duty;

use crate::policy::{GrantSet, Permit, Purpose, Role, explain};

/// The least share, in tenths of a percent, of persons who must have four others like them.
pub const FLOOR: u32 = 900;

/// How a permit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How many persons it shows something of, and how many of those have four others like them.
    pub crowd: Crowd,
    /// Whether it shows some persons by name: then only what is masked was put together, and what is
    /// shown in full was not.
    pub names_persons: bool,
    /// Why the duty of the role needs more than the floor allows, where it does.
    pub duty: Option<&'static str>,
}

/// The standing of every role and purpose.
pub type Standings = HashMap<(Role, Purpose), Standing>;

/// How roles stand under grants at an instant. Takes about a second.
pub fn standings(
    grants: &GrantSet,
    pairs: impl IntoIterator<Item = (Role, Purpose)>,
    at: DateTime<Utc>,
) -> Standings {
    let permits: Vec<Permit> = pairs
        .into_iter()
        .filter_map(|(role, purpose)| {
            Permit::decide(explain::typical(role, purpose), grants, at).ok()
        })
        .collect();
    let crowds = crowd::crowds(&permits);
    let standing = |(permit, crowd): (&Permit, Crowd)| {
        let (role, purpose) = (permit.basis.role, permit.basis.purpose);
        let names_persons = permit.names_persons;
        ((role, purpose), Standing { crowd, names_persons, duty: duty(role, purpose) })
    };
    permits.iter().zip(crowds).map(standing).collect()
}

/// The crowd of one permit: for tests that plant a leak in it.
#[cfg(test)]
fn of_permit(permit: &Permit) -> Crowd {
    crowd::crowds(std::slice::from_ref(permit))[0]
}

#[cfg(test)]
mod tests;
