//! Caller and grants in, permit out: what a request may see is decided here and nowhere else.

mod purpose;
mod role;

pub use purpose::Purpose;
pub use role::Role;
