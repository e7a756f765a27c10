//! What administrators may ask.

use async_graphql::{Context, MergedObject, Object};

use super::{
    accesses::AccessQuery, acts::ActQuery, cases::CaseQuery, clients::ClientQuery,
    grants::GrantQuery, requests::AccessRequestQuery, session::session, volumes::LimitQuery,
};

/// The root of queries.
#[derive(MergedObject, Default)]
pub struct Query(State, GrantQuery, AccessRequestQuery, ClientQuery, LimitQuery, ActQuery);

/// The root of queries of those who oversee.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct OversightQuery(
    State,
    GrantQuery,
    AccessRequestQuery,
    ClientQuery,
    LimitQuery,
    ActQuery,
    AccessQuery,
    CaseQuery,
);

/// What gateways go by now.
#[derive(Default)]
pub struct State;

#[Object]
impl State {
    /// 授权版本: the version of the grants that decide now
    async fn grants_version(&self, context: &Context<'_>) -> i64 {
        session(context).grants.version()
    }
}
