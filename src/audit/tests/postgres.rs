//! What is different on PostgreSQL: several gateways, lost connections, timeouts of the server.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, TransactionTrait};

use super::super::{AuditError, AuditWriter, Finding, Page, Verdict, WriterOptions, accesses_of};
use super::store::{Store, draft, secrets};
use super::writing::record_at_once;
use crate::db;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gateways_share_one_chain() {
    let Some(store) = Store::postgres("gateways_share_one_chain").await else { return };
    let other = db::connect(&store.url).await.unwrap();
    let second = AuditWriter::start(other, &secrets(), WriterOptions::default());
    let places = record_at_once(&[store.writer(), second], 1000).await;
    assert_eq!(places, Vec::from_iter(1..=1000));
    store.assert_intact(1000).await;
    let page = Page { before: None, limit: 5 };
    assert_eq!(accesses_of(&store.db, 500, page).await.unwrap().len(), 2);
}

#[tokio::test]
async fn lost_connections_do_not_lose_or_repeat_records() {
    let Some(store) = Store::postgres("lost_connections").await else { return };
    let writer = store.writer();
    let other = db::connect(&store.url).await.unwrap();
    for n in 1..=3 {
        assert_eq!(writer.record(draft(n)).await, Ok(n));
        let all_others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                          WHERE datname = current_database() AND pid <> pg_backend_pid()";
        other.execute_unprepared(all_others).await.unwrap();
    }
    assert_eq!(writer.record(draft(4)).await, Ok(4));
    store.assert_intact(4).await;
}

#[tokio::test]
async fn a_held_head_is_waited_for_within_bounds() {
    let Some(store) = Store::postgres("a_held_head").await else { return };
    let other = db::connect(&store.url).await.unwrap();
    let stuck = other.begin().await.unwrap();
    stuck.execute_unprepared("SELECT * FROM access_head FOR UPDATE").await.unwrap();

    let commit_timeout = Duration::from_millis(300);
    let writer = store.writer_with(WriterOptions { commit_timeout, ..WriterOptions::default() });
    let begun = Instant::now();
    assert_eq!(writer.record(draft(1)).await, Err(AuditError::Unavailable));
    assert!(begun.elapsed() < Duration::from_secs(3));

    stuck.rollback().await.unwrap();
    assert_eq!(store.writer().record(draft(2)).await, Ok(1));
    store.assert_intact(1).await;
}

#[tokio::test]
async fn tampering_is_found() {
    let Some(store) = Store::postgres("tampering_is_found").await else { return };
    store.write(10).await;
    store.back_up().await;
    for (sql, seq, finding) in [
        ("UPDATE access_record SET at = at + interval '1 us' WHERE seq = 8", 8, Finding::Altered),
        ("UPDATE access_record SET seq = 99 WHERE seq = 7", 7, Finding::OutOfOrder),
        ("DELETE FROM access_record WHERE seq = 5", 5, Finding::Missing),
        ("DELETE FROM access_record WHERE seq = 10", 10, Finding::HeadMismatch),
        ("INSERT INTO access_subject VALUES (9, -1)", 9, Finding::SubjectsAltered),
        ("DELETE FROM access_head", 10, Finding::HeadMismatch),
    ] {
        store.execute(sql).await;
        assert_eq!(store.verdict().await, Verdict::Broken { seq, finding }, "{sql}");
        store.restore().await;
        store.assert_intact(10).await;
    }
}
