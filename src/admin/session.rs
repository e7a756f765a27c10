//! One request of an administrator.

use std::sync::Arc;

use async_graphql::Context;
use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use sea_orm::DatabaseConnection;

use crate::{
    admin::Reach,
    audit::{AuditWriter, Change, Draft, Fields, Recorded},
    auth::Caller,
    error::Result,
    graphql::ids::Identifiers,
    policy::GrantSet,
    read::Reader,
    state::Guard,
};

/// The request that a resolver works for.
pub(super) fn session<'c>(context: &Context<'c>) -> &'c Arc<Session> {
    context.data_unchecked::<Arc<Session>>()
}

/// What resolvers work with.
pub struct Session {
    /// Who asks.
    pub caller: Caller,
    /// What the caller administers.
    pub reach: Reach,
    /// The instant of the request.
    pub now: DateTime<Utc>,
    /// The grants that decide now.
    pub grants: Arc<GrantSet>,
    /// Where administration is kept.
    pub db: DatabaseConnection,
    /// Where many rows are counted, off the way of records.
    pub reader: Arc<dyn Reader>,
    /// Pseudonyms of the caller's department.
    pub identifiers: Arc<Identifiers>,
    audit: AuditWriter,
    draft: Draft,
    guard: Guard,
    recorded: Mutex<Option<Recorded>>,
}

impl Session {
    /// A request, whose changes are recorded as the draft says and made as the guard allows.
    pub fn new(
        (caller, reach, identifiers): (Caller, Reach, Arc<Identifiers>),
        grants: Arc<GrantSet>,
        db: DatabaseConnection,
        reader: Arc<dyn Reader>,
        audit: AuditWriter,
        draft: Draft,
        guard: Guard,
    ) -> Self {
        let now = draft.at;
        Self {
            caller,
            reach,
            now,
            grants,
            db,
            reader,
            identifiers,
            audit,
            draft,
            guard,
            recorded: Mutex::default(),
        }
    }

    /// Commits a change together with its record.
    ///
    /// # Errors
    /// When the change refuses itself, or cannot be recorded.
    pub async fn commit(&self, change: impl Change + 'static) -> Result<()> {
        self.commit_with(self.draft.clone(), change).await
    }

    /// The same of what is done about persons of whom it tells that there is specially protected data:
    /// it is theirs to see, and to others an event without a person. `fields` is what it shows of them.
    ///
    /// # Errors
    /// As [`Session::commit`].
    pub async fn commit_protected(
        &self,
        fields: Fields,
        change: impl Change + 'static,
    ) -> Result<()> {
        self.commit_with(Draft { fields, protected: true, ..self.draft.clone() }, change).await
    }

    async fn commit_with(&self, draft: Draft, change: impl Change + 'static) -> Result<()> {
        let recorded = self.audit.change(draft, self.guard.over(Arc::new(change))).await?;
        *self.recorded.lock() = Some(recorded);
        Ok(())
    }

    /// The record of what was changed, if anything was.
    pub fn recorded(&self) -> Option<Recorded> {
        self.recorded.lock().clone()
    }
}
