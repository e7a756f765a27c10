//! A database, a chain on it, and ways to tamper with both.
#![expect(clippy::disallowed_types, reason = "the tests look behind the gateway")]

use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;

use super::super::{
    AuditWriter, Draft, Outcome, RecordedField, Subjects, Verdict, WriterOptions, verify,
};
use crate::{clock::SystemClock, db, policy::Level, secrets::Secrets};

pub struct Store {
    pub url: String,
    pub db: DatabaseConnection,
    _directory: Option<TempDir>,
}

impl Store {
    pub async fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", directory.path().join("audit.db").display());
        Self::at(url, Some(directory)).await
    }

    /// On every database that there is.
    pub async fn all(test: &str) -> Vec<Self> {
        [Self::sqlite().await].into_iter().chain(Self::postgres(test).await).collect()
    }

    /// `None` where PostgreSQL is not installed.
    pub async fn postgres(test: &str) -> Option<Self> {
        let postgres = testkit::Postgres::for_test(test)?;
        Some(Self::at(postgres.fresh_database(), None).await)
    }

    async fn at(url: String, directory: Option<TempDir>) -> Self {
        let db = db::connect(&url).await.unwrap();
        db::migrate(&db).await.unwrap();
        Self { url, db, _directory: directory }
    }

    pub fn writer(&self) -> AuditWriter {
        self.writer_with(WriterOptions::default())
    }

    pub fn writer_with(&self, options: WriterOptions) -> AuditWriter {
        writer(self.db.clone(), options)
    }

    /// Writes records 1 to `count`, each as [`draft`] makes it.
    pub async fn write(&self, count: i64) {
        let writer = self.writer();
        for n in 1..=count {
            assert_eq!(writer.record(draft(n)).await, Ok(n));
        }
        writer.close().await;
    }

    pub async fn verdict(&self) -> Verdict {
        verify(&self.db, &secrets(), |_, _| {}).await.unwrap()
    }

    pub async fn assert_intact(&self, count: u64) {
        let verdict = self.verdict().await;
        assert!(
            matches!(verdict, Verdict::Intact { records, .. } if records == count),
            "{verdict:?}"
        );
    }

    #[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
    pub async fn execute(&self, sql: &str) {
        self.db.execute_unprepared(sql).await.unwrap();
    }

    /// The texts in the column `fields` of a SELECT.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        let rows = self.db.query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get("", "fields").unwrap()).collect()
    }

    /// What the records are kept in. PostgreSQL keeps their persons in the records themselves.
    fn tables(&self) -> &'static [&'static str] {
        match self.db.get_database_backend() {
            DbBackend::Postgres => &["access_record", "access_head"],
            _ => &["access_record", "access_subject", "access_head"],
        }
    }

    pub async fn back_up(&self) {
        for table in self.tables() {
            self.execute(&format!("CREATE TABLE {table}_copy AS SELECT * FROM {table}")).await;
        }
    }

    pub async fn restore(&self) {
        for table in self.tables() {
            self.execute(&format!("DELETE FROM {table}")).await;
            self.execute(&format!("INSERT INTO {table} SELECT * FROM {table}_copy")).await;
        }
    }
}

/// A writer over a database of the tests.
pub fn writer(db: DatabaseConnection, options: WriterOptions) -> AuditWriter {
    AuditWriter::start(db, &secrets(), Arc::new(SystemClock), options)
}

pub fn secrets() -> Secrets {
    Secrets::new([7; 32])
}

/// The fields of every draft.
pub const FIELDS: [RecordedField<'static>; 2] = [
    RecordedField { kind: "Person", member: Some("birthDate"), level: Level::Full },
    RecordedField { kind: "Person", member: Some("name"), level: Level::Masked },
];

/// The draft of record `n`, with the subjects `n` and `100 + n`. Of every fourth record the first was
/// shown the name alone, and the second everything.
pub fn draft(n: i64) -> Draft {
    let start = DateTime::from_timestamp(1_790_000_000, 123_456_789).unwrap();
    Draft {
        at: start + TimeDelta::seconds(n),
        caller: format!("client-{n}"),
        token_id: format!("token-{n}"),
        role: "H1".into(),
        department: "health".into(),
        unit: "220100".into(),
        organization: (n % 2 == 0).then(|| "ORG-1".into()),
        purpose: Some("P-IMM".into()),
        operation: (n % 3 == 0).then(|| "Children".into()),
        document_hash: format!("{n:064x}"),
        grants_version: 3,
        decision: Outcome::Allowed,
        fields: FIELDS.into_iter().collect(),
        protected: false,
        row_count: 2,
        subjects: match n % 4 {
            0 => Subjects::with(
                vec![(n, 0), (100 + n, 1)],
                vec![FIELDS[1].into(), FIELDS.into_iter().collect()],
            ),
            _ => vec![100 + n, n, n].into(),
        },
    }
}
