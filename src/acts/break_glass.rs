//! Opening and closing emergency access to one patient (PIPL 13(4)).

use chrono::{DateTime, Utc};
use entity::{
    break_glass::{Column, Entity, Model},
    caseload, organization, person,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, Condition, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, QuerySelect as _, sea_query::Expr,
};
use serde_json::{Value as Json, json};

use super::{Actor, Desk, Told, conflict, forbidden, not_found, unavailable};
use crate::{
    audit::Applied,
    clock::day_in_shanghai,
    db::next_key,
    error::Result,
    graphql::{
        events::{KIND, of_instant},
        input::{self, bad_input},
    },
    policy::Role,
    rules::break_glass::{expires, is_open, is_suspended},
};

/// An emergency access to be opened.
pub struct Open {
    patient: Patient,
    reason_code: &'static str,
    reason_text: String,
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
        Ok(Self { patient, reason_code, reason_text })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let waiting = Entity::find()
            .filter(Column::Subject.eq(&actor.subject))
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
        let patient = self.find(transaction).await?;
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
        };
        let event = event.into_active_model().insert(transaction).await.map_err(unavailable)?;
        let after = recorded(&event, &organization.code);
        Ok(told("break_glass.open", Json::Null, after, event, organization))
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
            .filter(Column::Subject.eq(&actor.subject))
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
        Entity::update_many()
            .col_expr(Column::ClosedAt, Expr::value(now))
            .filter(Column::Id.eq(before.id))
            .exec(transaction)
            .await
            .map_err(unavailable)?;
        let [before, closed] = [&before, &after].map(|event| recorded(event, &organization.code));
        Ok(told("break_glass.close", before, closed, after, organization))
    }
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
    (applied, Told::Event { event, organization: organization.code })
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
    })
}
