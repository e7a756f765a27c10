//! What a proposal would do before anybody signs it: fields, persons, and recorded queries.
//!
//! Fields are exact: the permit function is asked under the grants with and without it. Persons and
//! queries are estimates, and say of what.

mod crowds;
mod persons;
mod queries;

use chrono::{DateTime, Utc};

pub use crowds::CrowdShift;
pub use persons::Reached;
pub use queries::{Queries, Use};

use super::{
    cell::Cell,
    store::Ledger,
    weigh::{self, Hit},
};
use crate::{
    error::Result,
    policy::explain::{self, Shift},
    read::Reader,
};

/// What would come of a proposal.
#[derive(Clone, Debug)]
pub struct Impact {
    /// The instant at which all of it has begun; fields are compared there.
    pub at: DateTime<Utc>,
    /// Fields that a role sees otherwise than it would without.
    pub shifts: Vec<Shift>,
    /// Floors that it hits, the joint mask among them.
    pub floors: Vec<Hit>,
    /// Roles that hide other shares of persons among others than without it.
    pub crowds: Vec<CrowdShift>,
    /// How many persons fields appear of, by role, purpose and kind.
    pub persons: Vec<Reached>,
    /// Recorded queries that would stop, change, or may begin to work.
    pub queries: Queries,
}

/// Weighs cells that are not set yet.
///
/// # Errors
/// When the database cannot be read, or not in time.
pub async fn impact(
    ledger: &Ledger,
    reader: &dyn Reader,
    cells: &[Cell],
    now: DateTime<Utc>,
) -> Result<Impact> {
    let (made, floors) = weigh::grants(ledger, cells, now);
    let at = made.iter().map(|grant| grant.valid_from).max().unwrap_or(now);
    let resulting = ledger.grants.with(made);
    let shifts = explain::shifts((&ledger.grants, at), (&resulting, at));
    let crowds = crowds::shifts(ledger.grants.clone(), resulting, &shifts, at).await?;
    let persons = persons::reached(reader, &shifts, now).await?;
    let queries = queries::queries(reader, &shifts, now).await?;
    Ok(Impact { at, shifts, floors, crowds, persons, queries })
}
