//! The writer: order, durability, bounds, and what happens when the database does not play along.

use std::{pin::Pin, task::Poll, time::Duration};

use chrono::{DateTime, Utc};
use entity::access_record;
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{
    DatabaseConnection, EntityTrait, QueryOrder, QuerySelect, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tokio::task::{JoinSet, unconstrained};

use super::super::{AuditError, AuditWriter, WriterOptions, record::to_microseconds};
use super::store::{Store, draft, writer};
use crate::db;

/// Records from many tasks at once; returns the places given out, sorted.
pub async fn record_at_once(writers: &[AuditWriter], count: i64) -> Vec<i64> {
    let mut tasks = JoinSet::new();
    for (n, writer) in (1..=count).zip(writers.iter().cycle()) {
        let writer = writer.clone();
        tasks.spawn(async move { writer.record(draft(n)).await.unwrap() });
    }
    let mut places = tasks.join_all().await;
    places.sort_unstable();
    places
}

#[expect(clippy::disallowed_methods, reason = "the test looks at what was kept")]
async fn kept(db: &DatabaseConnection) -> Vec<i64> {
    let select = access_record::Entity::find().select_only().column(access_record::Column::Seq);
    select.order_by_asc(access_record::Column::Seq).into_tuple().all(db).await.unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the test looks at what was kept")]
async fn instants(db: &DatabaseConnection) -> Vec<DateTime<Utc>> {
    let select = access_record::Entity::find().select_only().column(access_record::Column::At);
    select.order_by_asc(access_record::Column::Seq).into_tuple().all(db).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_at_once_get_contiguous_places() {
    let store = Store::sqlite().await;
    let places = record_at_once(&[store.writer()], 1000).await;
    assert_eq!(places, Vec::from_iter(1..=1000));
    assert_eq!(kept(&store.db).await, places);
    store.assert_intact(1000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gateways_share_one_chain() {
    let store = Store::sqlite().await;
    let other = db::connect(&store.url).await.unwrap();
    let second = writer(other, WriterOptions::default());
    let places = record_at_once(&[store.writer(), second], 400).await;
    assert_eq!(places, Vec::from_iter(1..=400));
    store.assert_intact(400).await;
}

#[tokio::test]
async fn records_survive_reopening() {
    let mut store = Store::sqlite().await;
    store.write(3).await;
    store.db.clone().close().await.unwrap();

    store.db = db::connect(&store.url).await.unwrap();
    store.assert_intact(3).await;
    assert_eq!(store.writer().record(draft(4)).await, Ok(4));
    store.assert_intact(4).await;
}

#[tokio::test]
async fn an_answer_may_tell_of_twenty_thousand_persons() {
    let store = Store::sqlite().await;
    let mut large = draft(1);
    large.subjects = (0..20_000).rev().collect::<Vec<i64>>().into();
    let writer = store.writer();
    assert_eq!(writer.record(large).await, Ok(1));
    assert_eq!(writer.record(draft(2)).await, Ok(2));
    store.assert_intact(2).await;
}

#[tokio::test]
async fn a_closed_database_means_no_answer() {
    let store = Store::sqlite().await;
    let writer = store.writer();
    assert_eq!(writer.record(draft(1)).await, Ok(1));
    store.db.clone().close().await.unwrap();
    for n in 2..5 {
        assert_eq!(writer.record(draft(n)).await, Err(AuditError::Unavailable));
    }
}

#[tokio::test]
async fn a_file_that_could_lose_commits_is_refused() {
    let store = Store::sqlite().await;
    store.execute("PRAGMA journal_mode = MEMORY").await;
    assert_eq!(store.writer().record(draft(1)).await, Err(AuditError::Unavailable));
    store.execute("PRAGMA journal_mode = WAL").await;
    assert_eq!(store.writer().record(draft(1)).await, Ok(1));
}

#[tokio::test]
async fn instants_never_run_backwards() {
    for store in Store::all("instants_never_run_backwards").await {
        let (first, second) = (store.writer(), store.writer());
        for (place, n) in (1..).zip([5, 3, 9, 1, 9, 10]) {
            let writer = if place % 2 == 0 { &first } else { &second };
            assert_eq!(writer.record(draft(n)).await, Ok(place));
        }
        let latest = [5, 5, 9, 9, 9, 10].map(|n| to_microseconds(draft(n).at));
        assert_eq!(instants(&store.db).await, latest);
        store.assert_intact(6).await;
    }
}

#[tokio::test]
async fn a_failed_batch_keeps_nothing_and_the_next_one_goes_on() {
    let store = Store::sqlite().await;
    let writer = store.writer();
    assert_eq!(writer.record(draft(1)).await, Ok(1));
    // The head moves last, so everything before it must be taken back.
    store
        .execute(
            "CREATE TRIGGER stop BEFORE UPDATE ON access_head \
             BEGIN SELECT RAISE(ABORT, 'stopped'); END",
        )
        .await;
    let both = tokio::join!(writer.record(draft(2)), writer.record(draft(3)));
    assert_eq!(both, (Err(AuditError::Unavailable), Err(AuditError::Unavailable)));
    assert_eq!(kept(&store.db).await, [1]);

    store.execute("DROP TRIGGER stop").await;
    assert_eq!(writer.record(draft(2)).await, Ok(2));
    store.assert_intact(2).await;
}

#[tokio::test]
async fn a_stuck_database_is_waited_for_within_bounds() {
    let store = Store::sqlite().await;
    let other = db::connect(&store.url).await.unwrap();
    let alone = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let stuck = other.begin_with_options(alone).await.unwrap();

    let writer = store.writer_with(WriterOptions {
        queue: 1,
        batch: 1,
        overload_after: Duration::from_millis(100),
        commit_timeout: Duration::from_millis(400),
    });
    let outcomes: Vec<_> =
        futures_util::future::join_all((1..=5).map(|n| writer.record(draft(n)))).await;
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    assert!(outcomes.contains(&Err(AuditError::Overloaded)), "{outcomes:?}");
    assert!(outcomes.contains(&Err(AuditError::Unavailable)), "{outcomes:?}");

    drop(stuck);
    let writer = store.writer();
    let next = writer.record(draft(6)).await.unwrap();
    store.assert_intact(next.unsigned_abs()).await;
}

#[tokio::test]
async fn closing_commits_what_is_queued() {
    let store = Store::sqlite().await;
    let writer = store.writer();
    // Unconstrained, so that one poll queues each of them.
    let mut waiting: Vec<_> =
        (1..=600).map(|n| Box::pin(unconstrained(writer.record(draft(n))))).collect();
    for record in &mut waiting {
        assert!(is_pending(record.as_mut()).await);
    }
    writer.clone().close().await;
    store.assert_intact(600).await;

    for (place, record) in (1..).zip(waiting) {
        assert_eq!(record.await, Ok(place));
    }
    assert_eq!(writer.record(draft(601)).await, Err(AuditError::Unavailable));
    writer.close().await;
}

#[tokio::test]
async fn closing_does_not_wait_for_a_request_that_stands_still() {
    let store = Store::sqlite().await;
    let overload_after = Duration::from_millis(100);
    let writer = store.writer_with(WriterOptions { overload_after, ..WriterOptions::default() });
    // Beyond tokio's budget for one task these hold a place in the queue that they do not fill.
    let mut waiting: Vec<_> = (1..=600).map(|n| Box::pin(writer.record(draft(n)))).collect();
    for record in &mut waiting {
        assert!(is_pending(record.as_mut()).await);
    }
    writer.clone().close().await;
    let count = kept(&store.db).await.len();
    assert!((1..600).contains(&count), "{count}");
    let outcomes = futures_util::future::join_all(waiting).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), count);
}

async fn is_pending<T>(mut future: Pin<&mut impl Future<Output = T>>) -> bool {
    std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

/// The step before a record told of each person what was shown of it.
const BEFORE: &str = "m20261125_000032_contracts";

#[tokio::test]
async fn a_log_of_before_goes_on_where_it_ended() {
    for store in Store::all("a_log_of_before_goes_on_where_it_ended").await {
        store.write(3).await;
        // The log as the version before left it.
        let steps = Migrator::migrations();
        let before = steps.iter().position(|step| step.name() == BEFORE).unwrap();
        let back = u32::try_from(steps.len() - before - 1).unwrap();
        Migrator::down(&store.db, Some(back)).await.unwrap();
        let told = "SELECT fields FROM access_event WHERE person_id = 2";
        let fields = store.texts(told).await;
        assert_eq!(fields.len(), 1);
        Migrator::up(&store.db, None).await.unwrap();

        assert_eq!(store.texts(told).await, fields);
        store.assert_intact(3).await;
        let writer = store.writer();
        for n in 4..=5 {
            assert_eq!(writer.record(draft(n)).await, Ok(n));
        }
        writer.close().await;
        store.assert_intact(5).await;
        let told = "SELECT fields FROM access_event WHERE person_id IN (4, 104) ORDER BY person_id";
        assert_eq!(store.texts(told).await, ["Person.name:masked", &fields[0]]);
    }
}
