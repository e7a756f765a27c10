//! async-graphql as its book teaches it: static resolvers, DataLoader, SeaORM.

mod below;
mod objects;
mod scope;

use async_graphql::{
    Context, EmptyMutation, EmptySubscription, Object, Result, Schema, dataloader::DataLoader,
};
use axum::{Json, Router, extract::State, routing::post};
use chrono::{DateTime, NaiveDate, Utc};
use contenders::handwritten::serve;
use entity::{infectious_disease_report, person, residence_registration};
use sea_orm::{
    ColumnTrait, ConnectOptions, Database, DatabaseConnection, EntityTrait, Order, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait as _,
};

use self::{
    below::Below,
    objects::{PageInfo, Person, PersonConnection, ReportConnection},
    scope::Scope,
};

/// As many as the other contenders have.
const CONNECTIONS: u32 = 4;

struct Query;

#[Object]
impl Query {
    async fn person(&self, ctx: &Context<'_>, id: i64, scope: Scope) -> Result<Option<Person>> {
        let found = person::Entity::find_by_id(id)
            .filter(scope.condition())
            .one(ctx.data_unchecked::<DatabaseConnection>())
            .await?;
        Ok(found.map(Person::from))
    }

    async fn persons(
        &self,
        ctx: &Context<'_>,
        first: u64,
        after: Option<i64>,
        scope: Scope,
        arrived_since: Option<NaiveDate>,
        #[graphql(default)] youngest_first: bool,
    ) -> Result<PersonConnection> {
        use person::Column;
        let mut select = person::Entity::find().filter(scope.condition());
        if let Some(after) = after {
            select = select.filter(Column::Id.gt(after));
        }
        if let Some(since) = arrived_since {
            use residence_registration::{Column as Stay, Entity};
            let arrived = Entity::find()
                .select_only()
                .column(Stay::PersonId)
                .filter(Stay::ArrivalDate.gte(since))
                .apply_if(scope.department(), |select, department| {
                    select.filter(Stay::CollectingDepartment.eq(department))
                })
                .into_query();
            select = select.filter(Column::Id.in_subquery(arrived));
        }
        if youngest_first {
            select = select.order_by(Column::BirthDate, Order::Desc);
        }
        let mut rows = select
            .order_by_asc(Column::Id)
            .limit(first + 1)
            .all(ctx.data_unchecked::<DatabaseConnection>())
            .await?;
        let first = usize::try_from(first)?;
        let has_next_page = rows.len() > first;
        rows.truncate(first);
        let end_cursor = rows.last().map(|row| row.id);
        let nodes = rows.into_iter().map(Person::from).collect();
        Ok(PersonConnection { nodes, page_info: PageInfo { has_next_page, end_cursor } })
    }

    async fn infectious_disease_reports(
        &self,
        ctx: &Context<'_>,
        first: u64,
        before: DateTime<Utc>,
        low: i64,
        high: i64,
    ) -> Result<ReportConnection> {
        use infectious_disease_report::{Column, Entity};
        let rows = Entity::find()
            .filter(Column::PersonId.in_subquery(scope::of_unit(low, high)))
            .filter(Column::ReportedAt.lt(before))
            .order_by_desc(Column::ReportedAt)
            .order_by_asc(Column::Id)
            .limit(first)
            .all(ctx.data_unchecked::<DatabaseConnection>())
            .await?;
        Ok(ReportConnection { nodes: rows.into_iter().map(Into::into).collect() })
    }
}

type Peer = Schema<Query, EmptyMutation, EmptySubscription>;

async fn answer(
    State((peer, db)): State<(Peer, DatabaseConnection)>,
    Json(request): Json<async_graphql::Request>,
) -> Json<async_graphql::Response> {
    // A loader of its own for every request, as the book asks for.
    let loader = DataLoader::new(Below(db), tokio::spawn);
    Json(peer.execute(request.data(loader)).await)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut options = ConnectOptions::new(serve::database_url()?);
    options.max_connections(CONNECTIONS).test_before_acquire(false).sqlx_logging(false);
    let db = Database::connect(options).await?;
    let peer = Schema::build(Query, EmptyMutation, EmptySubscription).data(db.clone()).finish();
    serve::serve(Router::new().route("/graphql", post(answer)).with_state((peer, db))).await
}
