//! No plan reads a whole table: whatever a portal asks, some index leads PostgreSQL to the rows.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use migrant_gateway::{
    app::Gateway,
    auth::Caller,
    catalogue::{Kind, Relation, catalogue},
    demo,
    policy::{Purpose, Role},
    read::{Dialect, ReadError, Reader, Rows, Statement, Value},
};
use parking_lot::Mutex;
use sea_orm::ConnectionTrait;
use serde_json::Value as Json;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use super::{
    oracle::{Oracle, Place},
    pieces::{below, condition, reaching, selection},
    reading::Reading,
};
use crate::support::{
    Backend, CALLERS, World, ask, backends, caller,
    world::{fill, patient},
};

/// Enough that reading all of a table is never the cheapest.
const PERSONS: u64 = 20_000;

/// A unit of every sort of bound: a county, and all of the province.
const UNITS: [&str; 2] = ["220102", "220000"];

/// Tables that fit on a few pages, whoever asks.
const SMALL: [&str; 2] = ["administrative_unit", "organization"];

/// Every statement once. A generic plan is the same whatever its parameters are.
#[derive(Default)]
struct Asked(Mutex<BTreeMap<String, Vec<Value>>>);

/// A reader that keeps everything it is asked.
struct Recorder {
    inner: Box<dyn Reader>,
    asked: Arc<Asked>,
}

#[async_trait]
impl Reader for Recorder {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    async fn read(&self, statement: &Statement) -> Result<Rows, ReadError> {
        let Statement { sql, params } = statement.clone();
        self.asked.0.lock().entry(sql).or_insert(params);
        self.inner.read(statement).await
    }
}

impl Reading {
    async fn answer(&self, gateway: &Gateway, query: &str) -> Json {
        let mut answer = ask(gateway, &self.caller, query).await;
        assert!(answer["data"].is_object(), "{}: {query}\n{answer}", self.caller.role);
        answer["data"].take()
    }

    /// Every field of a kind that is open.
    fn chosen(&self, kind: &Kind) -> String {
        let fields = self.fields_at(kind, Place::Selected);
        let fields: Vec<String> = fields.into_iter().map(selection).collect();
        format!("id {}", fields.join(" "))
    }

    /// Relations that lead to kinds of which something is open.
    fn relations(
        &self,
        kind: &'static Kind,
    ) -> impl Iterator<Item = (&'static Kind, &'static Relation)> {
        let relations = kind.relations.iter().map(|way| (catalogue().kind(way.target), way));
        relations.filter(|(target, _)| self.oracle.shows(target))
    }

    /// What a portal asks of a kind.
    async fn ask_of(&self, gateway: &Gateway, kind: &'static Kind) {
        let (chosen, single) = (self.chosen(kind), kind.single);
        let id = self.pages(gateway, kind, "").await;
        if let Some(id) = id {
            let query = format!("{{ {single}(id: {id}) {{ {chosen} }} }}");
            self.answer(gateway, &query).await;
        }
        let orders = self.fields_at(kind, Place::Ordered);
        if kind.name == "Person" && orders.iter().any(|field| field.spec.name == "birthDate") {
            for direction in ["ASC", "DESC"] {
                let order = format!(", orderBy: {{ birthDate: {direction} }}");
                self.pages(gateway, kind, &order).await;
            }
        }
        for (target, way) in self.relations(kind) {
            let nested = below(way, "", &self.chosen(target));
            self.answer(gateway, &page(kind, "first: 20", &format!("id {nested}"))).await;
            if let Some(field) = self.fields_at(target, Place::Filtered).first() {
                let filter = reaching(way, &condition(field));
                let arguments = format!("first: 20, where: {filter}");
                self.answer(gateway, &page(kind, &arguments, "id")).await;
            }
        }
    }

    /// The first page of a list, one behind it, and one before that; gives the identifier of a row.
    async fn pages(&self, gateway: &Gateway, kind: &Kind, order: &str) -> Option<Json> {
        let chosen = self.chosen(kind);
        let first = page(kind, &format!("first: 20{order}"), &chosen);
        let list = &self.answer(gateway, &first).await[kind.plural];
        let cursor = &list["pageInfo"]["endCursor"];
        for arguments in ["first: 20, after", "last: 20, before"] {
            if cursor.is_string() {
                let arguments = format!("{arguments}: {cursor}{order}");
                self.answer(gateway, &page(kind, &arguments, &chosen)).await;
            }
        }
        Some(list["nodes"][0]["id"].clone()).filter(Json::is_string)
    }
}

fn page(kind: &Kind, arguments: &str, chosen: &str) -> String {
    let plural = kind.plural;
    format!("{{ {plural}({arguments}) {{ nodes {{ {chosen} }} pageInfo {{ endCursor }} }} }}")
}

/// Asks as everybody, of everything, in every unit. Of a small population: what is asked of a large
/// one is the same.
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn ask_everything(asked: Arc<Asked>) {
    let world = World::new(Backend::Postgres).await;
    // Every question is recorded at once, and the log is asked of too.
    let merged = "ALTER INDEX ix_access_record_subjects SET (fastupdate = off)";
    world.db.execute_unprepared(merged).await.expect("the index is there");
    let gateway = world.gateway_with(patient(), |inner| Box::new(Recorder { inner, asked })).await;
    let gateway = gateway.as_ref();
    let readings: Vec<Reading> =
        CALLERS.iter().flat_map(|(role, purpose)| readings(*role, *purpose)).collect();
    let questions = readings.iter().flat_map(|reading| {
        let kinds = catalogue().kinds().iter().filter(|kind| reading.oracle.shows(kind));
        kinds.map(move |kind| reading.ask_of(gateway, kind))
    });
    stream::iter(questions).for_each_concurrent(4, |question| question).await;
    for request in demo::requests() {
        let caller = caller(request.role, request.purpose);
        let answer = ask(gateway, &caller, request.query).await;
        assert!(answer["data"].is_object(), "{}: {answer}", request.role);
    }
}

/// A role in every unit, or in that of its organization.
fn readings(role: Role, purpose: Purpose) -> impl Iterator<Item = Reading> {
    let of_role = caller(role, purpose);
    let units = match &of_role.organization {
        Some(_) => vec![of_role.unit.clone()],
        None => UNITS.map(str::to_owned).to_vec(),
    };
    units.into_iter().map(move |unit| Reading {
        caller: Caller { unit, ..of_role.clone() },
        oracle: Oracle::of(role, purpose),
    })
}

/// A session that reads a whole table only where nothing else leads to its rows.
async fn session(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a session");
    tokio::spawn(connection);
    let settings =
        "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; SET jit = off";
    client.batch_execute(settings).await.expect("the settings are known");
    client
}

/// The plan of a statement.
async fn plan(client: &Client, sql: &str, params: &[Value]) -> Json {
    let refused = |error| panic!("{sql}: {error}");
    client.batch_execute(&format!("PREPARE asked AS {sql}")).await.unwrap_or_else(refused);
    let arguments: Vec<String> = params.iter().map(literal).collect();
    let arguments =
        if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE asked{arguments}");
    let rows = client.simple_query(&explain).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    client.batch_execute("DEALLOCATE asked").await.expect("it was prepared");
    let text: String = rows
        .iter()
        .filter_map(|row| match row {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        })
        .collect();
    serde_json::from_str(&text).expect("the plan is JSON")
}

fn literal(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Date(day) => format!("'{day}'"),
        Value::Instant(instant) => format!("'{}'", instant.to_rfc3339()),
        Value::Keys(keys) => {
            let keys: Vec<String> = keys.iter().map(i64::to_string).collect();
            format!("'{{{}}}'", keys.join(","))
        }
    }
}

/// The tables that a plan reads as a whole.
fn scanned(plan: &Json) -> Vec<&str> {
    let here = match plan["Node Type"].as_str() {
        Some("Seq Scan") => plan["Relation Name"].as_str(),
        _ => None,
    };
    let below: Vec<&Json> = match plan {
        Json::Object(members) => members.values().collect(),
        Json::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    let below = below.into_iter().flat_map(scanned);
    here.filter(|table| !SMALL.contains(table)).into_iter().chain(below).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_plan_reads_a_whole_table() {
    if !backends("no_plan_reads_a_whole_table").contains(&Backend::Postgres) {
        return;
    }
    let asked = Arc::new(Asked::default());
    ask_everything(asked.clone()).await;

    let world = World::empty(Backend::Postgres).await;
    fill(&world.url, PERSONS).await;
    let client = session(&world.url).await;
    let asked = std::mem::take(&mut *asked.0.lock());
    let mut found = Vec::new();
    for (sql, params) in &asked {
        let plan = plan(&client, sql, params).await;
        let mut tables = scanned(&plan);
        // The log of a whole unit is read as a whole: only persons have an index over it.
        if !sql.contains(".subjects ") {
            tables.retain(|table| *table != "access_record");
        }
        if !tables.is_empty() {
            found.push(format!("{tables:?}: {sql}"));
        }
    }
    println!("{} statements", asked.len());
    assert!(asked.len() > 900, "{} statements", asked.len());
    assert!(
        found.is_empty(),
        "{} of {} statements:\n{}",
        found.len(),
        asked.len(),
        found.join("\n")
    );
}

#[tokio::test]
async fn a_plan_that_reads_a_whole_table_is_noticed() {
    if !backends("a_plan_that_reads_a_whole_table_is_noticed").contains(&Backend::Postgres) {
        return;
    }
    let world = World::empty(Backend::Postgres).await;
    let client = session(&world.url).await;
    let is_asked = [Value::Text("'".into())];
    let one = "SELECT t0.id FROM person t0 WHERE t0.name = $1";
    assert_eq!(scanned(&plan(&client, one, &is_asked).await), [""; 0]);
    let all = "SELECT t0.id FROM person t0 WHERE t0.education = $1";
    assert_eq!(scanned(&plan(&client, all, &is_asked).await), ["person"]);
}
