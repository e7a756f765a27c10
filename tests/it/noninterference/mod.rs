//! What a caller may not see changes nothing of what it is told: not through values, not through
//! orders, filters, counts or errors; nor does what others ask at the same moment, nor which
//! database the data is kept in.

mod answers;
mod attacker;
mod columns;
mod copies;
mod differential;
mod hide;
mod isolation;
mod leaks;
mod menu;
mod paging;
mod probes;
mod random;
mod refusals;
mod rewrite;
mod roles;
pub mod scope;
pub mod uses;
