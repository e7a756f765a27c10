//! Notices of arrival (D7): whoever meets somebody who moved in tells the health centre that serves the
//! place; it accepts, and then serves the person, or refuses with a reason.

mod answer;
mod create;
mod person;
mod withdraw;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{residence_notice, residence_notice_route};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, DerivePartialModel, QueryFilter as _};
use serde_json::{Value as Json, json};

pub use self::{answer::Answer, create::Create, withdraw::Withdraw};

use super::{not_found, unavailable};
use crate::{
    audit::Applied,
    db::columns,
    error::Result,
    graphql::{events::of_instant, ids::Identifiers},
    rules::calendar::{add_working_days, day_of},
};

/// Working days in which a notice is answered.
const ANSWERED_IN: u32 = 3;

/// The kind that identifiers of notices name.
const KIND: &str = "ResidenceNotice";

const WAITS: &str = "1";
const ACCEPTED: &str = "2";
const REFUSED: &str = "3";
const WITHDRAWN: &str = "4";

/// What is read of a notice that an act is about.
#[derive(Clone, DerivePartialModel)]
#[sea_orm(entity = "residence_notice::Entity")]
pub struct Notice {
    id: i64,
    person_id: i64,
    community_code: Option<String>,
    arrival_date: Option<NaiveDate>,
    sent_at: Option<DateTime<Utc>>,
    forwarded_to_name: Option<String>,
    status: Option<String>,
    answered_on: Option<NaiveDate>,
    refusal_reason: Option<String>,
}

/// What is read of its way.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "residence_notice_route::Entity")]
struct Route {
    sender_organization_id: Option<i64>,
    receiver_organization_id: i64,
}

/// A notice as an act tells it, and whether to one who serves the person from now on.
pub struct Told {
    notice: Notice,
    serves: bool,
}

impl Told {
    /// What an act answers.
    pub fn describe(&self, identifiers: &Identifiers) -> Json {
        let Self { notice, serves } = self;
        let sent = notice.sent_at;
        let by = sent.map(|sent| add_working_days(day_of(sent), ANSWERED_IN));
        json!({
            "id": identifiers.id(KIND, notice.id),
            "status": notice.status,
            "statusLabelZh": label(notice.status.as_deref()),
            "sentAt": sent.map(of_instant),
            "forwardedTo": notice.forwarded_to_name,
            "answerBy": by,
            "answeredOn": notice.answered_on,
            "refusalReason": notice.refusal_reason,
            "personId": serves.then(|| identifiers.id("Person", notice.person_id)),
        })
    }

    /// What the record tells: states and codes, and nothing that was written down of the person.
    fn applied(&self, action: &'static str, before: Option<&Notice>) -> Applied {
        Applied {
            action,
            target: self.notice.id.to_string(),
            before: before.map_or(Json::Null, recorded),
            after: recorded(&self.notice),
            subjects: vec![self.notice.person_id],
        }
    }
}

fn recorded(notice: &Notice) -> Json {
    json!({
        "status": notice.status,
        "forwardedTo": notice.forwarded_to_name,
        "answeredOn": notice.answered_on,
        "refusalReason": notice.refusal_reason,
    })
}

fn label(status: Option<&str>) -> Option<&'static str> {
    Some(match status? {
        WAITS => "待受理",
        ACCEPTED => "已受理",
        REFUSED => "已退回",
        WITHDRAWN => "已撤回",
        _ => return None,
    })
}

/// A notice with its way.
async fn notice(id: i64, transaction: &DatabaseTransaction) -> Result<Option<(Notice, Route)>> {
    let found = columns::one::<residence_notice::Entity, Notice>(transaction, |notices| {
        notices.filter(residence_notice::Column::Id.eq(id))
    });
    let Some(found) = found.await.map_err(unavailable)? else { return Ok(None) };
    let route = columns::one::<residence_notice_route::Entity, Route>(transaction, |routes| {
        routes.filter(residence_notice_route::Column::NoticeId.eq(id))
    });
    Ok(route.await.map_err(unavailable)?.map(|route| (found, route)))
}

/// That there is none, or one of others: both are told alike.
fn missing() -> crate::error::GatewayError {
    not_found("there is no such notice of this organization")
}
