//! Giving and withdrawing consent (PIPL 14–17, 29, 31).

use chrono::{DateTime, Months, Utc};
use entity::{
    consent::{Column, Entity, Model},
    household_member, person,
    sharing::{Department, Group},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, Condition, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, sea_query::Expr,
};
use serde_json::{Value as Json, json};

use super::{Actor, Desk, Told, conflict, forbidden, not_found, unavailable};
use crate::{
    audit::Applied,
    db::next_key,
    error::Result,
    graphql::{
        events::of_instant,
        ids::Identifiers,
        input::{self, bad_input},
    },
    policy::{Purpose, consent_opens},
};

/// How far ahead a consent may end, in months.
const LONGEST_MONTHS: u32 = 12;

/// A consent to be given.
pub struct Give {
    person: i64,
    recipient: Department,
    purpose: Purpose,
    group: Group,
    expires_at: DateTime<Utc>,
}

/// A consent to be withdrawn.
pub struct Withdraw {
    consent: i64,
}

impl Give {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When one is wrong, when the end is not within a year, or when no grant asks for this consent.
    pub fn read(actor: &Actor, desk: &Desk<'_>) -> Result<Self> {
        let given = &desk.given;
        let code = |name: &str| input::text(&given.required(name)?);
        let recipient = Department::parse(&code("recipientDepartment")?)
            .ok_or_else(|| bad_input("recipientDepartment is the code of a department"))?;
        let purpose = Purpose::parse(&code("purpose")?)
            .ok_or_else(|| bad_input("purpose is the code of a purpose"))?;
        let group = Group::parse(&code("fieldGroup")?)
            .ok_or_else(|| bad_input("fieldGroup is the code of a group, G01 to G32"))?;
        let expires_at = input::instant(&code("expiresAt")?)
            .ok_or_else(|| bad_input("expiresAt is an instant like 2026-03-06T08:00:00+08:00"))?;
        let latest = desk.now.checked_add_months(Months::new(LONGEST_MONTHS));
        if expires_at <= desk.now || latest.is_none_or(|latest| expires_at > latest) {
            return Err(bad_input("expiresAt lies ahead, by a year at most"));
        }
        if !consent_opens(desk.grants, recipient, purpose, group, desk.now) {
            return Err(bad_input(
                "this department has no grant that asks for consent to this group for this \
                 purpose: consent would open nothing",
            ));
        }
        let person = match given.value("personId") {
            Some(id) => Some(input::key(desk.identifiers, "Person", &id)?),
            None => actor.person,
        };
        let person = person.ok_or_else(|| forbidden("the token is not a person's own"))?;
        Ok(Self { person, recipient, purpose, group, expires_at })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        if !decides_for(actor, self.person, transaction).await? {
            return Err(forbidden(
                "a person of 14 or more decides for itself, and a guardian for a child under 14 \
                 (PIPL 31)",
            ));
        }
        let (recipient, group) = (self.recipient.code(), self.group.code());
        let same = same(self.person, recipient, self.purpose.code(), group);
        let lasting = Entity::find().filter(same).filter(lasts(now)).one(transaction).await;
        if lasting.map_err(unavailable)?.is_some() {
            return Err(conflict("this consent is given already: withdraw it, or let it end"));
        }
        let id = next_key::<Entity>(transaction, Column::Id).await.map_err(unavailable)?;
        let consent = Model {
            id,
            person_id: self.person,
            artefact: format!("TYS-{id:010}"),
            purpose: self.purpose.code().to_owned(),
            recipient_department: recipient.to_owned(),
            field_group: group.to_owned(),
            given_at: now,
            expires_at: Some(self.expires_at),
            withdrawn_at: None,
            source_system: "migrant-gateway".to_owned(),
            collecting_department: Department::Subject.code().to_owned(),
            collected_at: now,
            recorded_at: now,
            updated_at: now,
        };
        let consent = consent.into_active_model().insert(transaction).await.map_err(unavailable)?;
        let applied = Applied {
            action: "consent.give",
            target: id.to_string(),
            before: Json::Null,
            after: recorded(&consent),
            subjects: vec![self.person],
        };
        Ok((applied, Told::Consent(consent)))
    }
}

impl Withdraw {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When the id is not one of a consent.
    pub fn read(desk: &Desk<'_>) -> Result<Self> {
        let consent = input::key(desk.identifiers, "Consent", &desk.given.required("id")?)?;
        Ok(Self { consent })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let found = Entity::find_by_id(self.consent).one(transaction).await.map_err(unavailable)?;
        let missing = || not_found("there is no such consent of this person");
        let before = found.ok_or_else(missing)?;
        // What was given at any age its giver may take back.
        let is_own = actor.person == Some(before.person_id);
        if !is_own && !decides_for(actor, before.person_id, transaction).await? {
            return Err(missing());
        }
        let holds = |end: Option<DateTime<Utc>>| end.is_none_or(|end| now < end);
        if !holds(before.withdrawn_at) || !holds(before.expires_at) {
            return Err(conflict("this consent does not hold any more"));
        }
        // The same may have been given twice, on paper and here: whoever withdraws means all of it.
        let (purpose, recipient) = (&before.purpose, &before.recipient_department);
        Entity::update_many()
            .col_expr(Column::WithdrawnAt, Expr::value(now))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(same(before.person_id, recipient, purpose, &before.field_group))
            .filter(lasts(now))
            .exec(transaction)
            .await
            .map_err(unavailable)?;
        let after = Model { withdrawn_at: Some(now), updated_at: now, ..before.clone() };
        let applied = Applied {
            action: "consent.withdraw",
            target: self.consent.to_string(),
            before: recorded(&before),
            after: recorded(&after),
            subjects: vec![before.person_id],
        };
        Ok((applied, Told::Consent(after)))
    }
}

/// Consents of a person that say the same.
fn same(person: i64, recipient: &str, purpose: &str, group: &str) -> Condition {
    Condition::all()
        .add(Column::PersonId.eq(person))
        .add(Column::RecipientDepartment.eq(recipient))
        .add(Column::Purpose.eq(purpose))
        .add(Column::FieldGroup.eq(group))
}

/// Consents that are neither withdrawn nor over.
fn lasts(now: DateTime<Utc>) -> Condition {
    Condition::all().add(is_ahead(Column::WithdrawnAt, now)).add(is_ahead(Column::ExpiresAt, now))
}

fn is_ahead(end: Column, now: DateTime<Utc>) -> Condition {
    Condition::any().add(end.is_null()).add(end.gt(now))
}

/// Whether the caller consents for a person: of 14 or more for itself, for a child under 14 as its
/// guardian. An unknown birth date decides for nobody.
async fn decides_for(
    actor: &Actor,
    person: i64,
    transaction: &DatabaseTransaction,
) -> Result<bool> {
    let found = person::Entity::find_by_id(person).one(transaction).await.map_err(unavailable)?;
    let Some(born) = found.and_then(|person| person.birth_date) else { return Ok(false) };
    if actor.person == Some(person) {
        return Ok(born <= actor.adult);
    }
    let guardian = household_member::Entity::find()
        .filter(household_member::Column::PersonId.eq(person))
        .filter(household_member::Column::GuardianPersonId.eq(actor.person))
        .one(transaction)
        .await
        .map_err(unavailable)?;
    Ok(actor.person.is_some() && guardian.is_some() && born > actor.adult)
}

/// A consent as its record tells it.
fn recorded(consent: &Model) -> Json {
    json!({
        "recipientDepartment": consent.recipient_department,
        "purpose": consent.purpose,
        "fieldGroup": consent.field_group,
        "givenAt": of_instant(consent.given_at),
        "expiresAt": consent.expires_at.map(of_instant),
        "withdrawnAt": consent.withdrawn_at.map(of_instant),
    })
}

/// A consent as acts answer it.
pub(super) fn describe(consent: &Model, identifiers: &Identifiers) -> Json {
    let mut told = recorded(consent);
    told["id"] = identifiers.id("Consent", consent.id).into();
    told
}
