//! PostgreSQL through tokio-postgres: a few pipelined connections shared by all requests.
#![expect(clippy::disallowed_types, reason = "this is the read path")]

use std::{
    collections::HashMap,
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use async_trait::async_trait;
use bytes::BytesMut;
use parking_lot::RwLock;
use tokio::sync::{Mutex, Semaphore};
use tokio_postgres::{
    Client, Config, NoTls, Row,
    error::SqlState,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use super::{Dialect, ReadError, ReadOptions, Reader, Rows, Statement, Value, lookups::Lookups};
use crate::{db, threads};

/// Statements under way in one lane: one that runs and one that is there when it ends.
const DEPTH: usize = 2;

/// How often a statement is sent whose connection is lost: a SELECT changes nothing.
const ATTEMPTS: usize = 3;

/// Prepared statements kept for one connection.
const STATEMENTS: usize = 512;

pub(super) struct PostgresReader(Arc<Connections>);

struct Connections {
    config: Config,
    threads: Vec<Lanes>,
    lookups: Lookups,
    timeout: Duration,
}

/// The lanes of a serving thread: their connections are polled on it.
struct Lanes {
    all: Vec<Lane>,
    /// Statements that may be under way. The others wait for whichever lane is free first: behind
    /// a server process that does not get its turn stand only the few in its own lane.
    places: Semaphore,
}

/// One connection; replaced when it breaks.
#[derive(Default)]
struct Lane {
    opening: Mutex<()>,
    current: RwLock<Option<Arc<Session>>>,
    /// Statements sent and not answered.
    waiting: AtomicUsize,
}

/// A statement's place in a lane.
struct Waiting<'a>(&'a Lane);

impl<'a> Waiting<'a> {
    fn take(lane: &'a Lane) -> Self {
        lane.waiting.fetch_add(1, Ordering::Relaxed);
        Self(lane)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Session {
    client: Client,
    statements: RwLock<HashMap<String, tokio_postgres::Statement>>,
}

impl PostgresReader {
    pub(super) async fn connect(url: &str, options: ReadOptions) -> anyhow::Result<Self> {
        let mut config = db::postgres_config(url)?;
        config.application_name("migrant-gateway read");
        config.connect_timeout(db::REACH_TIMEOUT);
        // One plan for a statement, whatever its parameters: statements are written for that, and
        // planning costs as much as running them.
        config.options(format!(
            "-c default_transaction_read_only=on -c statement_timeout={} -c jit=off \
             -c plan_cache_mode=force_generic_plan",
            options.statement_timeout.as_millis()
        ));
        let threads = threads::count();
        let lanes = || {
            let count = options.connections.div_ceil(threads).max(1);
            let all = (0..count).map(|_| Lane::default()).collect();
            Lanes { all, places: Semaphore::new(count * DEPTH) }
        };
        let connections = Connections {
            config,
            threads: (0..threads).map(|_| lanes()).collect(),
            lookups: Lookups::new(),
            timeout: options.statement_timeout,
        };
        let opened = connections.open().await;
        opened
            .map_err(|error| anyhow::anyhow!(db::postgres_failure(&error)))
            .context("cannot connect to PostgreSQL")?;
        Ok(Self(Arc::new(connections)))
    }
}

impl Connections {
    async fn open(&self) -> Result<Arc<Session>, tokio_postgres::Error> {
        let (client, connection) = self.config.connect(NoTls).await?;
        tokio::spawn(async move {
            if connection.await.is_err() {
                tracing::warn!("a read connection to PostgreSQL broke");
            }
        });
        Ok(Arc::new(Session { client, statements: RwLock::default() }))
    }

    async fn session(&self, lane: &Lane) -> Result<Arc<Session>, tokio_postgres::Error> {
        let current = || lane.current.read().clone().filter(|session| session.is_open());
        if let Some(session) = current() {
            return Ok(session);
        }
        let _alone = lane.opening.lock().await;
        if let Some(session) = current() {
            return Ok(session);
        }
        let session = self.open().await?;
        *lane.current.write() = Some(session.clone());
        Ok(session)
    }

    #[expect(clippy::expect_used, reason = "the places are never closed; every thread has a lane")]
    async fn select(&self, statement: &Statement) -> Result<Vec<Row>, tokio_postgres::Error> {
        let lanes = &self.threads[threads::current()];
        let _permit = lanes.places.acquire().await.expect("the places are never closed");
        let lane = lanes
            .all
            .iter()
            .min_by_key(|lane| lane.waiting.load(Ordering::Relaxed))
            .expect("every thread has a lane");
        let _waiting = Waiting::take(lane);
        let mut attempts = 1;
        loop {
            let session = self.session(lane).await?;
            match session.select(statement).await {
                Err(error) if attempts < ATTEMPTS && session.is_lost(&error) => {
                    lane.leave(&session);
                    attempts += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn read(&self, statement: &Statement) -> Result<Vec<Row>, ReadError> {
        // The server stops a slow statement itself; the margin here is for a server that is gone.
        let patience = self.timeout + Duration::from_secs(1);
        match tokio::time::timeout(patience, self.select(statement)).await {
            Ok(result) => result.map_err(|error| classify(&error)),
            Err(_) => Err(ReadError::Timeout),
        }
    }

    /// Sends a group of lookups when all requests that are ready to run have had their turn.
    async fn send(self: Arc<Self>, number: u64) {
        tokio::task::yield_now().await;
        let Some(mut group) = self.lookups.take(number) else { return };
        group.statement.params.push(Value::Keys(group.keys()));
        let rows = self.read(&group.statement).await;
        group.answer(rows);
    }
}

impl Lane {
    /// Does not use this session any more, where nobody replaced it yet.
    fn leave(&self, session: &Arc<Session>) {
        let mut current = self.current.write();
        if current.as_ref().is_some_and(|current| Arc::ptr_eq(current, session)) {
            *current = None;
        }
    }
}

impl Session {
    fn is_open(&self) -> bool {
        !self.client.is_closed()
    }

    async fn select(&self, statement: &Statement) -> Result<Vec<Row>, tokio_postgres::Error> {
        let prepared = self.prepare(&statement.sql).await?;
        let params: Vec<&(dyn ToSql + Sync)> =
            statement.params.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        self.client.query(&prepared, &params).await
    }

    /// Whether it was the connection that failed: it broke, or the server ended it (PostgreSQL
    /// error codes, appendix A; class 08 is the connection).
    fn is_lost(&self, error: &tokio_postgres::Error) -> bool {
        let ended = |code: &SqlState| {
            [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN].contains(code)
                || code.code().starts_with("08")
        };
        error.code().map_or_else(|| !self.is_open() || error.is_closed(), ended)
            || error.source().is_some_and(|source| source.is::<std::io::Error>())
    }

    async fn prepare(&self, sql: &str) -> Result<tokio_postgres::Statement, tokio_postgres::Error> {
        if let Some(prepared) = self.statements.read().get(sql) {
            return Ok(prepared.clone());
        }
        let prepared = self.client.prepare(sql).await?;
        let mut statements = self.statements.write();
        if statements.len() >= STATEMENTS {
            statements.clear();
        }
        statements.insert(sql.to_owned(), prepared.clone());
        Ok(prepared)
    }
}

#[async_trait]
impl Reader for PostgresReader {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn open(&self) -> Result<(), ReadError> {
        let lanes = &self.0.threads[threads::current()].all;
        let opening = lanes.iter().map(|lane| self.0.session(lane));
        let opened = futures_util::future::try_join_all(opening).await;
        opened.map(drop).map_err(|error| classify(&error))
    }

    async fn read(&self, statement: &Statement) -> Result<Rows, ReadError> {
        self.0.read(statement).await.map(Rows::Postgres)
    }

    async fn look_up(&self, statement: Statement, key: i64) -> Result<Rows, ReadError> {
        let (found, began) = self.0.lookups.add(statement, key);
        if let Some(number) = began {
            // A task of its own: whoever began may go away, the others stay.
            tokio::spawn(self.0.clone().send(number));
        }
        found.await.map_err(|_| ReadError::Unavailable)?.map(Rows::Found)
    }
}

fn classify(error: &tokio_postgres::Error) -> ReadError {
    if error.code() == Some(&SqlState::QUERY_CANCELED) {
        return ReadError::Timeout;
    }
    tracing::error!(code = ?error.code().map(SqlState::code), "PostgreSQL refused a statement");
    ReadError::Unavailable
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Value::Bool(value) => value.to_sql(ty, out),
            Value::Int(value) if *ty == Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
            Value::Int(value) => value.to_sql(ty, out),
            Value::Text(value) => value.to_sql(ty, out),
            Value::Date(value) => value.to_sql(ty, out),
            Value::Instant(value) => value.to_sql(ty, out),
            Value::Keys(value) => value.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
