//! What administrators may change.

use async_graphql::MergedObject;

use super::{clients::ClientMutation, grants::GrantMutation};

/// The root of mutations.
#[derive(MergedObject, Default)]
pub struct Mutation(GrantMutation, ClientMutation);
