//! What departments ask to be shared, as drafts: a steward of the owner makes a proposal of one, or declines.

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::access_request::Model;

use super::session::{Session, session};
use crate::{
    error::{Code, GatewayError},
    grants::{
        CellText, Signer,
        requests::{Decide, requests},
    },
    policy::{Level, Purpose, Role, Target},
};

/// 授权申请: a field that somebody asks to be shared, and the draft of a cell that would
#[derive(SimpleObject)]
struct AccessRequest {
    id: i64,
    /// 申请人: the subject of the token
    requester: String,
    /// 角色: code
    role: String,
    /// 用途: code
    purpose: String,
    /// 字段: Person.phone
    field: String,
    /// 拒绝原因: why it is not shared, by code
    reason: String,
    /// 必要性: why it is needed
    necessity: String,
    requested_at: DateTime<Utc>,
    /// 状态: waiting, proposed or declined
    state: String,
    /// 授权变更编号: the proposal that was made of it
    proposal: Option<i64>,
    /// 说明
    note: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<String>,
    /// 草案: a cell as a proposal takes it; the steward says how much, of whom and by which law
    draft: Option<CellText>,
}

/// Queries about requests.
#[derive(Default)]
pub struct AccessRequestQuery;

#[Object]
impl AccessRequestQuery {
    /// 授权申请: of data that the caller's department owns, the newest first; to oversight all
    async fn access_requests(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "待处理: only those that wait, or only those that do not")]
        waiting: Option<bool>,
    ) -> Result<Vec<AccessRequest>> {
        let session = session(context);
        let rows = requests(&session.db, steward(session), waiting).await.map_err(|_| {
            GatewayError::new(Code::DatabaseUnavailable, "the requests cannot be read")
        })?;
        Ok(rows.into_iter().map(|row| of(row, session)).collect())
    }
}

/// What stewards do with requests.
#[derive(Default)]
pub struct AccessRequestMutation;

#[Object]
impl AccessRequestMutation {
    /// 处理授权申请: names the proposal that was made of it (proposeGrants), or declines it, with the reason
    async fn decide_access_request(
        &self,
        context: &Context<'_>,
        id: i64,
        #[graphql(desc = "the proposal; none to decline")] proposal: Option<i64>,
        #[graphql(default)] note: String,
    ) -> Result<AccessRequest> {
        let session = session(context);
        let signer = Signer {
            subject: session.caller.principal().subject.to_owned(),
            role: session.caller.role,
        };
        session.commit(Decide { signer, request: id, proposal, note }).await?;
        let rows = requests(&session.db, steward(session), None).await.map_err(|_| {
            GatewayError::new(Code::DatabaseUnavailable, "the requests cannot be read")
        })?;
        let row = rows.into_iter().find(|row| row.id == id);
        let row =
            row.ok_or_else(|| GatewayError::new(Code::NotFound, "there is no such request"))?;
        Ok(of(row, session))
    }
}

/// Whose requests are shown: those to a role of stewards, or all.
fn steward(session: &Session) -> Option<Role> {
    Some(session.caller.role).filter(|role| role.is_steward())
}

fn of(row: Model, session: &Session) -> AccessRequest {
    AccessRequest {
        draft: draft(&row, session),
        id: row.id,
        requester: row.subject,
        role: row.role,
        purpose: row.purpose,
        field: row.field,
        reason: row.refusal,
        necessity: row.necessity,
        requested_at: row.requested_at,
        state: row.decision.unwrap_or_else(|| "waiting".to_owned()),
        proposal: row.proposal_id,
        note: row.note,
        decided_at: row.decided_at,
        decided_by: row.decided_by,
    }
}

/// The cell that a proposal would set: masked where that leaves something, as the role's other grants for the purpose have rows and law.
fn draft(row: &Model, session: &Session) -> Option<CellText> {
    let (role, purpose) = (Role::parse(&row.role)?, Purpose::parse(&row.purpose)?);
    let field = Target::Field(row.field.clone());
    let group = Target::Group(field.group()?);
    let known = [&field, &group]
        .into_iter()
        .find_map(|target| session.grants.latest_of(role, purpose, target))
        .or_else(|| session.grants.of(role, purpose).find(|grant| grant.scope.is_some()));
    let masked = field.field().is_some_and(|field| !field.spec.mask.leaves_nothing());
    let level = if masked { Level::Masked } else { Level::Full };
    Some(CellText {
        role: row.role.clone(),
        purpose: row.purpose.clone(),
        target: row.field.clone(),
        level: level.code().to_owned(),
        scope: known.and_then(|grant| grant.scope).map(|scope| scope.code().to_owned()),
        legal_basis: known.map(|grant| grant.basis.code.clone()).unwrap_or_default(),
        covers_minors: false,
        valid_from: None,
        valid_until: None,
    })
}
