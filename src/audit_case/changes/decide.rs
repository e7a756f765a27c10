//! `audit_case.approve` and `audit_case.reject`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseTransaction, IntoActiveModel as _};

use super::{found, standing, told, told_with_row};
use crate::{
    audit::{Applied, ChainKey, Change},
    audit_case::{
        Overseer, Status,
        status::{APPROVED, REJECTED},
        unavailable,
    },
    error::{Code, GatewayError},
    replay,
    rules::audit_case::expires,
};

/// What the second person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is in force from now on.
    Approve,
    /// It never is.
    Reject,
}

/// Decides on a case that was proposed.
///
/// The second person is another data protection officer or an auditor: whoever oversees. Stewards are
/// not asked, for theirs are the departments whose accesses are looked at.
#[derive(Clone, Debug)]
pub struct Decide {
    /// Who: not the one who proposed it.
    pub signer: Overseer,
    /// Its number.
    pub case: i64,
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
        replay::require_as_case(transaction, key, self.case).await
    }

    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        let row = found(transaction, self.case, &self.signer).await?;
        let status = Status::of(&row, now);
        if status != Status::Proposed {
            return Err(standing(status));
        }
        if row.officer == self.signer.subject {
            let message = "nobody signs the case that they proposed themselves";
            return Err(GatewayError::new(Code::Forbidden, message));
        }
        let before = told(&row);
        let (action, decision) = match self.verdict {
            Verdict::Approve => ("audit_case.approve", APPROVED),
            Verdict::Reject => ("audit_case.reject", REJECTED),
        };
        let ends = (self.verdict == Verdict::Approve).then(|| expires(now));
        let mut row = row.into_active_model();
        row.decision = Set(Some(decision.to_owned()));
        row.decider = Set(Some(self.signer.subject.clone()));
        row.decider_role = Set(Some(self.signer.role.code().to_owned()));
        row.decided_at = Set(Some(now));
        row.expires_at = Set(ends);
        let row = row.update(transaction).await.map_err(unavailable)?;
        Ok(Applied {
            action,
            target: self.case.to_string(),
            before,
            after: told_with_row(&row),
            subjects: Vec::new(),
        })
    }
}
