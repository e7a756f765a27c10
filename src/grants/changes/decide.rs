//! A steward's decision on a proposal. The last needed signature makes the version, in the same
//! transaction.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use serde_json::json;

use super::{readable, told};
use crate::{
    audit::{Applied, ChainKey, Change, Made, words_digest},
    error::{Code, GatewayError},
    grants::{
        approval::{self, Outcome, SignedVerdict, Signer, Verdict},
        diff,
        proposal::{Decision, Status},
        store::{self, Ledger, Origin},
        weigh,
    },
    replay::{self, image},
};

/// Decides on a proposal.
#[derive(Clone, Debug)]
pub struct Decide {
    /// Who.
    pub signer: Signer,
    /// The number of the proposal.
    pub proposal: i64,
    /// What.
    pub verdict: Verdict,
    /// What the steward has to say.
    pub note: String,
    /// The number of the version, where it made one.
    pub made: Made,
}

#[async_trait]
impl Change for Decide {
    async fn examine(
        &self,
        transaction: &DatabaseTransaction,
        key: &ChainKey,
    ) -> Result<(), GatewayError> {
        replay::require_as_proposed(transaction, key, self.proposal).await
    }

    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        readable(&self.note)?;
        let ledger = Ledger::load(transaction).await?;
        let proposal = store::proposal(transaction, self.proposal).await?;
        let status = proposal.status(&ledger.grants, now);
        if status != Status::Pending {
            let message = format!("proposal {} is {}", proposal.id, status.code());
            return Err(GatewayError::new(Code::Conflict, message).with("status", status.code()));
        }
        let needed = proposal.needed()?;
        let deed = SignedVerdict { signer: self.signer.clone(), verdict: self.verdict };
        let outcome = approval::decide(&needed, &proposal.proposer, &proposal.deeds(), &deed)?;
        let missing: Vec<&str> = match &outcome {
            Outcome::Pending(missing) => missing.iter().map(|role| role.code()).collect(),
            _ => Vec::new(),
        };
        let decision = Decision { at: now, deed, note: self.note.clone() };
        let row = store::keep_decision(transaction, proposal.id, &decision).await?;
        let mut rows = vec![image::decision(&row)];

        let mut before = json!({ "status": "pending" });
        let mut after = json!({ "noteDigest": words_digest(&self.note) });
        if self.verdict == Verdict::Approve {
            // The world may have moved on since it was proposed: a law ended, another cell opened.
            let grants = weigh::permitted(&ledger, &proposal.cells, now)?;
            if outcome == Outcome::Approved {
                let resulting = ledger.grants.with(grants.iter().cloned());
                let changes = diff::between(&ledger.grants, &resulting);
                let was: Vec<_> = changes.iter().filter_map(|c| c.before.clone()).collect();
                let is: Vec<_> = changes.iter().filter_map(|c| c.after.clone()).collect();
                let summary = match proposal.restores_version {
                    Some(version) => {
                        format!("version {version} restored, cells changed: {}", is.len())
                    }
                    None => format!("cells changed: {}", is.len()),
                };
                let origin = Origin { at: now, proposal: Some(proposal.id), summary };
                let made = store::publish(transaction, &ledger, &grants, origin).await?;
                let version = made.version;
                rows.extend(made.rows);
                self.made.set(version);
                before["cells"] = told(&was);
                after["cells"] = told(&is);
                after["version"] = json!(version);
            }
        }
        after["status"] = json!(status_after(&outcome).code());
        after["missing"] = json!(missing);
        image::tell(&mut after, rows);
        Ok(Applied {
            action: match self.verdict {
                Verdict::Approve => "grant.approve",
                Verdict::Reject => "grant.reject",
                Verdict::Withdraw => "grant.withdraw",
            },
            target: proposal.id.to_string(),
            before,
            after,
            subjects: Vec::new(),
        })
    }
}

const fn status_after(outcome: &Outcome) -> Status {
    match outcome {
        Outcome::Pending(_) => Status::Pending,
        Outcome::Approved => Status::Approved,
        Outcome::Rejected => Status::Rejected,
        Outcome::Withdrawn => Status::Withdrawn,
    }
}
