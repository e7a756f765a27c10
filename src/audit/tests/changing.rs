//! A change and its record are there together, or neither is.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait};
use serde_json::json;

use super::{
    super::{
        Applied, AuditWriter, Change, ChangeError, Page, Verdict, WriterOptions, accesses_of, acts,
        record::to_microseconds,
    },
    store::{Store, draft, secrets},
};
use crate::{
    clock::ManualClock,
    error::{Code, GatewayError},
    state::Version,
};

/// Writes a law's title anew, and may think better of it afterwards.
struct Retitle {
    refuses: bool,
    /// The instant that it was given.
    at: Mutex<Option<DateTime<Utc>>>,
}

impl Retitle {
    fn new(refuses: bool) -> Arc<Self> {
        Arc::new(Self { refuses, at: Mutex::default() })
    }
}

#[async_trait]
impl Change for Retitle {
    #[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        *self.at.lock() = Some(now);
        transaction.execute_unprepared("UPDATE legal_basis SET law = law || '!'").await.unwrap();
        if self.refuses {
            return Err(GatewayError::new(Code::Forbidden, "not you"));
        }
        Ok(Applied {
            action: "law.retitle",
            target: "1".to_owned(),
            before: json!({ "law": "a" }),
            after: json!({ "law": "a!" }),
            subjects: vec![9, 4],
        })
    }
}

async fn title(store: &Store) -> String {
    #[expect(clippy::disallowed_methods, reason = "a law is no personal data")]
    let law = entity::legal_basis::Entity::find_by_id(1).one(&store.db).await.unwrap();
    law.unwrap().law
}

#[tokio::test]
async fn a_change_commits_with_its_record_and_moves_the_version() {
    for store in Store::all("a_change_commits_with_its_record_and_moves_the_version").await {
        store.write(2).await;
        let (before, version) = (title(&store).await, Version::read(&store.db).await.unwrap());
        let writer = store.writer();
        let place = writer.change(draft(3), Retitle::new(false)).await.unwrap().place;
        assert_eq!(place, 3);
        assert_eq!(title(&store).await, format!("{before}!"));
        let moved = Version::read(&store.db).await.unwrap();
        assert_eq!(moved, Version { changes: version.changes + 1, ..version });
        let page = Page { before: None, limit: 10 };
        let told = acts(&store.db, page).await.unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].seq, &*told[0].caller, &*told[0].target), (3, "client-3", "1"));
        assert_eq!(told[0].action, "law.retitle");
        assert_eq!(told[0].before, json!({ "law": "a" }));
        assert_eq!(told[0].after, json!({ "law": "a!" }));
        assert_eq!(accesses_of(&store.db, 4, page).await.unwrap().len(), 1);
        // The writer goes on behind it.
        assert_eq!(writer.record(draft(4)).await, Ok(4));
        writer.close().await;
        store.assert_intact(4).await;
    }
}

#[tokio::test]
async fn a_change_happens_at_its_own_instant_and_never_before_the_record_in_front_of_it() {
    for store in Store::all("a_change_happens_at_its_own_instant").await {
        let present = draft(5).at;
        let clock = ManualClock::at(present);
        let options = WriterOptions::default();
        let writer = AuditWriter::start(store.db.clone(), &secrets(), clock.clone(), options);
        // What the request said when it came is not asked.
        let done = Retitle::new(false);
        writer.change(draft(1), done.clone()).await.unwrap();
        assert_eq!(*done.at.lock(), Some(to_microseconds(present)));
        // Another gateway, whose clock is ahead.
        store.writer().record(draft(9)).await.unwrap();
        let done = Retitle::new(false);
        writer.change(draft(1), done.clone()).await.unwrap();
        assert_eq!(*done.at.lock(), Some(to_microseconds(draft(9).at)));
        let told = acts(&store.db, Page { before: None, limit: 10 }).await.unwrap();
        let instants: Vec<_> = told.iter().map(|act| act.at).collect();
        assert_eq!(instants, [draft(9).at, present].map(to_microseconds));
        store.assert_intact(3).await;
    }
}

#[tokio::test]
async fn a_change_that_refuses_itself_leaves_neither_trace_nor_record() {
    for store in Store::all("a_change_that_refuses_itself_leaves_neither_trace_nor_record").await {
        store.write(1).await;
        let (before, version) = (title(&store).await, Version::read(&store.db).await.unwrap());
        let writer = store.writer();
        let refused = writer.change(draft(2), Retitle::new(true)).await;
        assert!(
            matches!(refused, Err(ChangeError::Refused(error)) if error.code == Code::Forbidden)
        );
        assert_eq!(title(&store).await, before);
        assert_eq!(Version::read(&store.db).await.unwrap(), version);
        writer.close().await;
        store.assert_intact(1).await;
    }
}

#[tokio::test]
async fn what_a_change_did_cannot_be_written_anew() {
    for store in Store::all("what_a_change_did_cannot_be_written_anew").await {
        let writer = store.writer();
        writer.change(draft(1), Retitle::new(false)).await.unwrap();
        writer.close().await;
        store.assert_intact(1).await;
        for tampering in ["change = REPLACE(change, 'law.', 'low.')", "change = NULL"] {
            store.execute(&format!("UPDATE access_record SET {tampering}")).await;
            let verdict = store.verdict().await;
            assert!(matches!(verdict, Verdict::Broken { .. }), "{verdict:?}");
        }
    }
}
