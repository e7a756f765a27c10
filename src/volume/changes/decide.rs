//! `limit.approve` and `limit.reject`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseTransaction, IntoActiveModel as _};

use super::{found, may_decide, told, told_with_row, unavailable};
use crate::{
    audit::{Applied, ChainKey, Change},
    error::{Code, GatewayError},
    grants::approval::Signer,
    policy::Role,
    replay,
    volume::agreement::{APPROVED, REJECTED, Status},
};

/// What the second person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Approve,
    /// It does not.
    Reject,
}

/// Decides on a proposed agreement.
#[derive(Clone, Debug)]
pub struct Decide {
    /// Who: not the one who proposed it.
    pub signer: Signer,
    /// Its number.
    pub agreement: i64,
    /// What.
    pub verdict: Verdict,
}

#[async_trait]
impl Change for Decide {
    async fn examine(
        &self,
        transaction: &DatabaseTransaction,
        key: &ChainKey,
    ) -> Result<(), GatewayError> {
        replay::require_as_agreed(transaction, key, self.agreement).await
    }

    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        let row = found(transaction, self.agreement).await?;
        let status = Status::of(&row, now);
        if status != Status::Proposed {
            let message = format!("the agreement is {}", status.code());
            return Err(GatewayError::new(Code::Conflict, message).with("status", status.code()));
        }
        if row.proposer == self.signer.subject {
            let message = "nobody decides on what they proposed themselves";
            return Err(GatewayError::new(Code::Forbidden, message));
        }
        let amounts = serde_json::from_str(&row.amounts)
            .map_err(|_| GatewayError::new(Code::Conflict, "the agreement cannot be read"))?;
        let proposer = Role::parse(&row.proposer_role);
        if !proposer.is_some_and(|proposer| may_decide(self.signer.role, proposer, &amounts)) {
            let message = "this is for the data protection officer to sign; where it is about identity \
                           and residence alone, also for another steward of the department";
            return Err(GatewayError::new(Code::Forbidden, message));
        }
        let before = told(&row);
        let (action, decision) = match self.verdict {
            Verdict::Approve => ("limit.approve", APPROVED),
            Verdict::Reject => ("limit.reject", REJECTED),
        };
        let mut row = row.into_active_model();
        row.decision = Set(Some(decision.to_owned()));
        row.decider = Set(Some(self.signer.subject.clone()));
        row.decider_role = Set(Some(self.signer.role.code().to_owned()));
        row.decided_at = Set(Some(now));
        let row = row.update(transaction).await.map_err(unavailable)?;
        Ok(Applied {
            action,
            target: self.agreement.to_string(),
            before,
            after: told_with_row(&row),
            subjects: Vec::new(),
        })
    }
}
