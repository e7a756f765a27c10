//! What administrators may change.

use async_graphql::MergedObject;

use super::{clients::ClientMutation, grants::GrantMutation, volumes::LimitMutation};

/// The root of mutations.
#[derive(MergedObject, Default)]
pub struct Mutation(GrantMutation, ClientMutation, LimitMutation);
