//! Limits: volumes of clients, higher limits of roles, more emergencies; each agreed by two people.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{limit_agreement, volume_alarm};

use super::session::{Session, session};
use crate::{
    audit::Made,
    error::{Code, GatewayError},
    grants::approval::Signer,
    volume::{Amounts, Decide, End, Kind, Propose, Status, Verdict, store},
};

/// Most alarms of one answer.
const MOST: i32 = 500;

/// 限额种类: what an agreement is about
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
enum LimitKind {
    /// 合同读取量: how many persons' data a client reads in 24 hours
    Contract,
    /// 角色限额: how many persons' data whoever acts in a role reads without a reason on file
    Role,
    /// 紧急访问限额: how many emergencies an organization's clinicians open
    Emergency,
}

/// 数量: the numbers of an agreement; those not given stay as they are
#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "LimitAmountsInput")]
struct LimitAmounts {
    /// 行踪轨迹, 24 hours: persons whose address history is read
    movement_day: Option<u64>,
    /// 健康生理, 24 hours
    health_day: Option<u64>,
    /// 身份与居住, 24 hours
    identity_day: Option<u64>,
    /// 行踪轨迹, 30 days
    movement_month: Option<u64>,
    /// 健康生理, 30 days
    health_month: Option<u64>,
    /// 身份与居住, 30 days
    identity_month: Option<u64>,
    /// 同时打开: patients that a clinician has open at once
    open_at_once: Option<u32>,
    /// 每日打开: emergencies that an organization opens in 24 hours
    opened_a_day: Option<u32>,
}

/// 限额约定: what two people agreed on, or one proposed
#[derive(SimpleObject)]
struct LimitAgreement {
    id: i64,
    /// contract, role or emergency
    kind: String,
    /// 对象: the id of the client, the code of the role, the code of the organization
    target: String,
    amounts: LimitAmounts,
    /// 法律依据: the code of the law
    law: String,
    reason: String,
    valid_from: DateTime<Utc>,
    valid_until: DateTime<Utc>,
    /// 状态: PROPOSED, LAPSED, REJECTED, AHEAD, IN_FORCE or ENDED
    status: &'static str,
    proposer: String,
    proposer_role: String,
    proposed_at: DateTime<Utc>,
    decider: Option<String>,
    decider_role: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    ended_by: Option<String>,
}

/// 读取量告警: somebody read more than three times what is usual for the role
#[derive(SimpleObject)]
struct VolumeAlarm {
    at: DateTime<Utc>,
    /// 读取者: the acting officer, or the subject of the token
    subject: String,
    /// 签发者: the issuer that knows them by this name
    issuer: String,
    role: String,
    /// MOVEMENT, HEALTH or IDENTITY
    category: String,
    /// 读取人数: of 24 hours
    persons: i64,
    /// 通常人数: the mean of 90 days
    usual: i64,
}

/// Queries about limits.
#[derive(Default)]
pub struct LimitQuery;

#[Object]
impl LimitQuery {
    /// 限额约定: what was agreed and proposed, the newest first
    async fn limit_agreements(&self, context: &Context<'_>) -> Result<Vec<LimitAgreement>> {
        let session = session(context);
        let rows = store::agreements(&session.db).await.map_err(|_| unreadable())?;
        Ok(rows.into_iter().map(|row| agreement_of(row, session.now)).collect())
    }

    /// 读取量告警: the newest first
    async fn volume_alarms(
        &self,
        context: &Context<'_>,
        #[graphql(default = 50)] first: i32,
    ) -> Result<Vec<VolumeAlarm>> {
        if !(1..=MOST).contains(&first) {
            let message = format!("first must be between 1 and {MOST}");
            return Err(GatewayError::new(Code::BadUserInput, message).into());
        }
        let rows = store::alarms(&session(context).db, first.unsigned_abs().into()).await;
        Ok(rows.map_err(|_| unreadable())?.into_iter().map(VolumeAlarm::from).collect())
    }
}

/// Changes of limits.
#[derive(Default)]
pub struct LimitMutation;

#[Object]
impl LimitMutation {
    /// 提出限额约定: a second person has to sign it within 14 days
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn propose_limit(
        &self,
        context: &Context<'_>,
        kind: LimitKind,
        target: String,
        amounts: LimitAmounts,
        law: String,
        reason: String,
        valid_from: Option<DateTime<Utc>>,
        valid_until: DateTime<Utc>,
    ) -> Result<LimitAgreement> {
        let session = session(context);
        session.reach.require_province()?;
        let made = Made::default();
        let propose = Propose {
            signer: signer(session),
            kind: kind.into(),
            target,
            amounts: amounts.into(),
            law,
            reason,
            valid_from,
            valid_until,
            made: made.clone(),
        };
        session.commit(propose).await?;
        agreement_now(session, made.get().unwrap_or_default()).await
    }

    /// 批准限额约定: the second signature; never by who proposed it
    async fn approve_limit(&self, context: &Context<'_>, id: i64) -> Result<LimitAgreement> {
        decide(session(context), id, Verdict::Approve).await
    }

    /// 否决限额约定
    async fn reject_limit(&self, context: &Context<'_>, id: i64) -> Result<LimitAgreement> {
        decide(session(context), id, Verdict::Reject).await
    }

    /// 终止限额约定: ends it at once, or takes a proposal back
    async fn end_limit(&self, context: &Context<'_>, id: i64) -> Result<LimitAgreement> {
        let session = session(context);
        session.reach.require_province()?;
        session.commit(End { signer: signer(session), agreement: id }).await?;
        agreement_now(session, id).await
    }
}

fn signer(session: &Session) -> Signer {
    let subject = session.caller.principal().subject.to_owned();
    Signer { subject, role: session.caller.role }
}

async fn decide(session: &Session, id: i64, verdict: Verdict) -> Result<LimitAgreement> {
    session.reach.require_province()?;
    session.commit(Decide { signer: signer(session), agreement: id, verdict }).await?;
    agreement_now(session, id).await
}

/// The agreement as it stands now.
async fn agreement_now(session: &Session, id: i64) -> Result<LimitAgreement> {
    let row = store::agreement(&session.db, id).await.map_err(|_| unreadable())?;
    let row = row.ok_or_else(unreadable)?;
    // What was just done was done after the request began.
    let done = row.ended_at.or(row.decided_at).unwrap_or(row.proposed_at);
    Ok(agreement_of(row, session.now.max(done)))
}

fn agreement_of(row: limit_agreement::Model, now: DateTime<Utc>) -> LimitAgreement {
    let status = Status::of(&row, now).code();
    let amounts: Amounts = serde_json::from_str(&row.amounts).unwrap_or_default();
    LimitAgreement {
        status,
        amounts: amounts.into(),
        id: row.id,
        kind: row.kind,
        target: row.target,
        law: row.law,
        reason: row.reason,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        proposer: row.proposer,
        proposer_role: row.proposer_role,
        proposed_at: row.proposed_at,
        decider: row.decider,
        decider_role: row.decider_role,
        decided_at: row.decided_at,
        ended_at: row.ended_at,
        ended_by: row.ended_by,
    }
}

impl From<LimitKind> for Kind {
    fn from(kind: LimitKind) -> Self {
        match kind {
            LimitKind::Contract => Kind::Contract,
            LimitKind::Role => Kind::Role,
            LimitKind::Emergency => Kind::Emergency,
        }
    }
}

impl From<LimitAmounts> for Amounts {
    fn from(amounts: LimitAmounts) -> Self {
        Self {
            movement_day: amounts.movement_day,
            health_day: amounts.health_day,
            identity_day: amounts.identity_day,
            movement_month: amounts.movement_month,
            health_month: amounts.health_month,
            identity_month: amounts.identity_month,
            open_at_once: amounts.open_at_once,
            opened_a_day: amounts.opened_a_day,
        }
    }
}

impl From<Amounts> for LimitAmounts {
    fn from(amounts: Amounts) -> Self {
        Self {
            movement_day: amounts.movement_day,
            health_day: amounts.health_day,
            identity_day: amounts.identity_day,
            movement_month: amounts.movement_month,
            health_month: amounts.health_month,
            identity_month: amounts.identity_month,
            open_at_once: amounts.open_at_once,
            opened_a_day: amounts.opened_a_day,
        }
    }
}

impl From<volume_alarm::Model> for VolumeAlarm {
    fn from(row: volume_alarm::Model) -> Self {
        Self {
            at: row.at,
            subject: row.subject,
            issuer: row.issuer,
            role: row.role,
            category: row.category,
            persons: row.rows,
            usual: row.usual,
        }
    }
}

fn unreadable() -> GatewayError {
    GatewayError::new(Code::DatabaseUnavailable, "the limits cannot be read")
}
