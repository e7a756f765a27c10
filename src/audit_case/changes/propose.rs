//! `audit_case.propose`.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use entity::audit_case;
use sea_orm::{ActiveModelTrait as _, DatabaseTransaction, IntoActiveModel as _};
use serde_json::Value as Json;

use super::{require_words, told_with_row};
use crate::{
    audit::{self, Applied, Change, Made},
    audit_case::{Kind, MOST_PERSONS, Overseer, unavailable, wrong},
    db::next_key,
    error::{Code, GatewayError},
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
        let found = audit::concerned_at(transaction, self.officer.units, &self.records);
        let found = found.await.map_err(unavailable)?;
        if found.len() != self.records.len() {
            let message = "not each of these records is an access of this unit that tells of C4";
            return Err(GatewayError::new(Code::NotFound, message));
        }
        if found.iter().map(|found| found.subject_count).sum::<i64>() > MOST_PERSONS {
            let message = format!("a case opens at most {MOST_PERSONS} persons: narrow it");
            return Err(wrong(message));
        }
        let id = next_key::<audit_case::Entity>(transaction, audit_case::Column::Id);
        let id = id.await.map_err(unavailable)?;
        let row = audit_case::Model {
            id,
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
        let after = told_with_row(&row);
        row.into_active_model().insert(transaction).await.map_err(unavailable)?;
        self.made.set(id);
        Ok(Applied {
            action: "audit_case.propose",
            target: id.to_string(),
            before: Json::Null,
            after,
            subjects: Vec::new(),
        })
    }
}
