//! What holds is said twice, for values and for columns, and is the same on every database: consents in
//! force, open cases, open emergencies, the age of consent, each at the instants at which it changes.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, Months, NaiveDate, TimeDelta, Utc};
use entity::{break_glass, caseload, consent, person};
use migrant_gateway::{
    graphql::sql::Params,
    policy::Role,
    read::{self, ReadOptions, Reader, Value},
    rules::{
        age::{AGE_OF_CONSENT, born_by, has_reached, has_reached_sql, is_under, is_under_sql},
        break_glass::{Span, is_open_sql},
        caseload as cases,
        consent::{is_in_force, row_is_in_force_sql},
    },
};
use sea_orm::{ConnectionTrait as _, EntityTrait};

use crate::support::{
    Backend, World, backends, open_emergency,
    world::{noon, patient},
};

/// How many rows give the instants that are looked at.
const LOOKED_AT: usize = 40;

struct Site {
    world: World,
    reader: Box<dyn Reader>,
}

impl Site {
    async fn new(backend: Backend) -> Site {
        let world = World::new(backend).await;
        let options = ReadOptions { connections: 1, statement_timeout: patient().statement_time() };
        let reader = read::connect(&world.url, options).await.expect("the read path connects");
        Site { world, reader }
    }

    /// The keys of the rows of a table `t` of which a condition with one parameter holds.
    async fn found(
        &self,
        table: &str,
        value: Value,
        condition: impl Fn(&str) -> String,
    ) -> BTreeSet<i64> {
        let mut params = Params::new(self.reader.dialect());
        let value = params.bind(value);
        let sql = format!("SELECT t.id FROM {table} t WHERE {}", condition(&value));
        let rows = self.reader.read(&params.finish(sql)).await.expect("the rows are read");
        (0..rows.len()).filter_map(|row| rows.int(row, 0)).collect()
    }
}

/// Just before an instant, then, and just after it.
fn around(at: DateTime<Utc>) -> [DateTime<Utc>; 3] {
    [at - TimeDelta::microseconds(1), at, at + TimeDelta::microseconds(1)]
}

fn around_day(day: NaiveDate) -> [NaiveDate; 3] {
    [day - Days::new(1), day, day + Days::new(1)]
}

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn rows<E: EntityTrait>(site: &Site) -> Vec<E::Model> {
    E::find().all(&site.world.db).await.expect("the rows are read")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_is_in_force_in_sql_at_the_instants_at_which_it_is() {
    for backend in backends("a_consent_is_in_force_in_sql") {
        let site = Site::new(backend).await;
        let all = rows::<consent::Entity>(&site).await;
        let withdrawn = all.iter().filter(|row| row.withdrawn_at.is_some());
        let looked_at: Vec<_> = withdrawn.chain(&all).take(LOOKED_AT).collect();
        assert_eq!(looked_at.len(), LOOKED_AT);
        let changes = looked_at
            .iter()
            .flat_map(|row| [Some(row.given_at), row.expires_at, row.withdrawn_at])
            .flatten();
        for now in changes.flat_map(around) {
            let expected = all
                .iter()
                .filter(|row| is_in_force(row.given_at, row.expires_at, row.withdrawn_at, now))
                .map(|row| row.id)
                .collect();
            let condition = |now: &str| row_is_in_force_sql("t", now);
            let found = site.found("consent", Value::Instant(now), condition).await;
            assert_eq!(found, expected, "{backend:?} {now}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_open_in_sql_on_the_days_on_which_it_is() {
    for backend in backends("a_case_is_open_in_sql") {
        let site = Site::new(backend).await;
        let all = rows::<caseload::Entity>(&site).await;
        let ended = all.iter().filter(|row| row.ended_on.is_some());
        let looked_at: Vec<_> = ended.take(LOOKED_AT / 2).chain(&all).take(LOOKED_AT).collect();
        assert!(looked_at.iter().any(|row| row.ended_on.is_some()));
        let changes =
            looked_at.iter().flat_map(|row| [Some(row.started_on), row.ended_on]).flatten();
        for today in changes.flat_map(around_day) {
            let expected = all
                .iter()
                .filter(|row| cases::is_open(row.started_on, row.ended_on, today))
                .map(|row| row.id)
                .collect();
            let condition = |today: &str| cases::is_open_sql("t", today);
            let found = site.found("caseload", Value::Date(today), condition).await;
            assert_eq!(found, expected, "{backend:?} {today}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_is_open_in_sql_at_the_instants_at_which_it_is() {
    for backend in backends("an_emergency_is_open_in_sql") {
        let site = Site::new(backend).await;
        for role in [Role::HE, Role::HC, Role::HP] {
            open_emergency(&site.world, role).await;
        }
        let first = 1 + Role::HE as i64;
        let closed = noon() + TimeDelta::minutes(5);
        let close = break_glass::Entity::update_many()
            .col_expr(break_glass::Column::ClosedAt, sea_orm::sea_query::Expr::value(closed));
        let close = sea_orm::QueryFilter::filter(
            close,
            sea_orm::ColumnTrait::eq(&break_glass::Column::Id, first),
        );
        close.exec(&site.world.db).await.expect("one is closed");
        let all = rows::<break_glass::Entity>(&site).await;
        assert_eq!(all.iter().filter(|row| row.closed_at.is_some()).count(), 1);
        let changes = all
            .iter()
            .flat_map(|row| [Some(row.opened_at), Some(row.expires_at), row.closed_at])
            .flatten();
        for now in changes.flat_map(around) {
            let span = |row: &break_glass::Model| Span {
                opened_at: row.opened_at,
                expires_at: row.expires_at,
                closed_at: row.closed_at,
            };
            let expected =
                all.iter().filter(|row| span(row).is_open(now)).map(|row| row.id).collect();
            let condition = |now: &str| is_open_sql("t", now);
            let found = site.found("break_glass", Value::Instant(now), condition).await;
            assert_eq!(found, expected, "{backend:?} {now}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn somebody_is_of_age_in_sql_on_the_days_on_which_they_are() {
    for backend in backends("somebody_is_of_age_in_sql") {
        let site = Site::new(backend).await;
        let unknown = "UPDATE person SET birth_date = NULL WHERE id = 1";
        site.world.db.execute_unprepared(unknown).await.expect("one birth date is unknown");
        let all = rows::<person::Entity>(&site).await;
        assert!(all.iter().any(|row| row.birth_date.is_none()), "some birth dates are unknown");
        let birthdays = all.iter().filter_map(|row| row.birth_date).take(LOOKED_AT);
        let fourteenth = birthdays.map(|birth| birth + Months::new(12 * AGE_OF_CONSENT));
        for today in fourteenth.flat_map(around_day) {
            let adult = Value::Date(born_by(today, AGE_OF_CONSENT));
            let keys = |is: fn(u32, Option<NaiveDate>, NaiveDate) -> bool| -> BTreeSet<i64> {
                let found = all.iter().filter(|row| is(AGE_OF_CONSENT, row.birth_date, today));
                found.map(|row| row.id).collect()
            };
            let of_age = |adult: &str| has_reached_sql("t.birth_date", adult);
            let found = site.found("person", adult.clone(), of_age).await;
            assert_eq!(found, keys(has_reached), "{backend:?} {today}");
            let minor = |adult: &str| is_under_sql("t.birth_date", adult);
            let found = site.found("person", adult, minor).await;
            assert_eq!(found, keys(is_under), "{backend:?} {today}");
        }
    }
}
