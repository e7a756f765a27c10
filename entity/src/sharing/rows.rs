//! The words that declarations of fields are written in, for `use` inside of `sharing` and
//! `derived`, where they do not hide the types of the same names.

use sea_orm::IdenStatic;

pub use super::{
    Class::*, Computed::*, Department::*, Finished::*, Group::*, Mask, Provenance::*, Referent::*,
    Sharing::*, Type::*, code_lists::*, field,
};
use super::{Finished, Group};
pub use crate::structure;

/// A list put together from part columns, each under a group of its own.
pub fn parts<const N: usize>(parts: [(impl IdenStatic, Group); N]) -> Finished {
    let parts = parts.map(|(column, group)| (column.as_str(), group));
    // Declarations live as long as the program.
    Finished::Parts(Vec::leak(parts.to_vec()))
}

/// The name of a column.
pub fn col(column: impl IdenStatic) -> &'static str {
    column.as_str()
}
