//! What administrators may ask.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::Session;

/// The root of queries.
pub struct Query;

#[Object]
impl Query {
    /// 授权版本: the version of the grants that decide now
    async fn grants_version(&self, context: &Context<'_>) -> i64 {
        session(context).grants.version()
    }
}

/// The request that a resolver works for.
pub(super) fn session<'c>(context: &Context<'c>) -> &'c Arc<Session> {
    context.data_unchecked::<Arc<Session>>()
}
