//! Caller and grants in, permit out: what a request may see is decided here and nowhere else.

mod acts;
pub mod changes;
mod coarsen;
pub mod explain;
mod floors;
mod grant;
mod limitation;
mod load;
mod permit;
mod purpose;
mod refusal;
mod role;
#[cfg(test)]
mod tests;
mod unit;
mod view;
mod worklist;

pub use acts::{Act, EventView, consent_opens};
pub use floors::{JointView, could_hold, identity_candidates, protected_rows, tells_of_protected};
pub use grant::{Grant, GrantSet, Instrument, LegalBasis, Level, Scope, Target};
pub use limitation::needed as needed_by_purpose;
pub use load::{LoadError, legal_bases, load, version};
pub use permit::{Basis, Decision, Permit, Position, RowRule};
pub use purpose::Purpose;
pub use refusal::{Refusal, ShareCategory};
pub use role::Role;
pub use worklist::{DayShown, UnitShown, Worklist, Works};
