//! Opening and closing emergency access to one patient (PIPL 13(4)).

use chrono::{DateTime, Utc};
use entity::{
    break_glass::{Column, Entity, Model},
    break_glass_miss as miss, caseload, organization, person,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, Condition, DatabaseTransaction, EntityTrait,
    IntoActiveModel, PaginatorTrait as _, QueryFilter, QueryOrder as _, QuerySelect as _,
    sea_query::Expr,
};
use serde_json::{Value as Json, json};

use super::{Actor, Desk, Told, conflict, forbidden, not_found, unavailable};
use crate::{
    audit::{Applied, MISS},
    clock::day_in_shanghai,
    db::next_key,
    error::{Code, GatewayError, Result},
    graphql::{
        events::{KIND, of_instant},
        input::{self, bad_input},
    },
    policy::Role,
    rules::break_glass::{DAY, EmergencyLimits, expires, is_open, is_suspended, paused_until},
    volume::exceeded,
};

/// An emergency access to be opened.
pub struct Open {
    patient: Patient,
    reason_code: &'static str,
    reason_text: String,
    limits: EmergencyLimits,
}

enum Patient {
    Key(i64),
    Number(String),
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
    pub fn read(desk: &Desk<'_>) -> Result<Self> {
        let given = &desk.given;
        let patient = match (given.value("personId"), given.text("idNumber")?) {
            (Some(id), None) => Patient::Key(input::key(desk.identifiers, "Person", &id)?),
            (None, Some(number)) => Patient::Number(number.to_ascii_uppercase()),
            _ => return Err(bad_input("name the patient by personId or by idNumber")),
        };
        let reason_code = given.one_of("reasonCode", "BreakGlassReason")?;
        let reason_text =
            given.text("reasonText")?.ok_or_else(|| bad_input("reasonText is required"))?;
        Ok(Self { patient, reason_code, reason_text, limits: desk.emergency })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let waiting = Entity::find()
            .filter(opened_by(actor))
            .filter(Column::ReviewedAt.is_null())
            .all(transaction)
            .await
            .map_err(unavailable)?;
        if is_suspended(&waiting, now) {
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
                && is_open(event, now)
        }) {
            return Err(conflict("an emergency access to this patient is open already"));
        }
        if actor.role != Role::HE
            && is_in_care(actor, &patient, organization.id, transaction, now).await?
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
        let after = recorded(&event, &organization.code);
        Ok(told("break_glass.open", Json::Null, after, event, organization))
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
        let open = Entity::find()
            .filter(opened_by(actor))
            .filter(Column::OpenedAt.lte(now))
            .filter(Column::ExpiresAt.gt(now))
            .filter(Condition::any().add(Column::ClosedAt.is_null()).add(Column::ClosedAt.gt(now)))
            .order_by_asc(Column::ExpiresAt)
            .all(transaction)
            .await
            .map_err(unavailable)?;
        if open.len() >= most as usize {
            let end = open.first().map_or(expires(now), |event| event.expires_at);
            let message =
                format!("a clinician has at most {most} patients open at once: close one");
            return Err(exceeded(message, "EMERGENCY_OPEN", most.into(), end, now));
        }
        let most = self.limits.opened_a_day;
        let of_day = Entity::find()
            .filter(Column::OrganizationId.eq(organization))
            .filter(Column::OpenedAt.gt(now - DAY));
        if of_day.clone().count(transaction).await.map_err(unavailable)? >= most.into() {
            // The access that leaves the window first makes room for the next.
            let last = of_day
                .order_by_desc(Column::OpenedAt)
                .offset(u64::from(most.saturating_sub(1)))
                .one(transaction)
                .await
                .map_err(unavailable)?;
            let end = last.map_or(now, |event| event.opened_at) + DAY;
            let message = format!("an organization opens at most {most} emergencies in 24 hours");
            return Err(exceeded(message, "EMERGENCY_DAY", most.into(), end, now));
        }
        Ok(())
    }

    async fn find(&self, transaction: &DatabaseTransaction) -> Result<person::Model> {
        let select = match &self.patient {
            Patient::Key(key) => person::Entity::find_by_id(*key),
            Patient::Number(number) => {
                person::Entity::find().filter(person::Column::IdNumber.eq(number))
            }
        };
        let mut found = select.limit(2).all(transaction).await.map_err(unavailable)?;
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
    pub fn read(desk: &Desk<'_>) -> Result<Self> {
        Ok(Self { event: input::key(desk.identifiers, KIND, &desk.given.required("id")?)? })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let organization = organization_of(actor, transaction).await?;
        let found = Entity::find_by_id(self.event)
            .filter(opened_by(actor))
            .filter(Column::Role.eq(actor.role.code()))
            .filter(Column::OrganizationId.eq(organization.id))
            .one(transaction)
            .await
            .map_err(unavailable)?;
        let before = found.ok_or_else(|| not_found("the caller opened no such access"))?;
        if !is_open(&before, now) {
            return Err(conflict("the access is over already"));
        }
        let after = Model { closed_at: Some(now), ..before.clone() };
        // Whoever closes an access means that the patient's record is closed to them: no other
        // access of theirs to this patient leaves it open.
        Entity::update_many()
            .col_expr(Column::ClosedAt, Expr::value(now))
            .filter(opened_by(actor))
            .filter(Column::Role.eq(actor.role.code()))
            .filter(Column::OrganizationId.eq(organization.id))
            .filter(Column::PersonId.eq(before.person_id))
            .filter(Column::ClosedAt.is_null())
            .filter(Column::ExpiresAt.gt(now))
            .exec(transaction)
            .await
            .map_err(unavailable)?;
        let [before, closed] = [&before, &after].map(|event| recorded(event, &organization.code));
        Ok(told("break_glass.close", before, closed, after, organization))
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
    let rows = miss::Entity::find()
        .filter(miss::Column::Issuer.eq(&actor.issuer))
        .filter(miss::Column::Subject.eq(&actor.subject))
        .filter(miss::Column::At.gt(now - DAY))
        .order_by_asc(miss::Column::At)
        .all(transaction)
        .await
        .map_err(unavailable)?;
    Ok(rows.into_iter().map(|row| row.at).collect())
}

/// Keeps that an attempt found nobody: it commits with its record, and the caller is refused.
async fn missed(
    actor: &Actor,
    organization: &organization::Model,
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

async fn organization_of(
    actor: &Actor,
    transaction: &DatabaseTransaction,
) -> Result<organization::Model> {
    let key = actor.organization.ok_or_else(|| forbidden("the token acts for no organization"))?;
    organization_with(key, transaction).await
}

pub(super) async fn organization_with(
    key: i64,
    transaction: &DatabaseTransaction,
) -> Result<organization::Model> {
    let found = organization::Entity::find_by_id(key).one(transaction).await;
    found.map_err(unavailable)?.ok_or_else(|| not_found("the organization is gone"))
}

/// Whether a clinician sees the patient without any emergency: on the organization's books today,
/// and living in its unit.
async fn is_in_care(
    actor: &Actor,
    patient: &person::Model,
    organization: i64,
    transaction: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<bool> {
    let today = day_in_shanghai(now);
    let ended_on = caseload::Column::EndedOn;
    let still_open = Condition::any().add(ended_on.is_null()).add(ended_on.gt(today));
    let case = caseload::Entity::find()
        .filter(caseload::Column::PersonId.eq(patient.id))
        .filter(caseload::Column::OrganizationId.eq(organization))
        .filter(caseload::Column::StartedOn.lte(today))
        .filter(still_open)
        .one(transaction)
        .await
        .map_err(unavailable)?;
    let (low, high) = actor.units;
    Ok(case.is_some() && (low..=high).contains(&patient.residence_unit_id))
}

pub(super) fn told(
    action: &'static str,
    before: Json,
    after: Json,
    event: Model,
    organization: organization::Model,
) -> (Applied, Told) {
    let (target, subjects) = (event.id.to_string(), vec![event.person_id]);
    let applied = Applied { action, target, before, after, subjects };
    (applied, Told::Event { event: Box::new(event), organization: organization.code })
}

/// An event as its record tells it: without what clinician and reviewer wrote in their words.
pub(super) fn recorded(event: &Model, organization: &str) -> Json {
    json!({
        "openedBy": event.subject,
        "role": event.role,
        "organization": organization,
        "reasonCode": event.reason_code,
        "openedAt": of_instant(event.opened_at),
        "expiresAt": of_instant(event.expires_at),
        "closedAt": event.closed_at.map(of_instant),
        "reviewedAt": event.reviewed_at.map(of_instant),
        "reviewer": event.reviewer,
        "verdict": event.verdict,
        "reviewFlag": event.review_flag,
    })
}
