//! `limit.end`: narrowing needs nobody else's signature.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseTransaction, IntoActiveModel as _};

use super::{department, found, require_steward, told, told_with_row, unavailable};
use crate::{
    audit::{Applied, Change},
    error::{Code, GatewayError},
    grants::approval::Signer,
    policy::Role,
    volume::agreement::{Kind, Status},
};

/// Ends an agreement at once, or takes a proposal back.
#[derive(Clone, Debug)]
pub struct End {
    /// Who: a steward of the department, or the data protection officer.
    pub signer: Signer,
    /// Its number.
    pub agreement: i64,
}

#[async_trait]
impl Change for End {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        let row = found(transaction, self.agreement).await?;
        if self.signer.role != Role::DP {
            let kind = Kind::parse(&row.kind)
                .ok_or_else(|| GatewayError::new(Code::Conflict, "the agreement cannot be read"))?;
            let department = department(transaction, kind, &row.target).await?;
            require_steward(self.signer.role, department)?;
        }
        let status = Status::of(&row, now);
        if !matches!(status, Status::Proposed | Status::InForce | Status::Ahead) {
            let message = format!("the agreement is {} already", status.code());
            return Err(GatewayError::new(Code::Conflict, message).with("status", status.code()));
        }
        let before = told(&row);
        let mut row = row.into_active_model();
        if status == Status::Proposed {
            // Nobody may sign it any more.
            row.lapses_at = Set(now);
        }
        row.ended_at = Set(Some(now));
        row.ended_by = Set(Some(self.signer.subject.clone()));
        let row = row.update(transaction).await.map_err(unavailable)?;
        Ok(Applied {
            action: "limit.end",
            target: self.agreement.to_string(),
            before,
            after: told_with_row(&row),
            subjects: Vec::new(),
        })
    }
}
