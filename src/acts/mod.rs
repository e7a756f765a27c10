//! What callers do: each act is one change, which commits with its record or not at all.
//!
//! An act looks at what it changes under the lock of its record, and reads no more of a row than the
//! columns it needs (`db::columns`).

mod access_request;
mod break_glass;
mod closing;
mod consent;
mod event;
mod notice;
mod once;
mod review;
mod subject_request;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use parking_lot::Mutex;
use sea_orm::{DatabaseTransaction, DbErr};
use serde_json::Value as Json;

use self::event::{Event, Words};
use crate::{
    audit::{Applied, Change},
    error::{Code, GatewayError, Result},
    graphql::{acts::Given, ids::Identifiers},
    policy::{Act, GrantSet, Permit, Role},
    rules::break_glass::EmergencyLimits,
};

/// Who acts, and from where.
#[derive(Clone)]
pub struct Actor {
    /// Who answers for it: the acting officer, or the subject of the token.
    pub subject: String,
    /// The issuer that knows them by this name.
    pub issuer: String,
    /// Whether the client whose token it is alone says who acts.
    pub is_asserted: bool,
    /// The role.
    pub role: Role,
    /// The key of the person whose own token it is.
    pub person: Option<i64>,
    /// The key of the organization the token acts for.
    pub organization: Option<i64>,
    /// Smallest and largest identifier of the caller's unit and all below it.
    pub units: (i64, i64),
    /// The day of the request in Asia/Shanghai.
    pub today: NaiveDate,
}

/// What the arguments of an act are read by.
pub struct ActContext<'a> {
    /// The arguments.
    pub given: Given<'a>,
    /// Identifiers of the caller's department.
    pub identifiers: &'a Identifiers,
    /// The grants in force.
    pub grants: &'a GrantSet,
    /// What the caller may see.
    pub permit: &'a Permit,
    /// The instant of the request.
    pub now: DateTime<Utc>,
    /// How many emergencies may be open.
    pub emergency: EmergencyLimits,
}

/// An act with its arguments read, ready to be done.
pub struct ActChange {
    actor: Actor,
    what: What,
    told: Mutex<Option<Told>>,
}

enum What {
    Give(consent::Give),
    Withdraw(consent::Withdraw),
    Open(break_glass::Open),
    Close(break_glass::Close),
    Review(review::Review),
    CloseToGuardians(closing::Close),
    ReopenToGuardians(closing::Reopen),
    FileRequest(subject_request::File),
    WithdrawRequest(subject_request::Withdraw),
    ForwardRequest(subject_request::Forward),
    CloseRequest(subject_request::Close),
    RequestAccess(access_request::Ask),
    GiveNotice(Box<notice::Create>),
    WithdrawNotice(notice::Withdraw),
    AnswerNotice(notice::Answer),
}

/// What stands there after an act.
enum Told {
    Consent(consent::Consent),
    Event {
        event: Box<Event>,
        words: Option<Words>,
        organization: String,
    },
    Closing(closing::Closing),
    Request(subject_request::Request),
    Asked(access_request::Asked),
    Notice(Box<notice::Told>),
    /// Nobody is there: what was changed is that this is known.
    Missed(GatewayError),
}

impl ActChange {
    /// Reads the arguments of an act.
    ///
    /// # Errors
    /// When one is missing, of the wrong type, or against a rule that needs no look at the tables.
    pub fn new(act: Act, actor: Actor, context: &ActContext<'_>) -> Result<Self> {
        let what = match act {
            Act::GiveConsent => What::Give(consent::Give::read(&actor, context)?),
            Act::WithdrawConsent => What::Withdraw(consent::Withdraw::read(context)?),
            Act::OpenBreakGlass => What::Open(break_glass::Open::read(context)?),
            Act::CloseBreakGlass => What::Close(break_glass::Close::read(context)?),
            Act::ReviewBreakGlass => What::Review(review::Review::read(context)?),
            Act::CloseToGuardians => What::CloseToGuardians(closing::Close::read(context)?),
            Act::ReopenToGuardians => What::ReopenToGuardians(closing::Reopen::read(context)?),
            Act::FileRequest => What::FileRequest(subject_request::File::read(&actor, context)?),
            Act::WithdrawRequest => {
                What::WithdrawRequest(subject_request::Withdraw::read(context)?)
            }
            Act::ForwardRequest => What::ForwardRequest(subject_request::Forward::read(context)?),
            Act::AnswerRequest => What::CloseRequest(subject_request::Close::answer(context)?),
            Act::RequestAccess => What::RequestAccess(access_request::Ask::read(context)?),
            Act::RefuseRequest => What::CloseRequest(subject_request::Close::refuse(context)?),
            Act::GiveNotice => What::GiveNotice(notice::Create::read(&actor, context)?.into()),
            Act::WithdrawNotice => What::WithdrawNotice(notice::Withdraw::read(context)?),
            Act::AcceptNotice => What::AnswerNotice(notice::Answer::read(context, false)?),
            Act::RefuseNotice => What::AnswerNotice(notice::Answer::read(context, true)?),
        };
        Ok(Self { actor, what, told: Mutex::default() })
    }

    /// Why it is refused although its record is committed.
    pub fn refusal(&self) -> Option<GatewayError> {
        match self.told.lock().as_ref() {
            Some(Told::Missed(error)) => Some(error.clone()),
            _ => None,
        }
    }

    /// What there is to tell of it, once it was done.
    pub fn answer(&self, identifiers: &Identifiers) -> Json {
        match self.told.lock().as_ref() {
            None | Some(Told::Missed(_)) => Json::Null,
            Some(Told::Consent(given)) => consent::describe(given, identifiers),
            Some(Told::Closing(closing)) => closing.describe(identifiers),
            Some(Told::Asked(asked)) => asked.describe(identifiers),
            Some(Told::Request(request)) => request.describe(identifiers),
            Some(Told::Notice(notice)) => notice.describe(identifiers),
            Some(Told::Event { event, words, organization }) => {
                event.describe(words.as_ref(), organization, identifiers)
            }
        }
    }
}

#[async_trait]
impl Change for ActChange {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        // Databases keep microseconds: what is told is what is stored.
        let now = now.trunc_subsecs(6);
        let actor = &self.actor;
        let (applied, told) = match &self.what {
            What::Give(act) => act.apply(actor, transaction, now).await,
            What::Withdraw(act) => act.apply(actor, transaction, now).await,
            What::Open(act) => act.apply(actor, transaction, now).await,
            What::Close(act) => act.apply(actor, transaction, now).await,
            What::Review(act) => act.apply(actor, transaction, now).await,
            What::CloseToGuardians(act) => act.apply(actor, transaction, now).await,
            What::ReopenToGuardians(act) => act.apply(actor, transaction, now).await,
            What::FileRequest(act) => act.apply(actor, transaction, now).await,
            What::WithdrawRequest(act) => act.apply(actor, transaction, now).await,
            What::ForwardRequest(act) => act.apply(actor, transaction, now).await,
            What::RequestAccess(act) => act.apply(actor, transaction, now).await,
            What::CloseRequest(act) => act.apply(actor, transaction, now).await,
            What::GiveNotice(act) => act.apply(actor, transaction, now).await.map(of_notice),
            What::WithdrawNotice(act) => act.apply(actor, transaction, now).await.map(of_notice),
            What::AnswerNotice(act) => act.apply(actor, transaction, now).await.map(of_notice),
        }?;
        *self.told.lock() = Some(told);
        Ok(applied)
    }
}

fn of_notice((applied, told): (Applied, notice::Told)) -> (Applied, Told) {
    (applied, Told::Notice(Box::new(told)))
}

/// The error of a database that fails an act. Says nothing of its statements and values.
fn unavailable(_: DbErr) -> GatewayError {
    GatewayError::new(Code::DatabaseUnavailable, "the database is unavailable")
}

fn conflict(message: &str) -> GatewayError {
    GatewayError::new(Code::Conflict, message)
}

fn forbidden(message: &str) -> GatewayError {
    GatewayError::new(Code::Forbidden, message)
}

fn not_found(message: &str) -> GatewayError {
    GatewayError::new(Code::NotFound, message)
}
