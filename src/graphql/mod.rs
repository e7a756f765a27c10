//! GraphQL: permit to schema, document to plan, plan to answer.

pub mod acts;
pub mod code_lists;
pub mod context;
pub mod derivation;
mod diagnose;
mod engine;
pub mod entitlement;
pub mod events;
mod execute;
pub mod filter;
pub mod ids;
pub mod input;
pub mod limits;
pub(crate) mod mask;
pub mod me;
mod not_shared;
pub mod perturbation;
pub mod plan;
mod request;
mod root_field;
mod rules;
pub mod schema;
mod schema_changes;
pub mod shape;
pub mod sql;
mod strings;
mod variables;
pub mod worklist;
mod write;

pub use engine::{Engine, Entitled, Prepared, is_introspection, parse};
pub use execute::{Disclosed, DisclosedItem, Division, Execution, rounded};
pub use request::{DocumentHash, Method, Request, Unshared};
