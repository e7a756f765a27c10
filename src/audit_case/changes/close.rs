//! `audit_case.close`: narrowing needs nobody else's signature.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseTransaction, IntoActiveModel as _};

use super::{found, standing, told, told_with_row};
use crate::{
    audit::{Applied, ChainKey, Change},
    audit_case::{Overseer, Status, unavailable},
    error::GatewayError,
    replay,
};

/// Closes a case before its time, or takes a proposal back. From then on the persons see who looked.
#[derive(Clone, Debug)]
pub struct Close {
    /// Who: anybody who oversees its unit.
    pub overseer: Overseer,
    /// Its number.
    pub case: i64,
}

#[async_trait]
impl Change for Close {
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
        let row = found(transaction, self.case, &self.overseer).await?;
        let status = Status::of(&row, now);
        if !matches!(status, Status::Proposed | Status::InForce) {
            return Err(standing(status));
        }
        let before = told(&row);
        let mut row = row.into_active_model();
        row.closed_at = Set(Some(now));
        row.closed_by = Set(Some(self.overseer.subject.clone()));
        let row = row.update(transaction).await.map_err(unavailable)?;
        Ok(Applied {
            action: "audit_case.close",
            target: self.case.to_string(),
            before,
            after: told_with_row(&row),
            subjects: Vec::new(),
        })
    }
}
