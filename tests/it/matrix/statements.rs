//! The SQL of plans: what is not granted is not even read, and every SELECT stays in its unit.

use std::{cell::RefCell, sync::Arc};

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use migrant_gateway::{
    app::Gateway,
    catalogue::catalogue,
    graphql::limits::Limits,
    read::{Dialect, ReadError, Reader, Rows, Statement},
};

use super::{
    cases::Case,
    oracle::Oracle,
    reading::{Columns, Reading},
    sql::{Select, columns, selects},
};
use crate::support::{Backend, CALLERS, World, ask, backends, caller};

tokio::task_local! {
    /// The statements of the request under way.
    static READ: RefCell<Vec<String>>;
}

/// A reader that keeps the text of everything it is asked.
struct Recorder(Box<dyn Reader>);

#[async_trait]
impl Reader for Recorder {
    fn dialect(&self) -> Dialect {
        self.0.dialect()
    }

    async fn read(&self, statement: &Statement) -> Result<Rows, ReadError> {
        READ.with(|read| read.borrow_mut().push(statement.sql.clone()));
        self.0.read(statement).await
    }
}

impl Reading {
    async fn check(&self, gateway: &Gateway, case: Case) {
        let Case { query, lists, compared } = case;
        let what = format!("{} {}: {query}", self.caller.role, self.caller.purposes[0]);
        let asked = async { (ask(gateway, &self.caller, &query).await, READ.with(RefCell::take)) };
        let (answer, statements) = READ.scope(RefCell::default(), asked).await;
        assert!(answer["data"].is_object(), "{what}\n{answer}");
        assert_eq!(statements.len(), lists.len(), "{what}\n{statements:?}");
        for (sql, list) in statements.iter().zip(&lists) {
            assert!(!sql.replace("count(*)", "").contains('*'), "{what}\n{sql}");
            let selects = selects(sql);
            let about = selects.iter().find(|select| select.alias == "t0").expect("a table");
            assert_eq!(columns(sql, about.list), *list, "{what}\n{sql}");
            let others: Columns = columns(sql, sql)
                .into_iter()
                .filter(|column| !list.contains(column) && !compared.contains(column))
                .collect();
            assert_eq!(others, Columns::new(), "{what}\n{sql}");
            for select in &selects {
                assert!(is_bounded(select), "{what}\n{select:?}\n{sql}");
            }
        }
    }
}

/// Whether a SELECT of a shared table demands that the person lives in the caller's unit, or is
/// itself such a demand, or one of the other facts that scopes rest on.
fn is_bounded(select: &Select<'_>) -> bool {
    let Select { table, alias, conditions, .. } = select;
    let Some(kind) = catalogue().kinds().iter().find(|kind| kind.table == *table) else {
        return true;
    };
    let has = |wanted: String| conditions.iter().any(|condition| condition.starts_with(&wanted));
    let through_person = conditions.iter().any(|condition| {
        condition.starts_with("EXISTS (SELECT 1 FROM person ")
            && condition.contains(&format!(" = {alias}.{} AND ", kind.subject))
            && condition.contains(".residence_unit_id BETWEEN ")
    });
    let is_fact = match *table {
        "person" => conditions.len() == 2 && has(format!("{alias}.birth_date <= ")),
        "consent" => has(format!("{alias}.recipient_department = ")),
        "household_member" => has(format!("{alias}.guardian_person_id = ")),
        _ => false,
    };
    has(format!("{alias}.residence_unit_id BETWEEN "))
        || through_person
        || is_fact && *alias != "t0"
}

async fn read_by_everybody(backend: Backend) {
    let world = World::new(backend).await;
    let gateway = world.gateway_with(Limits::default(), |reader| Box::new(Recorder(reader))).await;
    let mut tasks = Vec::new();
    for (role, purpose) in CALLERS.iter().copied() {
        let reading = Reading { caller: caller(role, purpose), oracle: Oracle::of(role, purpose) };
        let gateway: Arc<Gateway> = gateway.clone();
        tasks.push(tokio::spawn(async move {
            let cases = reading.cases();
            let count = cases.len();
            stream::iter(cases).for_each_concurrent(4, |case| reading.check(&gateway, case)).await;
            count
        }));
    }
    let mut count = 0;
    for task in tasks {
        count += task.await.expect("the statements are as they should be");
    }
    assert!(count > 5_000, "{count} documents");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_reads_a_column_that_was_not_both_granted_and_asked_for() {
    read_by_everybody(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_to_postgresql_reads_such_a_column_either() {
    if backends("no_statement_to_postgresql_reads").contains(&Backend::Postgres) {
        read_by_everybody(Backend::Postgres).await;
    }
}
