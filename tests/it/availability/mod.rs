//! The real program under real pressure: clients that send nothing, half of something, or more than
//! it can take; stops under load; several of it at once; and what its log and errors say of it.

mod collected;
mod connections;
mod files;
mod lengths;
mod migrating;
mod overload;
mod stopping;
mod urls;
pub mod wire;
