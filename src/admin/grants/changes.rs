//! What stewards and the data protection officer do to grants.

use async_graphql::{Context, Object, Result};

use super::types::Proposal;
use crate::{
    admin::{Session, session::session},
    audit::Made,
    error::{Code, GatewayError},
    grants::{
        Cell, CellText, Signer, Verdict,
        cell::{CellError, Key},
        changes::{Decide, Propose, Revoke, Wanted},
        store::{self, Ledger},
    },
};

/// Changes of grants.
#[derive(Default)]
pub struct GrantMutation;

#[Object]
impl GrantMutation {
    /// 提出授权变更: proposes to set these cells; the owner's steward proposes, others sign
    async fn propose_grants(
        &self,
        context: &Context<'_>,
        necessity: String,
        changes: Vec<CellText>,
    ) -> Result<Proposal> {
        let cells = changes.iter().map(Cell::try_from).collect::<Result<_, _>>();
        let cells = cells.map_err(not_understood)?;
        Ok(propose(session(context), necessity, Wanted::Cells(cells)).await?)
    }

    /// 恢复版本: proposes the grants as they were at a version
    async fn restore_version(
        &self,
        context: &Context<'_>,
        version: i64,
        necessity: String,
    ) -> Result<Proposal> {
        Ok(propose(session(context), necessity, Wanted::Version(version)).await?)
    }

    /// 签署: signs a proposal; the last needed signature makes the version
    async fn approve_proposal(
        &self,
        context: &Context<'_>,
        id: i64,
        #[graphql(default)] note: String,
    ) -> Result<Proposal> {
        Ok(decide(session(context), id, Verdict::Approve, note).await?)
    }

    /// 否决: ends a proposal
    async fn reject_proposal(
        &self,
        context: &Context<'_>,
        id: i64,
        #[graphql(default)] note: String,
    ) -> Result<Proposal> {
        Ok(decide(session(context), id, Verdict::Reject, note).await?)
    }

    /// 撤回: takes one's own proposal back
    async fn withdraw_proposal(
        &self,
        context: &Context<'_>,
        id: i64,
        #[graphql(default)] note: String,
    ) -> Result<Proposal> {
        Ok(decide(session(context), id, Verdict::Withdraw, note).await?)
    }

    /// 收回授权: takes a grant away at once; answers with the version that did
    async fn revoke_grant(
        &self,
        context: &Context<'_>,
        role: String,
        purpose: String,
        target: String,
        #[graphql(default)] note: String,
    ) -> Result<Option<i64>> {
        let session = session(context);
        session.reach.require_province()?;
        let key = Key::parse(&role, &purpose, &target).map_err(not_understood)?;
        let made = Made::default();
        let signer = signer(session);
        session.commit(Revoke { signer, key, note, made: made.clone() }).await?;
        Ok(made.get())
    }
}

fn not_understood(error: CellError) -> GatewayError {
    GatewayError::new(Code::BadUserInput, error.to_string())
}

fn signer(session: &Session) -> Signer {
    let subject = session.caller.principal().subject.to_owned();
    Signer { subject, role: session.caller.role }
}

async fn propose(
    session: &Session,
    necessity: String,
    wanted: Wanted,
) -> Result<Proposal, GatewayError> {
    session.reach.require_province()?;
    let made = Made::default();
    let signer = signer(session);
    session.commit(Propose { signer, necessity, wanted, made: made.clone() }).await?;
    proposal_now(session, made.get().unwrap_or_default()).await
}

async fn decide(
    session: &Session,
    proposal: i64,
    verdict: Verdict,
    note: String,
) -> Result<Proposal, GatewayError> {
    // One's own proposal can be taken back from anywhere.
    if verdict != Verdict::Withdraw {
        session.reach.require_province()?;
    }
    let signer = signer(session);
    session.commit(Decide { signer, proposal, verdict, note, made: Made::default() }).await?;
    proposal_now(session, proposal).await
}

/// The proposal as it stands after what was just committed.
async fn proposal_now(session: &Session, proposal: i64) -> Result<Proposal, GatewayError> {
    let made = store::proposal(&session.db, proposal).await?;
    let ledger = Ledger::load(&session.db).await?;
    Ok(Proposal::of(made, &ledger.grants, session.now))
}
