//! Whatever byte of whatever column of whatever record changes, it is found.
#![expect(clippy::disallowed_types, reason = "the tests look behind the gateway")]

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::super::Verdict;
use super::store::Store;
use crate::secrets::hex;

const RECORDS: i64 = 6;
const NUMBERS: [&str; 4] = ["seq", "grants_version", "row_count", "subject_count"];
const TEXTS: [&str; 17] = [
    "at",
    "caller",
    "token_id",
    "role",
    "department",
    "unit",
    "organization",
    "purpose",
    "operation",
    "document_hash",
    "decision",
    "fields",
    "subjects_digest",
    "change",
    "shown",
    "previous_hash",
    "hash",
];

async fn value<T: sea_orm::TryGetable>(store: &Store, column: &str, seq: i64) -> T {
    let sql = format!("SELECT {column} FROM access_record WHERE seq = {seq}");
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    store.db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// Changes one byte of a number; `None` where the row cannot be stored so.
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn change_number(store: &Store, column: &str, seq: i64, at: usize, by: u8) -> Option<i64> {
    let number: i64 = value(store, column, seq).await;
    let changed = number ^ (i64::from(by) << (8 * (at % 8)));
    let sql = format!("UPDATE access_record SET {column} = {changed} WHERE seq = {seq}");
    store.db.execute_unprepared(&sql).await.ok()?;
    Some(if column == "seq" { changed } else { seq })
}

/// Changes one byte of a text, or gives one to a text that is missing or empty.
async fn change_text(store: &Store, column: &str, seq: i64, at: usize, by: u8) -> i64 {
    let text: Option<String> = value(store, &format!("CAST({column} AS TEXT)"), seq).await;
    let mut bytes = text.unwrap_or_default().into_bytes();
    if bytes.is_empty() {
        bytes.push(by);
    } else {
        let at = at % bytes.len();
        bytes[at] ^= by;
    }
    let text = hex(&bytes);
    store
        .execute(&format!(
            "UPDATE access_record SET {column} = CAST(x'{text}' AS TEXT) WHERE seq = {seq}"
        ))
        .await;
    seq
}

#[test]
fn any_changed_byte_is_found() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(async {
        let store = Store::sqlite().await;
        store.write(RECORDS).await;
        store.back_up().await;
        store
    });
    let columns = prop::sample::select([NUMBERS.as_slice(), TEXTS.as_slice()].concat());
    let changes = (1..=RECORDS, columns, any::<usize>(), 1..=u8::MAX);
    let config = Config { cases: 600, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&changes, |(seq, column, at, by)| {
        runtime.block_on(async {
            let changed = if NUMBERS.contains(&column) {
                change_number(&store, column, seq, at, by).await
            } else {
                Some(change_text(&store, column, seq, at, by).await)
            };
            let verdict = store.verdict().await;
            store.restore().await;
            let Some(changed) = changed else {
                return Err(TestCaseError::reject("the number is taken"));
            };
            let Verdict::Broken { seq: named, .. } = verdict else {
                return Err(TestCaseError::fail(format!("not found: {verdict:?}")));
            };
            // A record moved below the first is named by its new number.
            prop_assert_eq!(named, seq.min(changed));
            Ok(())
        })
    });
    outcome.unwrap();
}
