//! Accesses that tell of specially protected data, for those who oversee: as events without a person.

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::session::{Session, session};
use crate::{
    audit::{self, ProtectedAccess, Sought},
    error::{Code, GatewayError},
};

/// Most events of one answer.
const MOST: i32 = 500;

/// 涉特别保护信息的访问: an access that tells of specially protected data, without whom it was about
#[derive(SimpleObject)]
struct ProtectedAccessEvent {
    /// 记录号: the place in the chain of records
    record: i64,
    /// 时间
    at: DateTime<Utc>,
    /// 部门: code
    department: String,
    /// 用途: code
    purpose: Option<String>,
    /// 决定: allowed, or the code of the refusal
    decision: String,
    /// 机构: generalised
    organization: Option<&'static str>,
    /// 字段数: how many fields were asked for
    field_count: i64,
    /// 字段级别: the classes of those fields, C0 to C4
    field_classes: Vec<&'static str>,
    /// 人数: how many persons it tells of
    person_count: i64,
    /// 访问者化名: the same for the same caller, to this auditor alone
    actor_ref: String,
}

/// Queries of those who oversee.
#[derive(Default)]
pub struct AccessQuery;

#[Object]
impl AccessQuery {
    /// 涉特别保护信息的访问: of the own unit, the newest first; before a record, for the next page
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn protected_accesses(
        &self,
        context: &Context<'_>,
        #[graphql(default = 50)] first: i32,
        before: Option<i64>,
        from: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
        department: Option<String>,
        purpose: Option<String>,
    ) -> Result<Vec<ProtectedAccessEvent>> {
        if !(1..=MOST).contains(&first) {
            let message = format!("first must be between 1 and {MOST}");
            return Err(GatewayError::new(Code::BadUserInput, message).into());
        }
        let session = session(context);
        let limit = u64::from(first.unsigned_abs());
        let units = session.reach.units();
        let sought =
            Sought { units, before, from, until, department, purpose, limit, ..Sought::default() };
        let events = audit::protected(&session.db, &sought).await.map_err(|_| {
            GatewayError::new(Code::DatabaseUnavailable, "the records cannot be read")
        })?;
        let shown = |event: ProtectedAccess| ProtectedAccessEvent {
            record: event.seq,
            at: event.at,
            department: event.department,
            purpose: event.purpose,
            decision: event.decision,
            organization: event.organization,
            field_count: i64::try_from(event.fields).unwrap_or(i64::MAX),
            field_classes: event.classes,
            person_count: event.persons,
            actor_ref: pseudonym(session, &event.caller),
        };
        Ok(events.into_iter().map(shown).collect())
    }
}

/// What a caller is called to whoever asks, and to nobody else.
pub(super) fn pseudonym(session: &Session, caller: &str) -> String {
    let auditor = session.caller.principal().subject;
    session.identifiers.pseudonym_of(&["actor", auditor, caller])
}
