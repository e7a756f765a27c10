//! `where`: a filter is parsed once into a tree that the compiler knows, and everything that has to do
//! with filters walks this tree.
//!
//! | file | what |
//! |---|---|
//! | `operator.rs` | which types are filtered by, with which operators |
//! | `grammar.rs` | the members of `where`: their names and what they take |
//! | `input_type.rs` | the names of input types |
//! | `parse.rs` | the one parser, from a document or from resolved values |
//! | `document.rs` | parsed leniently, variables still in it: for what checks and diagnoses documents |
//! | `request.rs` | parsed strictly under a permit, values typed: for what runs |
//!
//! The schema prints the grammar, `plan/check.rs` and `diagnose.rs` walk [`DocumentFilter`], and
//! `sql/filter.rs` and `sql/singled/` walk [`RequestFilter`]. A new operator or connective does not
//! compile until each of them has an arm for it.

mod document;
mod grammar;
mod input_type;
mod operator;
mod parse;
mod request;

#[cfg(test)]
mod tests;

use std::convert::Infallible;

pub use document::{Hole, Written, document};
pub use grammar::{Member, Quantifier};
pub use input_type::{Input, InputType};
pub use operator::{BY_TYPE, Filterable, IDS, Operator, filterable};
pub use request::{Comparison, Conditions, Reading};

use crate::catalogue::{DatabaseField, Field, Relation};

/// A condition on the rows of a kind: a field, `Ids`, what a field is compared with, and a variable in
/// the place of a part, each as the document or the request has it.
#[derive(Clone, Debug)]
pub enum Filter<Field, Ids, Comparison, Variable> {
    /// All of these hold: the members of an object, and `and`.
    All(Vec<Self>),
    /// One of these holds: `or`.
    Any(Vec<Self>),
    /// It does not hold: `not`.
    Not(Box<Self>),
    /// The row is one of those named: `id`.
    Ids(Ids),
    /// A field compares so, by every operator that stands at it.
    Field { field: Field, comparisons: Vec<Comparison> },
    /// So many of the rows behind a relation meet a condition, for every quantifier that stands at
    /// it; of a relation to one, [`Quantifier::Some`].
    Through { relation: &'static Relation, quantified: Vec<(Quantifier, Self)> },
    /// A part that a variable brings: only in documents.
    Variable(Variable),
}

/// A filter as a document has it: operands as they are written.
pub type DocumentFilter<'d> = Filter<&'static Field, Written<'d>, Written<'d>, Hole<'d>>;

/// A filter as it is run: fields that the database works out, keys for identifiers, parameters for values, and no variable.
pub type RequestFilter = Filter<DatabaseField, Vec<i64>, Comparison, Infallible>;
