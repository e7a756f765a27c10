//! Opening and closing emergency access to one patient (PIPL 13(4)).

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    break_glass::{Column, Entity, Model},
    break_glass_miss as miss, organization, person,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, Condition, DatabaseTransaction, DerivePartialModel,
    EntityTrait, IntoActiveModel, QueryFilter, QueryOrder as _, QuerySelect as _, Select,
    sea_query::Expr,
};
use serde_json::{Value as Json, json};

use super::{ActContext, Actor, Told, conflict, event::Event, forbidden, not_found, unavailable};
use crate::{
    audit::{Applied, MISS},
    clock::day_in_shanghai,
    db::{columns, next_key},
    error::{Code, GatewayError, Result},
    graphql::{
        events::{KIND, of_instant},
        input::{self, bad_input},
    },
    policy::Role,
    rules::{
        break_glass::{DAY, EmergencyLimits, Span, expires, is_suspended, paused_until},
        caseload,
    },
    volume::exceeded,
};

/// An emergency access to be opened.
pub struct Open {
    patient: Named,
    reason_code: &'static str,
    reason_text: String,
    limits: EmergencyLimits,
}

/// What a patient is named by.
enum Named {
    Key(i64),
    Number(String),
}

/// What is read of a patient.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "person::Entity")]
struct Patient {
    id: i64,
    residence_unit_id: i64,
}

/// What is read of an access to know how it bears on others.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "Entity")]
struct Opened {
    id: i64,
    person_id: i64,
    organization_id: i64,
    role: String,
    opened_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
}

impl Opened {
    fn span(&self) -> Span {
        let Self { opened_at, expires_at, closed_at, .. } = *self;
        Span { opened_at, expires_at, closed_at }
    }
}

/// What is read of the organization that an access is opened for.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "organization::Entity")]
pub(super) struct Organization {
    pub id: i64,
    pub code: String,
    pub unit_id: i64,
}

/// What is read of a case.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "entity::caseload::Entity")]
struct Case {
    started_on: NaiveDate,
    ended_on: Option<NaiveDate>,
}

/// What is read of an attempt that found nobody.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "miss::Entity")]
struct Miss {
    at: DateTime<Utc>,
}

/// An emergency access to be ended.
pub struct Close {
    event: i64,
}

impl Open {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When one is wrong, or not exactly one of them names the patient.
    pub fn read(context: &ActContext<'_>) -> Result<Self> {
        let given = &context.given;
        let patient = match (given.value("personId"), given.text("idNumber")?) {
            (Some(id), None) => Named::Key(input::key(context.identifiers, "Person", &id)?),
            (None, Some(number)) => Named::Number(number.to_ascii_uppercase()),
            _ => return Err(bad_input("name the patient by personId or by idNumber")),
        };
        let reason_code = given.one_of("reasonCode", "BreakGlassReason")?;
        let reason_text =
            given.text("reasonText")?.ok_or_else(|| bad_input("reasonText is required"))?;
        Ok(Self { patient, reason_code, reason_text, limits: context.emergency })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let waiting = columns::all::<Entity, Opened>(transaction, |events| {
            events.filter(opened_by(actor)).filter(Column::ReviewedAt.is_null())
        });
        let waiting = waiting.await.map_err(unavailable)?;
        if is_suspended(waiting.iter().map(|event| event.opened_at), now) {
            return Err(forbidden(
                "an earlier emergency access has waited 24 hours for its review: none is opened \
                 until it is reviewed",
            ));
        }
        let organization = organization_of(actor, transaction).await?;
        // Whoever may open nothing learns nothing of who is registered either.
        let misses = misses(actor, transaction, now).await?;
        self.check_limits(actor, organization.id, &misses, transaction, now).await?;
        let patient = match self.find(transaction).await {
            Err(error) if error.code == Code::NotFound => {
                return missed(actor, &organization, misses, error, transaction, now).await;
            }
            found => found?,
        };
        if waiting.iter().any(|event| {
            (event.person_id, event.organization_id, event.role.as_str())
                == (patient.id, organization.id, actor.role.code())
                && event.span().is_open(now)
        }) {
            return Err(conflict("an emergency access to this patient is open already"));
        }
        if actor.role != Role::HE
            && is_in_care(
                actor,
                (patient.id, patient.residence_unit_id),
                organization.id,
                transaction,
                now,
            )
            .await?
        {
            return Err(conflict("the patient is in the caseload, which opens the same"));
        }
        let id = next_key::<Entity>(transaction, Column::Id).await.map_err(unavailable)?;
        let event = Model {
            id,
            person_id: patient.id,
            subject: actor.subject.clone(),
            issuer: Some(actor.issuer.clone()),
            role: actor.role.code().to_owned(),
            organization_id: organization.id,
            unit_id: organization.unit_id,
            reason_code: self.reason_code.to_owned(),
            reason_text: self.reason_text.clone(),
            opened_at: now,
            expires_at: expires(now),
            closed_at: None,
            reviewed_at: None,
            reviewer: None,
            verdict: None,
            note: None,
            review_flag: None,
        };
        let event = event.into_active_model().insert(transaction).await.map_err(unavailable)?;
        Ok(Event::from(event).told("break_glass.open", Json::Null, None, organization.code))
    }

    /// Refuses what would be one too many, before anybody is looked for.
    async fn check_limits(
        &self,
        actor: &Actor,
        organization: i64,
        misses: &[DateTime<Utc>],
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if let Some(end) = paused_until(misses, now) {
            let message = "too many emergencies were opened for people who are not registered: \
                           wait until resetAt";
            return Err(exceeded(message, "EMERGENCY_MISSES", misses.len() as u64, end, now));
        }
        let most = self.limits.open_at_once;
        let lasting = columns::all::<Entity, Opened>(transaction, |events| {
            let lasting = events.filter(opened_by(actor)).filter(Column::ExpiresAt.gt(now));
            lasting.order_by_asc(Column::ExpiresAt)
        });
        let lasting = lasting.await.map_err(unavailable)?;
        let open: Vec<_> = lasting.iter().filter(|event| event.span().is_open(now)).collect();
        if open.len() >= most as usize {
            let end = open.first().map_or(expires(now), |event| event.expires_at);
            let message =
                format!("a clinician has at most {most} patients open at once: close one");
            return Err(exceeded(message, "EMERGENCY_OPEN", most.into(), end, now));
        }
        let most = self.limits.opened_a_day;
        let of_day = |events: Select<Entity>| {
            let of_organization = events.filter(Column::OrganizationId.eq(organization));
            of_organization.filter(Column::OpenedAt.gt(now - DAY))
        };
        let opened = columns::count(transaction, Column::Id, of_day).await.map_err(unavailable)?;
        if opened >= most.into() {
            // The access that leaves the window first makes room for the next.
            let last = columns::one::<Entity, Opened>(transaction, |events| {
                let latest_first = of_day(events).order_by_desc(Column::OpenedAt);
                latest_first.offset(u64::from(most.saturating_sub(1)))
            });
            let last = last.await.map_err(unavailable)?;
            let end = last.map_or(now, |event| event.opened_at) + DAY;
            let message = format!("an organization opens at most {most} emergencies in 24 hours");
            return Err(exceeded(message, "EMERGENCY_DAY", most.into(), end, now));
        }
        Ok(())
    }

    async fn find(&self, transaction: &DatabaseTransaction) -> Result<Patient> {
        let found = columns::all::<person::Entity, Patient>(transaction, |persons| {
            let named = match &self.patient {
                Named::Key(key) => persons.filter(person::Column::Id.eq(*key)),
                Named::Number(number) => persons.filter(person::Column::IdNumber.eq(number)),
            };
            named.limit(2)
        });
        let mut found = found.await.map_err(unavailable)?;
        match (found.pop(), found.pop()) {
            (Some(patient), None) => Ok(patient),
            (None, _) => Err(not_found("nobody is registered under this identifier")),
            (Some(_), Some(_)) => {
                Err(conflict("several persons are registered under this number: use personId"))
            }
        }
    }
}

impl Close {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When the id is not one of an emergency access.
    pub fn read(context: &ActContext<'_>) -> Result<Self> {
        Ok(Self { event: input::key(context.identifiers, KIND, &context.given.required("id")?)? })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let organization = organization_of(actor, transaction).await?;
        let own = |events: Select<Entity>| {
            let opened = events.filter(opened_by(actor)).filter(Column::Role.eq(actor.role.code()));
            opened.filter(Column::OrganizationId.eq(organization.id))
        };
        let found = columns::one::<Entity, Event>(transaction, |events| {
            own(events).filter(Column::Id.eq(self.event))
        });
        let found = found.await.map_err(unavailable)?;
        let before = found.ok_or_else(|| not_found("the caller opened no such access"))?;
        if !before.is_open(now) {
            return Err(conflict("the access is over already"));
        }
        // Whoever closes an access means that the patient's record is closed to them: no other
        // access of theirs to this patient leaves it open.
        let to_patient = columns::all::<Entity, Opened>(transaction, |events| {
            let to_patient = own(events).filter(Column::PersonId.eq(before.person_id));
            to_patient.filter(Column::ExpiresAt.gt(now))
        });
        let to_patient = to_patient.await.map_err(unavailable)?;
        let open = to_patient.iter().filter(|event| event.span().is_open(now));
        Entity::update_many()
            .col_expr(Column::ClosedAt, Expr::value(now))
            .filter(Column::Id.is_in(open.map(|event| event.id)))
            .exec(transaction)
            .await
            .map_err(unavailable)?;
        let after = Event { closed_at: Some(now), ..before.clone() };
        let before = before.recorded(&organization.code);
        Ok(after.told("break_glass.close", before, None, organization.code))
    }
}

/// Accesses that a clinician opened; those from before issuers were kept count for everybody of the
/// name.
fn opened_by(actor: &Actor) -> Condition {
    let known =
        Condition::any().add(Column::Issuer.eq(&actor.issuer)).add(Column::Issuer.is_null());
    Condition::all().add(Column::Subject.eq(&actor.subject)).add(known)
}

/// When a clinician's attempts of a day found nobody, the latest last.
async fn misses(
    actor: &Actor,
    transaction: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>> {
    let rows = columns::all::<miss::Entity, Miss>(transaction, |misses| {
        misses
            .filter(miss::Column::Issuer.eq(&actor.issuer))
            .filter(miss::Column::Subject.eq(&actor.subject))
            .filter(miss::Column::At.gt(now - DAY))
            .order_by_asc(miss::Column::At)
    });
    let rows = rows.await.map_err(unavailable)?;
    Ok(rows.into_iter().map(|row| row.at).collect())
}

/// Keeps that an attempt found nobody: it commits with its record, and the caller is refused.
async fn missed(
    actor: &Actor,
    organization: &Organization,
    mut misses: Vec<DateTime<Utc>>,
    error: GatewayError,
    transaction: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<(Applied, Told)> {
    let id = next_key::<miss::Entity>(transaction, miss::Column::Id).await.map_err(unavailable)?;
    let (issuer, subject) = (actor.issuer.clone(), actor.subject.clone());
    let row = miss::Model { id, issuer, subject, at: now };
    row.into_active_model().insert(transaction).await.map_err(unavailable)?;
    misses.push(now);
    let applied = Applied {
        action: MISS,
        target: id.to_string(),
        before: Json::Null,
        after: json!({
            "organization": organization.code,
            "missesOfADay": misses.len(),
            "pausedUntil": paused_until(&misses, now).map(of_instant),
        }),
        subjects: Vec::new(),
    };
    Ok((applied, Told::Missed(error)))
}

pub(super) async fn organization_of(
    actor: &Actor,
    transaction: &DatabaseTransaction,
) -> Result<Organization> {
    let key = actor.organization.ok_or_else(|| forbidden("the token acts for no organization"))?;
    organization_with(key, transaction).await
}

pub(super) async fn organization_with(
    key: i64,
    transaction: &DatabaseTransaction,
) -> Result<Organization> {
    let found = columns::one::<organization::Entity, Organization>(transaction, |organizations| {
        organizations.filter(organization::Column::Id.eq(key))
    });
    found.await.map_err(unavailable)?.ok_or_else(|| not_found("the organization is gone"))
}

/// Whether a clinician sees the patient without any emergency: on the organization's books today,
/// and living in its unit.
pub(super) async fn is_in_care(
    actor: &Actor,
    (patient, lives_in): (i64, i64),
    organization: i64,
    transaction: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<bool> {
    let today = day_in_shanghai(now);
    let cases = columns::all::<entity::caseload::Entity, Case>(transaction, |cases| {
        cases
            .filter(entity::caseload::Column::PersonId.eq(patient))
            .filter(entity::caseload::Column::OrganizationId.eq(organization))
    });
    let cases = cases.await.map_err(unavailable)?;
    let is_on_books =
        cases.iter().any(|case| caseload::is_open(case.started_on, case.ended_on, today));
    let (low, high) = actor.units;
    Ok(is_on_books && (low..=high).contains(&lives_in))
}
