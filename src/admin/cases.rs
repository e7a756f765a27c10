//! Audit cases: whom accesses that tell of C4 were about, opened for the officer whose case it is.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{audit_case, person};
use parking_lot::Mutex;
use sea_orm::{ColumnTrait as _, DerivePartialModel, QueryFilter as _, QuerySelect as _};

use super::{
    accesses::pseudonym,
    session::{Session, session},
};
use crate::{
    audit::{Fields, Made, RecordedField},
    audit_case::{
        Close, Concerns, Decide, Look, Overseer, Propose, Request, Scope, Status, Verdict,
        concerned, store,
    },
    db::columns,
    error::{Code, GatewayError},
    policy::Level,
};

/// Most persons of one look.
const MOST: i32 = 500;

/// The kind that identifiers of persons name.
const PERSON: &str = "Person";

/// What a look shows of a person.
fn shown() -> Fields {
    let shown = |member| RecordedField { kind: PERSON, member: Some(member), level: Level::Full };
    ["id", "idNumber", "name"].map(shown).into_iter().collect()
}

/// 审计案由: why a case is opened
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
enum AuditCaseReason {
    /// 投诉举报: a complaint or report
    Complaint,
    /// 个人信息安全事件: a security incident
    Incident,
    /// 异常访问: accesses that are unusual
    UnusualAccess,
    /// 主管部门要求: a supervising authority demands it (PIPL 63)
    Authority,
    /// 例行抽查: a spot check
    SpotCheck,
}

/// 案件范围: accesses of the own unit that tell of C4, of at most 31 days
#[derive(InputObject)]
struct AuditCaseScope {
    /// 起始时间
    from: DateTime<Utc>,
    /// 截止时间: before this instant; what is still to come does not belong to the case
    until: DateTime<Utc>,
    /// 部门: code
    department: Option<String>,
    /// 用途: code
    purpose: Option<String>,
    /// 访问者化名: as protectedAccesses shows it to this officer
    actor_ref: Option<String>,
}

/// 审计案件: what opens whom some accesses were about
#[derive(SimpleObject)]
struct AuditCase {
    id: i64,
    /// audit, or request where the person itself asked
    kind: String,
    /// 状态: PROPOSED, LAPSED, REJECTED, IN_FORCE, CLOSED or ENDED
    status: &'static str,
    /// 案由: code
    reason_code: String,
    /// 理由: in words; on a person's request what there is to say about it
    reason: String,
    /// 申请编号: what names the person's request
    request_ref: Option<String>,
    /// 记录号: the accesses it concerns
    records: Vec<i64>,
    /// 负责人: the officer, to whom alone it opens them
    officer: String,
    proposed_at: DateTime<Utc>,
    decider: Option<String>,
    decider_role: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    /// 有效期至
    expires_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    closed_by: Option<String>,
}

/// 案件内的人员: one person whom one access was about
#[derive(SimpleObject)]
struct PersonOfAccess {
    /// 记录号: the access
    record: i64,
    /// 时间: when the access was
    at: DateTime<Utc>,
    /// 人员
    person_id: ID,
    /// 姓名
    name: Option<String>,
    /// 公民身份号码
    id_number: Option<String>,
}

/// Queries about cases.
#[derive(Default)]
pub struct CaseQuery;

#[Object]
impl CaseQuery {
    /// 审计案件: of the own unit, the newest first
    async fn audit_cases(&self, context: &Context<'_>) -> Result<Vec<AuditCase>> {
        let session = session(context);
        let rows = store::cases(&session.db, session.reach.units()).await;
        let rows = rows.map_err(|_| unreadable())?;
        Ok(rows.into_iter().map(|row| case_of(row, session.now)).collect())
    }
}

/// What the data protection officer does.
#[derive(Default)]
pub struct CaseMutation;

#[Object]
impl CaseMutation {
    /// 提出审计案件: concerns these records, or those of a scope; a second person has to sign it within 14 days
    async fn propose_audit_case(
        &self,
        context: &Context<'_>,
        reason_code: AuditCaseReason,
        reason: String,
        records: Option<Vec<i64>>,
        scope: Option<AuditCaseScope>,
    ) -> Result<AuditCase> {
        let session = session(context);
        let officer = overseer(session)?;
        let concerns = concerns(records, scope)?;
        let made = Made::default();
        let records = settle(session, &officer, concerns, None).await?;
        let reason_code = reason_code.code();
        let propose = Propose { officer, reason_code, reason, records, made: made.clone() };
        session.commit(propose).await?;
        case_now(session, made.get().unwrap_or_default()).await
    }

    /// 依本人请求立案: opens accesses about the person who asked, and about nobody else; the person sees that at once
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn open_request_case(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "人员: the person who asked; or by idNumber")] person_id: Option<ID>,
        #[graphql(desc = "公民身份号码: of the person who asked")] id_number: Option<String>,
        #[graphql(desc = "申请编号: what names the request where it was made")] request_ref: String,
        #[graphql(default)] note: String,
        records: Option<Vec<i64>>,
        scope: Option<AuditCaseScope>,
    ) -> Result<AuditCase> {
        let session = session(context);
        let officer = overseer(session)?;
        let concerns = concerns(records, scope)?;
        let person = somebody(session, person_id, id_number).await?;
        let records = settle(session, &officer, concerns, Some(person)).await?;
        let made = Made::default();
        let request = Request { officer, person, request_ref, note, records, made: made.clone() };
        session.commit_protected(Fields::default(), request).await?;
        case_now(session, made.get().unwrap_or_default()).await
    }

    /// 查看案件内的人员: whom the accesses of one's own case were about, the newest access first; each look is on record,
    /// and the persons see it when the case is over, on their own request at once
    async fn look_into_audit_case(
        &self,
        context: &Context<'_>,
        id: i64,
        #[graphql(desc = "记录号: this access alone")] record: Option<i64>,
        #[graphql(default = 50)] first: i32,
        #[graphql(desc = "behind this record and person, for the next page")] after_record: Option<
            i64,
        >,
        after_person: Option<ID>,
    ) -> Result<Vec<PersonOfAccess>> {
        let session = session(context);
        if !(1..=MOST).contains(&first) {
            let message = format!("first must be between 1 and {MOST}");
            return Err(GatewayError::new(Code::BadUserInput, message).into());
        }
        let after = match (after_record, after_person) {
            (None, None) => None,
            (Some(record), Some(person)) => Some((record, key(session, &person)?)),
            _ => {
                let message = "afterRecord and afterPerson go together";
                return Err(GatewayError::new(Code::BadUserInput, message).into());
            }
        };
        let seen = Arc::new(Mutex::default());
        let look = Look {
            officer: overseer(session)?,
            case: id,
            record,
            first: first.unsigned_abs().into(),
            after,
            seen: seen.clone(),
        };
        session.commit_protected(shown(), look).await?;
        let seen = std::mem::take(&mut *seen.lock());
        let persons = seen.into_iter().map(|seen| PersonOfAccess {
            record: seen.record,
            at: seen.at,
            person_id: session.identifiers.id(PERSON, seen.person).into(),
            name: seen.name,
            id_number: seen.id_number,
        });
        Ok(persons.collect())
    }
}

/// What everybody does who oversees: the second person of a case is another officer or an auditor.
#[derive(Default)]
pub struct SignatureMutation;

#[Object]
impl SignatureMutation {
    /// 批准审计案件: the second signature; never by who proposed it
    async fn approve_audit_case(&self, context: &Context<'_>, id: i64) -> Result<AuditCase> {
        decide(session(context), id, Verdict::Approve).await
    }

    /// 否决审计案件
    async fn reject_audit_case(&self, context: &Context<'_>, id: i64) -> Result<AuditCase> {
        decide(session(context), id, Verdict::Reject).await
    }

    /// 结案: closes a case before its time, or takes a proposal back; the persons see from then on who looked
    async fn close_audit_case(&self, context: &Context<'_>, id: i64) -> Result<AuditCase> {
        let session = session(context);
        session.commit(Close { overseer: overseer(session)?, case: id }).await?;
        case_now(session, id).await
    }
}

/// Who acts. A client's word for who does is not enough: a system that names both people is one.
fn overseer(session: &Session) -> Result<Overseer, GatewayError> {
    if session.caller.is_asserted() || !session.caller.is_named_person() {
        let message = "audit cases are a named person's: by a token whose issuer knows them";
        return Err(GatewayError::new(Code::Forbidden, message));
    }
    let principal = session.caller.principal();
    Ok(Overseer {
        subject: principal.subject.to_owned(),
        issuer: principal.issuer.to_owned(),
        role: session.caller.role,
        units: session.reach.units(),
    })
}

fn concerns(
    records: Option<Vec<i64>>,
    scope: Option<AuditCaseScope>,
) -> Result<Concerns, GatewayError> {
    match (records, scope) {
        (Some(records), None) => Ok(Concerns::Records(records)),
        (None, Some(scope)) => Ok(Concerns::Scope(Scope {
            from: scope.from,
            until: scope.until,
            department: scope.department,
            purpose: scope.purpose,
            actor: scope.actor_ref,
        })),
        _ => {
            let message = "say what the case concerns: by records or by scope";
            Err(GatewayError::new(Code::BadUserInput, message))
        }
    }
}

async fn settle(
    session: &Session,
    officer: &Overseer,
    concerns: Concerns,
    person: Option<i64>,
) -> Result<Vec<i64>, GatewayError> {
    let pseudonym = |caller: &str| pseudonym(session, caller);
    concerned(&session.db, officer, concerns, person, pseudonym, session.now).await
}

/// What is read of a person who asked.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "person::Entity")]
struct Asked {
    id: i64,
}

/// The key of the person who asked.
async fn somebody(
    session: &Session,
    id: Option<ID>,
    number: Option<String>,
) -> Result<i64, GatewayError> {
    let found = match (id, number) {
        (Some(id), None) => {
            let key = key(session, &id)?;
            let by_key = person::Column::Id.eq(key);
            columns::all::<person::Entity, Asked>(&session.db, |persons| persons.filter(by_key))
                .await
        }
        (None, Some(number)) => {
            let number = person::Column::IdNumber.eq(number.trim().to_ascii_uppercase());
            columns::all::<person::Entity, Asked>(&session.db, |persons| {
                persons.filter(number).limit(2)
            })
            .await
        }
        _ => {
            let message = "name the person who asked, by personId or by idNumber";
            return Err(GatewayError::new(Code::BadUserInput, message));
        }
    };
    match found.map_err(|_| unreadable())?.as_slice() {
        [asked] => Ok(asked.id),
        [] => Err(GatewayError::new(Code::NotFound, "nobody is registered under this identifier")),
        _ => {
            let message = "several persons are registered under this number: use personId";
            Err(GatewayError::new(Code::Conflict, message))
        }
    }
}

fn key(session: &Session, id: &ID) -> Result<i64, GatewayError> {
    let message = "this is not the identifier of a person that was given out here";
    let key = session.identifiers.key(PERSON, id.as_str());
    key.ok_or_else(|| GatewayError::new(Code::IdInvalid, message))
}

async fn decide(session: &Session, id: i64, verdict: Verdict) -> Result<AuditCase> {
    session.commit(Decide { signer: overseer(session)?, case: id, verdict }).await?;
    case_now(session, id).await
}

/// The case as it stands now.
async fn case_now(session: &Session, id: i64) -> Result<AuditCase> {
    let row = store::case(&session.db, id).await.map_err(|_| unreadable())?;
    let row = row.ok_or_else(unreadable)?;
    // What was just done was done after the request began.
    let done = row.closed_at.or(row.decided_at).unwrap_or(row.proposed_at);
    Ok(case_of(row, session.now.max(done)))
}

fn case_of(row: audit_case::Model, now: DateTime<Utc>) -> AuditCase {
    AuditCase {
        status: Status::of(&row, now).code(),
        records: store::records(&row),
        id: row.id,
        kind: row.kind,
        reason_code: row.reason_code,
        reason: row.reason,
        request_ref: row.request_ref,
        officer: row.officer,
        proposed_at: row.proposed_at,
        decider: row.decider,
        decider_role: row.decider_role,
        decided_at: row.decided_at,
        expires_at: row.expires_at,
        closed_at: row.closed_at,
        closed_by: row.closed_by,
    }
}

impl AuditCaseReason {
    const fn code(self) -> &'static str {
        match self {
            AuditCaseReason::Complaint => "COMPLAINT",
            AuditCaseReason::Incident => "INCIDENT",
            AuditCaseReason::UnusualAccess => "UNUSUAL_ACCESS",
            AuditCaseReason::Authority => "AUTHORITY",
            AuditCaseReason::SpotCheck => "SPOT_CHECK",
        }
    }
}

fn unreadable() -> GatewayError {
    GatewayError::new(Code::DatabaseUnavailable, "the audit cases cannot be read")
}

#[test]
fn the_reasons_are_those_of_the_rules_and_those_that_accesses_show() {
    use AuditCaseReason::*;

    use crate::{
        catalogue::catalogue,
        rules::audit_case::{REASONS, REQUEST},
    };

    let codes = [Complaint, Incident, UnusualAccess, Authority, SpotCheck];
    let codes = codes.map(AuditCaseReason::code);
    assert_eq!(codes, REASONS.map(|(code, ..)| code));
    let field = catalogue().field_of(entity::access_event::Column::CaseReason);
    let shown = field.codes.unwrap().entries().iter().map(|entry| &*entry.code);
    assert!(codes.into_iter().chain([REQUEST]).eq(shown));
}
