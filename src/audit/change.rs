//! Administrative acts: each commits together with its record, or not at all.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};
use serde_json::Value as Json;

use super::{AuditError, Outcome, chain::ChainKey};
use crate::error::{Code, GatewayError};

/// A change of what gateways go by: grants, clients, consents.
///
/// It runs in the transaction of its record, after the head of the chain was locked: what it reads
/// there, no other change of any gateway alters before it has written. Of two that decide the same
/// thing, the second sees what the first did.
#[async_trait]
pub trait Change: Send + Sync {
    /// Looks at what the chain tells, under the same lock and before [`Change::apply`]: what a change
    /// rests on must be what earlier acts made.
    ///
    /// # Errors
    /// When it is not.
    async fn examine(
        &self,
        _transaction: &DatabaseTransaction,
        _key: &ChainKey,
    ) -> Result<(), GatewayError> {
        Ok(())
    }

    /// Checks and writes.
    ///
    /// # Errors
    /// When the change may not be made; then nothing of it stays.
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError>;
}

/// What a change did, as its record tells it. Holds no secret and no personal value.
#[derive(Clone, Debug)]
pub struct Applied {
    /// What was done: `grant.approve`.
    pub action: &'static str,
    /// To what: the number of a proposal, a client's id.
    pub target: String,
    /// What stood there before; null where there was nothing.
    pub before: Json,
    /// What stands there now; null where there is nothing any more.
    pub after: Json,
    /// The keys of the persons it concerns, in any order.
    pub subjects: Vec<i64>,
}

/// The action of an attempt that found nobody. It is refused, and is kept all the same.
pub const MISS: &str = "break_glass.miss";

impl Applied {
    /// What the record says was decided.
    pub(super) fn decision(&self) -> Outcome {
        match self.action {
            MISS => Outcome::Refused(Code::NotFound),
            _ => Outcome::Allowed,
        }
    }
}

/// Why nothing was changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ChangeError {
    /// The change refused itself.
    #[error(transparent)]
    Refused(#[from] GatewayError),
    /// Its record could not be committed. After a timeout it may have been all the same.
    #[error(transparent)]
    Audit(#[from] AuditError),
}

impl From<DbErr> for ChangeError {
    fn from(error: DbErr) -> Self {
        tracing::error!(%error, "a change was not committed");
        Self::Audit(AuditError::Unavailable)
    }
}

/// Why a request has no answer.
impl From<AuditError> for GatewayError {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Lost => GatewayError::new(
                Code::RecordLogBehind,
                "the access records are behind what this gateway wrote: somebody restored or cut \
                 them; nothing is answered until its operators have looked",
            ),
            AuditError::Unavailable | AuditError::Overloaded => GatewayError::new(
                Code::RecordUnavailable,
                "the access record could not be committed, so there is no answer",
            ),
        }
    }
}

impl From<ChangeError> for GatewayError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Refused(error) => error,
            ChangeError::Audit(AuditError::Lost) => GatewayError::from(AuditError::Lost),
            ChangeError::Audit(_) => GatewayError::new(
                Code::RecordUnavailable,
                "the change and its record could not be committed, so nothing was changed",
            ),
        }
    }
}
