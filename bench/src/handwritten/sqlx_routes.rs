//! The handlers on sqlx, for either database: the program that includes this file says which.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Query as FromQuery, State},
};
use chrono::Utc;
use contenders::handwritten::{
    Ask, Query, Reply, Sql,
    answer::{One, Persons, Reports},
    attach, page, page_with_info, person,
    records::*,
    reports,
};
use sqlx::query_as;

use super::{Database, keys};

/// What every handler needs.
pub struct App {
    /// Connections.
    pub pool: sqlx::Pool<Database>,
    /// Statements.
    pub sql: Sql,
}

type Shared = State<Arc<App>>;
type Asked = FromQuery<Ask>;

/// One route a query.
pub fn router(app: App) -> Router {
    contenders::routes!(Arc::new(app))
}

/// Persons of a unit collected by a department, after a key.
macro_rules! of_department {
    ($app:ident, $query:expr, $ask:ident, $limit:expr) => {
        query_as($app.sql[$query])
            .bind($ask.low)
            .bind($ask.high)
            .bind(&$ask.department)
            .bind($ask.after)
            .bind($limit)
            .fetch_all(&$app.pool)
            .await?
    };
}

/// Persons of a unit on an organization's books, after a key.
macro_rules! of_caseload {
    ($app:ident, $query:expr, $ask:ident) => {
        query_as($app.sql[$query])
            .bind($ask.low)
            .bind($ask.high)
            .bind($ask.organization)
            .bind($ask.today)
            .bind($ask.after)
            .bind($ask.first)
            .fetch_all(&$app.pool)
            .await?
    };
}

/// Rows below these parents; further parameters follow.
macro_rules! below {
    ($app:ident, $query:expr, $keys:expr $(, $parameter:expr)*) => {
        query_as($app.sql[$query]).bind(keys($keys))$(.bind($parameter))*.fetch_all(&$app.pool)
    };
}

async fn point(State(app): Shared, FromQuery(ask): Asked) -> Reply<One<Person>> {
    let row = query_as(app.sql[Query::Person])
        .bind(ask.id)
        .bind(ask.low)
        .bind(ask.high)
        .bind(&ask.department)
        .fetch_optional(&app.pool)
        .await?;
    Ok(person(row))
}

async fn list(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<Listed>> {
    let rows = of_department!(app, Query::Listed, ask, ask.first + 1);
    Ok(page_with_info(rows, ask.first, |row| row.id))
}

async fn nested(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<Nested>> {
    let mut rows: Vec<Nested> = of_department!(app, Query::Nested, ask, ask.first);
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let stays = below!(app, Query::Stay, &ids, &ask.department);
    let jobs = below!(app, Query::Job, &ids, &ask.department);
    let (stays, jobs): (Vec<Stay>, Vec<Job>) = tokio::try_join!(stays, jobs)?;
    attach(&mut rows, |row| row.id, stays, |stay| stay.parent, |row, s| row.residences.push(s));
    attach(&mut rows, |row| row.id, jobs, |job| job.parent, |row, j| row.employments.push(j));
    Ok(page(rows))
}

async fn filtered(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<Found>> {
    let rows = query_as(app.sql[Query::Found])
        .bind(ask.low)
        .bind(ask.high)
        .bind(&ask.department)
        .bind(ask.since)
        .bind(ask.first)
        .fetch_all(&app.pool)
        .await?;
    Ok(page(rows))
}

async fn police(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<PolicePerson>> {
    let mut rows: Vec<PolicePerson> = of_department!(app, Query::PolicePerson, ask, ask.first);
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let stays: Vec<PoliceStay> = below!(app, Query::PoliceStay, &ids, &ask.department).await?;
    attach(&mut rows, |row| row.id, stays, |stay| stay.parent, |row, s| row.residences.push(s));
    Ok(page(rows))
}

async fn population(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<PopulationPerson>> {
    let mut rows: Vec<PopulationPerson> =
        of_department!(app, Query::PopulationPerson, ask, ask.first);
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let hukou: Vec<Hukou> = below!(app, Query::Hukou, &ids, &ask.department).await?;
    let give = |row: &mut PopulationPerson, hukou| row.household_registrations.push(hukou);
    attach(&mut rows, |row| row.id, hukou, |hukou| hukou.parent, give);
    Ok(page(rows))
}

async fn street(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<StreetPerson>> {
    let mut rows: Vec<StreetPerson> = of_caseload!(app, Query::StreetPerson, ask);
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let stays: Vec<StreetStay> = below!(app, Query::StreetStay, &ids).await?;
    attach(&mut rows, |row| row.id, stays, |stay| stay.parent, |row, s| row.residences.push(s));
    Ok(page(rows))
}

async fn workers(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<Worker>> {
    let now = Utc::now();
    let mut rows: Vec<Worker> = query_as(app.sql[Query::Worker])
        .bind(ask.low)
        .bind(ask.high)
        .bind(ask.born_by)
        .bind(now)
        .bind(ask.after)
        .bind(ask.first)
        .fetch_all(&app.pool)
        .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let jobs: Vec<WorkerJob> = below!(app, Query::WorkerJob, &ids, now).await?;
    attach(&mut rows, |row| row.id, jobs, |job| job.parent, |row, j| row.employments.push(j));
    Ok(page(rows))
}

async fn clinic(State(app): Shared, FromQuery(ask): Asked) -> Reply<Persons<Patient>> {
    let mut rows: Vec<Patient> = of_caseload!(app, Query::Patient, ask);
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let records: Vec<HealthRecord> = below!(app, Query::HealthRecord, &ids).await?;
    let give = |row: &mut Patient, record| row.health_records.push(record);
    attach(&mut rows, |row| row.id, records, |record| record.parent, give);
    Ok(page(rows))
}

async fn disease_reports(State(app): Shared, FromQuery(ask): Asked) -> Reply<Reports<Report>> {
    let mut rows: Vec<Report> = query_as(app.sql[Query::Report])
        .bind(ask.low)
        .bind(ask.high)
        .bind(ask.before)
        .bind(ask.first)
        .fetch_all(&app.pool)
        .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.person_id).collect();
    let persons: Vec<Reported> =
        below!(app, Query::Reported, &ids, ask.organization, ask.today).await?;
    for person in persons.iter() {
        for row in rows.iter_mut().filter(|row| row.person_id == person.parent) {
            row.person = Some(person.clone());
        }
    }
    Ok(reports(rows))
}
