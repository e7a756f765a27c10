//! A first page is read along an index: nothing is sorted, and no table is read as a whole.

use std::sync::Arc;

use async_trait::async_trait;
use migrant_gateway::{
    policy::{Purpose, Role},
    read::{Dialect, ReadError, Reader, Rows, Statement, Value},
};
use parking_lot::Mutex;
use sea_orm::{DbBackend, FromQueryResult};

use crate::support::{
    Backend, World, ask, backends, caller,
    world::{fill, patient},
};

/// Enough that an index is the better way.
const PERSONS: u64 = 6_000;

/// A reader that keeps what it is asked of items.
struct Recorder {
    inner: Box<dyn Reader>,
    asked: Arc<Mutex<Vec<Statement>>>,
}

#[async_trait]
impl Reader for Recorder {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    async fn read(&self, statement: &Statement) -> Result<Rows, ReadError> {
        if statement.sql.contains("due_item") {
            self.asked.lock().push(statement.clone());
        }
        self.inner.read(statement).await
    }
}

#[derive(FromQueryResult)]
struct Step {
    detail: String,
}

fn literal(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Date(day) => format!("'{day}'"),
        Value::Instant(instant) => format!("'{}'", instant.to_rfc3339()),
        Value::Keys(_) => unreachable!("a list is asked for by no keys"),
    }
}

/// The plan of a statement, for whatever parameters it is asked with.
async fn plan(world: &World, statement: &Statement) -> String {
    let arguments: Vec<String> = statement.params.iter().map(literal).collect();
    match world.backend {
        Backend::Sqlite => {
            let mut sql = statement.sql.clone();
            for (place, argument) in arguments.iter().enumerate().rev() {
                sql = sql.replace(&format!("?{}", place + 1), argument);
            }
            let explain = sea_orm::Statement::from_string(
                DbBackend::Sqlite,
                format!("EXPLAIN QUERY PLAN {sql}"),
            );
            let steps = Step::find_by_statement(explain).all(&world.db).await.unwrap();
            steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("\n")
        }
        Backend::Postgres => {
            let (client, connection) =
                tokio_postgres::connect(&world.url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client
                .batch_execute("SET plan_cache_mode = force_generic_plan; SET jit = off")
                .await
                .unwrap();
            client.batch_execute(&format!("PREPARE asked AS {}", statement.sql)).await.unwrap();
            let explain = format!("EXPLAIN EXECUTE asked({})", arguments.join(", "));
            let rows = client.simple_query(&explain).await.unwrap();
            let lines = rows.iter().filter_map(|row| match row {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
                _ => None,
            });
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_page_is_read_along_an_index() {
    for backend in backends("a_first_page_is_read_along_an_index") {
        let world = match backend {
            // Its planner goes by which indexes there are.
            Backend::Sqlite => World::new(backend).await,
            Backend::Postgres => {
                let world = World::empty(backend).await;
                fill(&world.url, PERSONS).await;
                world
            }
        };
        let asked = Arc::new(Mutex::new(Vec::new()));
        let gateway = world
            .gateway_with(patient(), |inner| Box::new(Recorder { inner, asked: asked.clone() }))
            .await;
        for (role, purpose, kind, index) in [
            (Role::HC, Purpose::Hr, "RECORD_DUE", "ix_due_item_county_due_month"),
            (Role::HC, Purpose::Hr, "RECORD_STALE", "ix_due_item_county_due"),
            (Role::HO, Purpose::Hr, "RECORD_STALE", "ix_due_item_county_person"),
            (Role::HV, Purpose::Imm, "DOSE_DUE", "ix_due_item_county_due_on"),
            (Role::HV, Purpose::Imm, "VACCINATION_FILE_DUE", "ix_due_item_county_person"),
        ] {
            asked.lock().clear();
            let query = format!(
                "{{ worklist(kind: {kind}, first: 50) {{ nodes {{ dueOn person {{ id }} }} }} }}"
            );
            let answer = ask(&gateway, &caller(role, purpose), &query).await;
            assert!(answer["data"].is_object(), "{answer}");
            let statement = asked.lock().pop().unwrap();
            let plan = plan(&world, &statement).await;
            assert!(plan.contains(index), "{kind} on {backend:?}: {}\n{plan}", statement.sql);
            for slow in ["Seq Scan", "Sort", "SCAN ", "TEMP B-TREE"] {
                let found = plan.lines().any(|line| {
                    line.contains(slow)
                        && !line.contains("SCAN shown")
                        && !line.contains("CO-ROUTINE")
                });
                assert!(!found, "{kind} on {backend:?}, {slow}: {}\n{plan}", statement.sql);
            }
        }
    }
}
