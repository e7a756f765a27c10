//! What is different on PostgreSQL: several gateways, lost connections, timeouts of the server.
#![expect(clippy::disallowed_types, reason = "the tests look behind the gateway")]

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait};

use super::super::{AuditError, Finding, Page, Verdict, WriterOptions, accesses_of};
use super::store::{Store, draft, writer};
use super::writing::record_at_once;
use crate::db;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gateways_share_one_chain() {
    let Some(store) = Store::postgres("gateways_share_one_chain").await else { return };
    let other = db::connect(&store.url).await.unwrap();
    let second = writer(other, WriterOptions::default());
    let places = record_at_once(&[store.writer(), second], 1000).await;
    assert_eq!(places, Vec::from_iter(1..=1000));
    store.assert_intact(1000).await;
    let page = Page { before: None, limit: 5 };
    assert_eq!(accesses_of(&store.db, 500, page).await.unwrap().len(), 2);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
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
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
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
async fn closing_the_database_does_not_wait_for_the_writer_to_end() {
    let Some(store) = Store::postgres("closing_the_database").await else { return };
    let writer = store.writer();
    assert_eq!(writer.record(draft(1)).await, Ok(1));
    let closed = tokio::time::timeout(Duration::from_secs(20), store.db.clone().close()).await;
    closed.expect("the writer gives its connection back").unwrap();
    assert_eq!(writer.record(draft(2)).await, Err(AuditError::Unavailable));
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
        (&set_subjects("array_append(subjects, -1)"), 9, Finding::SubjectsAltered),
        (&set_subjects("array_append(subjects, 109)"), 9, Finding::SubjectsAltered),
        (&set_subjects("array_append(subjects, NULL)"), 9, Finding::SubjectsAltered),
        (&set_subjects("array_replace(subjects, 9, 8)"), 9, Finding::SubjectsAltered),
        (&set_subjects("array_remove(subjects, 9)"), 9, Finding::SubjectsAltered),
        (&set_subjects("ARRAY[subjects[2], subjects[1]]"), 9, Finding::SubjectsAltered),
        (&set_subjects("'{}'"), 9, Finding::SubjectsAltered),
        ("UPDATE access_record SET subjects = '{}'", 1, Finding::SubjectsAltered),
        (&set_sets("NULL", 8), 8, Finding::SubjectsAltered),
        (&set_sets("'{}'", 8), 8, Finding::SubjectsAltered),
        (&set_sets("'{1,1}'", 8), 8, Finding::SubjectsAltered),
        (&set_sets("'{2,1}'", 8), 8, Finding::SubjectsAltered),
        (&set_sets("'{1,NULL}'", 8), 8, Finding::SubjectsAltered),
        (&set_sets("'{1,2,2}'", 8), 8, Finding::SubjectsAltered),
        (&set_sets("'{1,1}'", 9), 9, Finding::SubjectsAltered),
        (&set_sets("NULL, shown = NULL", 8), 8, Finding::Altered),
        ("UPDATE access_record SET shown = '11 11' WHERE seq = 8", 8, Finding::Altered),
        ("DELETE FROM access_head", 10, Finding::HeadMismatch),
    ] {
        store.execute(sql).await;
        assert_eq!(store.verdict().await, Verdict::Broken { seq, finding }, "{sql}");
        store.restore().await;
        store.assert_intact(10).await;
    }
}

fn set_sets(array: &str, seq: i64) -> String {
    format!("UPDATE access_record SET subjects_shown = {array} WHERE seq = {seq}")
}

fn set_subjects(array: &str) -> String {
    format!("UPDATE access_record SET subjects = {array} WHERE seq = 9")
}

#[tokio::test]
async fn a_record_whose_head_was_moved_by_another_gateway_is_appended_behind_it() {
    let Some(store) = Store::postgres("a_record_whose_head_was_moved").await else { return };
    let other = db::connect(&store.url).await.unwrap();
    let second = writer(other, WriterOptions::default());
    let first = store.writer();
    for (place, writer) in (1..).zip([&first, &first, &second, &first, &second, &second, &first]) {
        assert_eq!(writer.record(draft(place)).await, Ok(place));
    }
    store.assert_intact(7).await;
}

/// A trigger that waits for the end of the transaction tells how it is about to be committed.
#[tokio::test]
async fn records_are_committed_durably_whatever_the_defaults_of_the_database() {
    let Some(store) = Store::postgres("records_are_committed_durably").await else { return };
    let name = store.url.rsplit('/').next().unwrap();
    store.execute(&format!("ALTER DATABASE \"{name}\" SET synchronous_commit = off")).await;
    store
        .execute(
            "CREATE TABLE told (place serial, durable text); \
             CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             INSERT INTO told (durable) VALUES (current_setting('synchronous_commit')); \
             RETURN NULL; END $$; \
             CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON access_record \
             DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell()",
        )
        .await;
    let connect = || async { db::connect(&store.url).await.unwrap() };
    let lax = connect().await;
    assert_eq!(texts(&lax, "SHOW synchronous_commit").await, ["off"]);
    let start = |db| writer(db, WriterOptions::default());
    let (first, second) = (start(connect().await), start(connect().await));
    // Behind a head that it locks, behind the one it left, and behind one that another moved.
    for (place, writer) in (1..).zip([&first, &first, &second, &first]) {
        assert_eq!(writer.record(draft(place)).await, Ok(place));
    }
    assert_eq!(texts(&lax, "SELECT durable FROM told ORDER BY place").await, ["on"; 4]);
}

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}
