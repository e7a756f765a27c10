//! `audit_case.request`: a case that the person itself asked for.
//!
//! Nobody else signs it, so it opens nobody else: only accesses about that person, who sees in its log at
//! once that the case was opened, and every look inside it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use entity::audit_case;
use sea_orm::DatabaseTransaction;

use super::{accesses, enter, require_plain};
use crate::{
    audit::{Applied, Change, Made},
    audit_case::{Kind, Overseer, status::APPROVED, wrong},
    error::GatewayError,
    rules::{
        audit_case::{REQUEST, expires},
        text::visible,
    },
};

/// Opens a case on a person's request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The officer, to whom alone it opens anything.
    pub officer: Overseer,
    /// The person who asked.
    pub person: i64,
    /// What names the request where it was made.
    pub request_ref: String,
    /// What there is to say about it.
    pub note: String,
    /// The records that it concerns.
    pub records: Vec<i64>,
    /// Its number.
    pub made: Made,
}

#[async_trait]
impl Change for Request {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        if visible(&self.request_ref) == 0 {
            return Err(wrong("name the request that the person made"));
        }
        require_plain(&self.request_ref)?;
        require_plain(&self.note)?;
        accesses(transaction, &self.officer, &self.records).await?;
        let row = audit_case::Model {
            id: 0,
            kind: Kind::Request.code().to_owned(),
            reason_code: REQUEST.to_owned(),
            reason: self.note.clone(),
            request_ref: Some(self.request_ref.clone()),
            person_id: Some(self.person),
            records: serde_json::to_string(&self.records).unwrap_or_default(),
            unit_id: self.officer.units.0,
            officer: self.officer.subject.clone(),
            officer_issuer: self.officer.issuer.clone(),
            proposed_at: now,
            lapses_at: now,
            decision: Some(APPROVED.to_owned()),
            decider: Some(self.officer.subject.clone()),
            decider_role: Some(self.officer.role.code().to_owned()),
            decided_at: Some(now),
            expires_at: Some(expires(now)),
            closed_at: None,
            closed_by: None,
        };
        enter(transaction, row, "audit_case.request", &self.made).await
    }
}
