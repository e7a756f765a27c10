//! async-graphql as its book teaches it: static resolvers, DataLoader, SeaORM.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    ComplexObject, Context, EmptyMutation, EmptySubscription, Object, Result, Schema, SimpleObject,
    dataloader::{DataLoader, Loader},
};
use axum::{Json, Router, extract::State, routing::post};
use chrono::NaiveDate;
use contenders::handwritten::serve;
use entity::{employment, person, residence_registration};
use sea_orm::{
    ColumnTrait, Condition, ConnectOptions, Database, DatabaseConnection, DbErr, EntityTrait,
    Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait as _,
};

/// As many as the other contenders have.
const CONNECTIONS: u32 = 4;

#[derive(SimpleObject)]
#[graphql(complex)]
struct Person {
    id: i64,
    name: Option<String>,
    id_type: Option<String>,
    id_number: Option<String>,
    sex: Option<String>,
    birth_date: Option<NaiveDate>,
    ethnicity: Option<String>,
    nationality: Option<String>,
    marital_status: Option<String>,
    education: Option<String>,
}

#[derive(Clone, SimpleObject)]
struct Residence {
    id: i64,
    residence_address: Option<String>,
    arrival_date: Option<NaiveDate>,
    departure_date: Option<NaiveDate>,
    dwelling_type: Option<String>,
}

#[derive(Clone, SimpleObject)]
struct Employment {
    id: i64,
    occupation: Option<String>,
    industry: Option<String>,
    employer_name: Option<String>,
    has_labor_contract: Option<bool>,
}

#[derive(SimpleObject)]
struct PersonConnection {
    nodes: Vec<Person>,
    page_info: PageInfo,
}

#[derive(SimpleObject)]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<i64>,
}

impl From<person::Model> for Person {
    fn from(row: person::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            id_type: row.id_type,
            id_number: row.id_number,
            sex: row.sex,
            birth_date: row.birth_date,
            ethnicity: row.ethnicity,
            nationality: row.nationality,
            marital_status: row.marital_status,
            education: row.education,
        }
    }
}

#[ComplexObject]
impl Person {
    async fn residences(&self, ctx: &Context<'_>, department: String) -> Result<Vec<Residence>> {
        let loader = ctx.data_unchecked::<DataLoader<Below>>();
        Ok(loader.load_one(ResidencesOf(self.id, department)).await?.unwrap_or_default())
    }

    async fn employments(&self, ctx: &Context<'_>, department: String) -> Result<Vec<Employment>> {
        let loader = ctx.data_unchecked::<DataLoader<Below>>();
        Ok(loader.load_one(EmploymentsOf(self.id, department)).await?.unwrap_or_default())
    }
}

/// Loads lists for many persons at once.
struct Below(DatabaseConnection);

#[derive(Clone, PartialEq, Eq, Hash)]
struct ResidencesOf(i64, String);

#[derive(Clone, PartialEq, Eq, Hash)]
struct EmploymentsOf(i64, String);

/// Loads one list, as its key asks for it, from its table.
macro_rules! loads {
    ($key:ident, $table:ident, $item:ident { $($column:ident),* }) => {
        impl Loader<$key> for Below {
            type Value = Vec<$item>;
            type Error = Arc<DbErr>;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>, Self::Error> {
                use $table::{Column, Entity};
                let Some($key(_, department)) = keys.first() else { return Ok(HashMap::new()) };
                let rows = Entity::find()
                    .filter(Column::PersonId.is_in(keys.iter().map(|key| key.0)))
                    .filter(Column::CollectingDepartment.eq(department.as_str()))
                    .order_by_asc(Column::Id)
                    .all(&self.0)
                    .await?;
                let mut lists: HashMap<$key, Vec<$item>> = HashMap::new();
                for row in rows {
                    let key = $key(row.person_id, department.clone());
                    lists.entry(key).or_default().push($item { $($column: row.$column),* });
                }
                Ok(lists)
            }
        }
    };
}

loads!(
    ResidencesOf,
    residence_registration,
    Residence { id, residence_address, arrival_date, departure_date, dwelling_type }
);
loads!(
    EmploymentsOf,
    employment,
    Employment { id, occupation, industry, employer_name, has_labor_contract }
);

struct Query;

#[Object]
impl Query {
    async fn person(
        &self,
        ctx: &Context<'_>,
        id: i64,
        low: i64,
        high: i64,
        department: String,
    ) -> Result<Option<Person>> {
        let found = person::Entity::find_by_id(id)
            .filter(scope(low, high, &department))
            .one(ctx.data_unchecked::<DatabaseConnection>())
            .await?;
        Ok(found.map(Person::from))
    }

    #[expect(clippy::too_many_arguments, reason = "the arguments of the GraphQL field")]
    async fn persons(
        &self,
        ctx: &Context<'_>,
        first: u64,
        after: Option<i64>,
        low: i64,
        high: i64,
        department: String,
        arrived_since: Option<NaiveDate>,
        #[graphql(default)] youngest_first: bool,
    ) -> Result<PersonConnection> {
        use person::Column;
        let mut select = person::Entity::find().filter(scope(low, high, &department));
        if let Some(after) = after {
            select = select.filter(Column::Id.gt(after));
        }
        if let Some(since) = arrived_since {
            let arrived = residence_registration::Entity::find()
                .select_only()
                .column(residence_registration::Column::PersonId)
                .filter(residence_registration::Column::ArrivalDate.gte(since))
                .filter(residence_registration::Column::CollectingDepartment.eq(&department))
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
}

fn scope(low: i64, high: i64, department: &str) -> Condition {
    Condition::all()
        .add(person::Column::ResidenceUnitId.between(low, high))
        .add(person::Column::CollectingDepartment.eq(department))
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
