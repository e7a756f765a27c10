//! What administrators did, as the chain of records has it.

use async_graphql::{Context, Json, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::session::session;
use crate::{
    audit::{self, Page},
    error::{Code, GatewayError},
};

/// Most acts of one answer.
const MOST: i32 = 500;

/// 管理行为: what was changed, by whom
#[derive(SimpleObject)]
struct AdministrativeAct {
    /// 记录号: the place in the chain of records
    record: i64,
    at: DateTime<Utc>,
    /// 行为人: the subject of the token, or the user of the operating system
    caller: String,
    role: String,
    /// 行为: grant.approve
    action: String,
    /// 对象: the number of a proposal, the id of a client
    target: String,
    /// 变更前
    before: Json<serde_json::Value>,
    /// 变更后
    after: Json<serde_json::Value>,
}

/// Queries about what was changed.
#[derive(Default)]
pub struct ActQuery;

#[Object]
impl ActQuery {
    /// 管理行为: what was changed, the newest first; before a record, for the next page
    async fn acts(
        &self,
        context: &Context<'_>,
        #[graphql(default = 50)] first: i32,
        before: Option<i64>,
    ) -> Result<Vec<AdministrativeAct>> {
        if !(1..=MOST).contains(&first) {
            let message = format!("first must be between 1 and {MOST}");
            return Err(GatewayError::new(Code::BadUserInput, message).into());
        }
        let page = Page { before, limit: u64::from(first.unsigned_abs()) };
        let acts = audit::acts(&session(context).db, page).await.map_err(|_| {
            GatewayError::new(Code::DatabaseUnavailable, "the records cannot be read")
        })?;
        Ok(acts.into_iter().map(AdministrativeAct::from).collect())
    }
}

impl From<audit::Act> for AdministrativeAct {
    fn from(act: audit::Act) -> Self {
        Self {
            record: act.seq,
            at: act.at,
            caller: act.caller,
            role: act.role,
            action: act.action,
            target: act.target,
            before: Json(act.before),
            after: Json(act.after),
        }
    }
}
