//! "The driver's limit": handlers written by hand on tokio-postgres, a few pipelined connections
//! shared by all requests.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::extract::{Query as FromQuery, State};
use chrono::Utc;
use contenders::handwritten::{
    Ask, Dialect, Query, Reply, Sql,
    answer::{One, Persons, Reports},
    attach, page, page_with_info, person,
    records::*,
    reports, serve,
};
use tokio_postgres::{Client, Error, NoTls, Row, Statement, types::ToSql};

/// As many as the gateway has.
const CONNECTIONS: usize = 4;

struct App {
    lanes: Vec<Lane>,
    next: AtomicUsize,
}

/// One connection with everything prepared.
struct Lane {
    client: Client,
    statements: Vec<Statement>,
}

type Shared = State<Arc<App>>;
type Asked = FromQuery<Ask>;
type Param<'a> = &'a (dyn ToSql + Sync);

impl App {
    async fn connect(url: &str) -> anyhow::Result<Self> {
        let sql = Sql::new(Dialect::Postgres);
        let mut lanes = Vec::new();
        for _ in 0..CONNECTIONS {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            tokio::spawn(connection);
            let mut statements = Vec::new();
            for query in Query::ALL {
                statements.push(client.prepare(sql[query]).await?);
            }
            lanes.push(Lane { client, statements });
        }
        Ok(Self { lanes, next: AtomicUsize::new(0) })
    }

    async fn rows<T>(&self, query: Query, params: &[Param<'_>]) -> Result<Vec<T>, Error>
    where
        T: for<'r> From<&'r Row>,
    {
        let lane = &self.lanes[self.next.fetch_add(1, Ordering::Relaxed) % self.lanes.len()];
        let rows = lane.client.query(&lane.statements[query as usize], params).await?;
        Ok(rows.iter().map(T::from).collect())
    }

    /// Persons of a unit collected by a department, after a key.
    async fn of_department<T>(&self, query: Query, ask: &Ask, limit: i64) -> Result<Vec<T>, Error>
    where
        T: for<'r> From<&'r Row>,
    {
        let params: [Param<'_>; 5] = [&ask.low, &ask.high, &ask.department, &ask.after, &limit];
        self.rows(query, &params).await
    }

    /// Persons of a unit on an organization's books, after a key.
    async fn of_caseload<T>(&self, query: Query, ask: &Ask) -> Result<Vec<T>, Error>
    where
        T: for<'r> From<&'r Row>,
    {
        let params: [Param<'_>; 6] =
            [&ask.low, &ask.high, &ask.organization, &ask.today, &ask.after, &ask.first];
        self.rows(query, &params).await
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let app = App::connect(&serve::database_url()?).await?;
    serve::serve(contenders::routes!(Arc::new(app))).await
}

async fn point(State(app): Shared, FromQuery(ask): Asked) -> Reply<One<Person>> {
    let params: [Param<'_>; 4] = [&ask.id, &ask.low, &ask.high, &ask.department];
    Ok(person(app.rows(Query::Person, &params).await?.pop()))
}

async fn list(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<Listed>> {
    let rows: Vec<Listed> = app.of_department(Query::Listed, &ask, ask.first + 1).await?;
    Ok(page_with_info(rows, ask.first, |row| row.id))
}

async fn nested(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<Nested>> {
    let mut rows: Vec<Nested> = app.of_department(Query::Nested, &ask, ask.first).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let params: [Param<'_>; 2] = [&ids, &ask.department];
    let stays = app.rows::<Stay>(Query::Stay, &params);
    let jobs = app.rows::<Job>(Query::Job, &params);
    let (stays, jobs) = tokio::try_join!(stays, jobs)?;
    attach(&mut rows, |row| row.id, stays, |stay| stay.parent, |row, s| row.residences.push(s));
    attach(&mut rows, |row| row.id, jobs, |job| job.parent, |row, j| row.employments.push(j));
    Ok(page(rows))
}

async fn filtered(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<Found>> {
    let params: [Param<'_>; 5] = [&ask.low, &ask.high, &ask.department, &ask.since, &ask.first];
    Ok(page(app.rows(Query::Found, &params).await?))
}

async fn police(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<PolicePerson>> {
    let mut rows: Vec<PolicePerson> =
        app.of_department(Query::PolicePerson, &ask, ask.first).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let stays: Vec<PoliceStay> = app.rows(Query::PoliceStay, &[&ids, &ask.department]).await?;
    attach(&mut rows, |row| row.id, stays, |stay| stay.parent, |row, s| row.residences.push(s));
    Ok(page(rows))
}

async fn population(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<PopulationPerson>> {
    let mut rows: Vec<PopulationPerson> =
        app.of_department(Query::PopulationPerson, &ask, ask.first).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let hukou: Vec<Hukou> = app.rows(Query::Hukou, &[&ids, &ask.department]).await?;
    let give = |row: &mut PopulationPerson, hukou| row.household_registrations.push(hukou);
    attach(&mut rows, |row| row.id, hukou, |hukou| hukou.parent, give);
    Ok(page(rows))
}

async fn street(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<StreetPerson>> {
    let mut rows: Vec<StreetPerson> = app.of_caseload(Query::StreetPerson, &ask).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let stays: Vec<StreetStay> = app.rows(Query::StreetStay, &[&ids]).await?;
    attach(&mut rows, |row| row.id, stays, |stay| stay.parent, |row, s| row.residences.push(s));
    Ok(page(rows))
}

async fn workers(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<Worker>> {
    let now = Utc::now();
    let params: [Param<'_>; 6] = [&ask.low, &ask.high, &ask.born_by, &now, &ask.after, &ask.first];
    let mut rows: Vec<Worker> = app.rows(Query::Worker, &params).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let jobs: Vec<WorkerJob> = app.rows(Query::WorkerJob, &[&ids, &now]).await?;
    attach(&mut rows, |row| row.id, jobs, |job| job.parent, |row, j| row.employments.push(j));
    Ok(page(rows))
}

async fn clinic(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<Patient>> {
    let mut rows: Vec<Patient> = app.of_caseload(Query::Patient, &ask).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let records: Vec<HealthRecord> = app.rows(Query::HealthRecord, &[&ids]).await?;
    let give = |row: &mut Patient, record| row.health_records.push(record);
    attach(&mut rows, |row| row.id, records, |record| record.parent, give);
    Ok(page(rows))
}

async fn disease_reports(State(app): Shared, FromQuery(ask): Asked) -> Reply<Reports<Report>> {
    let params: [Param<'_>; 4] = [&ask.low, &ask.high, &ask.before, &ask.first];
    let mut rows: Vec<Report> = app.rows(Query::Report, &params).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.person_id).collect();
    let params: [Param<'_>; 3] = [&ids, &ask.organization, &ask.today];
    let persons: Vec<Reported> = app.rows(Query::Reported, &params).await?;
    for person in persons.iter() {
        for row in rows.iter_mut().filter(|row| row.person_id == person.parent) {
            row.person = Some(person.clone());
        }
    }
    Ok(reports(rows))
}
