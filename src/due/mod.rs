//! What is due to whom (到期事项): the items of worklists, worked out of their sources by the functions
//! of the crate `rules` and stored, so that a list of them is served by an index.
//!
//! An item holds the days on which it begins and ends to be listed, to be due and to be overdue, so a new
//! day changes no item by itself: what is overdue is said when it is read. Whoever writes a source calls
//! [`recompute`] in the same transaction; [`refresh()`] works out everybody where nothing is stored yet, or
//! by rules of another version, and after that only those for whom a day was registered ahead.

mod doses;
mod item;
mod list;
mod load;
mod refresh;
mod sources;
mod stay;
mod store;
mod visits;

pub use item::{Items, items};
pub use list::List;
pub use load::{Organizations, Rows};
pub use refresh::{Refreshed, Step, refresh};
pub use sources::{OfPerson, Sources};
pub use store::{Changed, recompute};

/// The version of the rules and of what is made of them: whoever changes either names another one, and
/// the next refresh works out everybody anew.
pub const RULES: &str = "1";
