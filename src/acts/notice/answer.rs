//! The answer of the health centre: it serves the person from now on, or says why not.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    administrative_unit, caseload, person,
    residence_notice::{Column, Entity},
    residence_registration,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, DerivePartialModel,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, sea_query::Expr,
};

use super::{ACCEPTED, KIND, Notice, REFUSED, Told, WAITS, create::listed, missing, notice};
use crate::{
    acts::{ActContext, Actor, break_glass::organization_of, conflict, unavailable},
    audit::Applied,
    db::{columns, next_key},
    due::recompute,
    error::Result,
    graphql::input::{self, bad_input},
    rules::{caseload::is_open, regions},
};

/// An answer to a notice; accepted where there is no reason against it.
pub struct Answer {
    notice: i64,
    refusal: Option<String>,
}

/// What is read of a case.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "caseload::Entity")]
struct Case {
    started_on: NaiveDate,
    ended_on: Option<NaiveDate>,
}

/// What is read of a place.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "administrative_unit::Entity")]
struct Place {
    id: i64,
}

/// What is read of a stay.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "residence_registration::Entity")]
struct Stay {
    residence_region_code: Option<String>,
    arrival_date: Option<NaiveDate>,
    departure_date: Option<NaiveDate>,
}

impl Answer {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When one is wrong, or a refusal has no reason.
    pub fn read(context: &ActContext<'_>, refuses: bool) -> Result<Self> {
        let notice = input::key(context.identifiers, KIND, &context.given.required("id")?)?;
        let refusal = if refuses {
            let reason = context.given.text("reason")?;
            let reason = reason.ok_or_else(|| bad_input("reason is required"))?;
            listed(Column::RefusalReason, &reason)?;
            Some(reason)
        } else {
            None
        };
        Ok(Self { notice, refusal })
    }

    pub(in crate::acts) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let organization = organization_of(actor, transaction).await?;
        let found = notice(self.notice, transaction).await?;
        let found = found.filter(|(_, route)| route.receiver_organization_id == organization.id);
        let (before, _) = found.ok_or_else(missing)?;
        let status = if self.refusal.is_some() { REFUSED } else { ACCEPTED };
        let serves = self.refusal.is_none();
        if before.status.as_deref() == Some(status) && before.refusal_reason == self.refusal {
            // Said again, by whoever did not hear that it was heard.
            let told = Told::of(before, serves);
            return Ok((told.applied("residence_notice.repeat", None), told));
        }
        if before.status.as_deref() != Some(WAITS) {
            return Err(conflict("this notice is answered already, or was withdrawn"));
        }
        Entity::update_many()
            .col_expr(Column::Status, Expr::value(status))
            .col_expr(Column::AnsweredOn, Expr::value(actor.today))
            .col_expr(Column::RefusalReason, Expr::value(self.refusal.clone()))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(Column::Id.eq(before.id))
            .exec(transaction)
            .await
            .map_err(unavailable)?;
        let after = Notice {
            status: Some(status.to_owned()),
            answered_on: Some(actor.today),
            refusal_reason: self.refusal.clone(),
            ..before.clone()
        };
        if serves {
            take_in(&after, organization.id, actor.today, transaction).await?;
        }
        let person = after.person_id;
        recompute(transaction, person, actor.today).await.map_err(unavailable)?;
        let action = if serves { "residence_notice.accept" } else { "residence_notice.refuse" };
        let told = Told::of(after, serves);
        Ok((told.applied(action, Some(&before)), told))
    }
}

/// Takes the person of an accepted notice on the books of a centre; and where the notice is the newest
/// that is known of where the person lives, that is where the person lives, until the police's value
/// comes.
pub(super) async fn take_in(
    notice: &Notice,
    organization: i64,
    today: NaiveDate,
    transaction: &DatabaseTransaction,
) -> Result<()> {
    let cases = columns::all::<caseload::Entity, Case>(transaction, |cases| {
        cases
            .filter(caseload::Column::PersonId.eq(notice.person_id))
            .filter(caseload::Column::OrganizationId.eq(organization))
    });
    let cases = cases.await.map_err(unavailable)?;
    if !cases.iter().any(|case| is_open(case.started_on, case.ended_on, today)) {
        let id = next_key::<caseload::Entity>(transaction, caseload::Column::Id);
        let case = caseload::Model {
            id: id.await.map_err(unavailable)?,
            person_id: notice.person_id,
            organization_id: organization,
            started_on: today,
            ended_on: None,
            contract: None,
        };
        case.into_active_model().insert(transaction).await.map_err(unavailable)?;
    }
    if is_newest(notice, today, transaction).await? {
        let code = notice.community_code.clone().unwrap_or_default();
        let places = columns::all::<administrative_unit::Entity, Place>(transaction, |units| {
            units.filter(administrative_unit::Column::Code.eq(code))
        });
        if let Some(place) = places.await.map_err(unavailable)?.into_iter().next_back() {
            person::Entity::update_many()
                .col_expr(person::Column::ResidenceUnitId, Expr::value(place.id))
                .filter(person::Column::Id.eq(notice.person_id))
                .exec(transaction)
                .await
                .map_err(unavailable)?;
        }
    }
    Ok(())
}

/// Whether no registration that is open is of a later arrival, or of the same county.
async fn is_newest(
    notice: &Notice,
    today: NaiveDate,
    transaction: &DatabaseTransaction,
) -> Result<bool> {
    let stays = columns::all::<residence_registration::Entity, Stay>(transaction, |stays| {
        stays.filter(residence_registration::Column::PersonId.eq(notice.person_id))
    });
    let county =
        |code: Option<&str>| code.and_then(|code| regions::county(code, regions::Sense::Health));
    let here = county(notice.community_code.as_deref());
    let is_nearer = |stay: &Stay| {
        let is_open = stay.arrival_date.is_some_and(|arrival| arrival <= today)
            && stay.departure_date.is_none_or(|departure| today < departure);
        let is_here = county(stay.residence_region_code.as_deref()) == here;
        is_open && (is_here || stay.arrival_date > notice.arrival_date)
    };
    Ok(!stays.await.map_err(unavailable)?.iter().any(is_nearer))
}
