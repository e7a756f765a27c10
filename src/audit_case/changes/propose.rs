//! `audit_case.propose`.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use entity::audit_case;
use sea_orm::DatabaseTransaction;

use super::{accesses, enter, require_words};
use crate::{
    audit::{Applied, Change, Made},
    audit_case::{Kind, MOST_PERSONS, Overseer, wrong},
    error::GatewayError,
};

/// How long a proposal waits for the second person.
const LIFETIME: TimeDelta = TimeDelta::days(14);

/// Proposes a case.
#[derive(Clone, Debug)]
pub struct Propose {
    /// The officer, to whom alone it will open anything.
    pub officer: Overseer,
    /// Why, by a code of the list.
    pub reason_code: &'static str,
    /// Why, in at least 20 characters that can be read.
    pub reason: String,
    /// The records that it concerns.
    pub records: Vec<i64>,
    /// Its number.
    pub made: Made,
}

#[async_trait]
impl Change for Propose {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        require_words(&self.reason)?;
        let found = accesses(transaction, &self.officer, &self.records).await?;
        if found.iter().map(|found| found.subject_count).sum::<i64>() > MOST_PERSONS {
            let message = format!("a case opens at most {MOST_PERSONS} persons: narrow it");
            return Err(wrong(message));
        }
        let row = audit_case::Model {
            id: 0,
            kind: Kind::Audit.code().to_owned(),
            reason_code: self.reason_code.to_owned(),
            reason: self.reason.clone(),
            request_ref: None,
            person_id: None,
            records: serde_json::to_string(&self.records).unwrap_or_default(),
            unit_id: self.officer.units.0,
            officer: self.officer.subject.clone(),
            officer_issuer: self.officer.issuer.clone(),
            proposed_at: now,
            lapses_at: now + LIFETIME,
            decision: None,
            decider: None,
            decider_role: None,
            decided_at: None,
            expires_at: None,
            closed_at: None,
            closed_by: None,
        };
        enter(transaction, row, "audit_case.propose", &self.made).await
    }
}
