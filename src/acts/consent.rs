//! Giving and withdrawing consent (PIPL 14–17, 29, 31).

use chrono::{DateTime, Months, NaiveDate, Utc};
use entity::{
    consent::{Column, Entity, Model},
    household_member, person,
    sharing::{Department, Group},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, Condition, DatabaseTransaction, DerivePartialModel,
    EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr,
};
use serde_json::{Value as Json, json};

use super::{ActContext, Actor, Told, conflict, forbidden, not_found, unavailable};
use crate::{
    audit::Applied,
    db::{columns, next_key},
    error::Result,
    graphql::{
        events::of_instant,
        ids::Identifiers,
        input::{self, bad_input},
    },
    policy::{Purpose, consent_opens},
    rules::{
        age::{self, AGE_OF_CONSENT},
        consent::is_over,
    },
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

/// What is read of a consent that an act changes.
#[derive(Clone, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub(super) struct Consent {
    id: i64,
    person_id: i64,
    purpose: String,
    recipient_department: String,
    field_group: String,
    given_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
}

/// What is read of a consent to know whether it lasts.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "Entity")]
struct Lasting {
    id: i64,
    expires_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
}

/// What is read of a person who consents, or for whom somebody does.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "person::Entity")]
struct Born {
    birth_date: Option<NaiveDate>,
}

impl Give {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When one is wrong, when the end is not within a year, or when no grant asks for this consent.
    pub fn read(actor: &Actor, context: &ActContext<'_>) -> Result<Self> {
        let given = &context.given;
        let code = |name: &str| input::text(&given.required(name)?);
        let recipient = Department::parse(&code("recipientDepartment")?)
            .ok_or_else(|| bad_input("recipientDepartment is the code of a department"))?;
        let purpose = Purpose::parse(&code("purpose")?)
            .ok_or_else(|| bad_input("purpose is the code of a purpose"))?;
        let group = Group::parse(&code("fieldGroup")?)
            .ok_or_else(|| bad_input("fieldGroup is the code of a group, G01 to G32"))?;
        let expires_at = input::instant(&code("expiresAt")?)
            .ok_or_else(|| bad_input("expiresAt is an instant like 2026-03-06T08:00:00+08:00"))?;
        let latest = context.now.checked_add_months(Months::new(LONGEST_MONTHS));
        if expires_at <= context.now || latest.is_none_or(|latest| expires_at > latest) {
            return Err(bad_input("expiresAt lies ahead, by a year at most"));
        }
        if !consent_opens(context.grants, recipient, purpose, group, context.now) {
            return Err(bad_input(
                "this department has no grant that asks for consent to this group for this \
                 purpose: consent would open nothing",
            ));
        }
        let person = match given.value("personId") {
            Some(id) => Some(input::key(context.identifiers, "Person", &id)?),
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
        if !lasting(same, transaction, now).await?.is_empty() {
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
        let consent = Consent::from(consent);
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
    pub fn read(context: &ActContext<'_>) -> Result<Self> {
        let consent = input::key(context.identifiers, "Consent", &context.given.required("id")?)?;
        Ok(Self { consent })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let found = columns::one::<Entity, Consent>(transaction, |consents| {
            consents.filter(Column::Id.eq(self.consent))
        });
        let found = found.await.map_err(unavailable)?;
        let missing = || not_found("there is no such consent of this person");
        let before = found.ok_or_else(missing)?;
        // What was given at any age its giver may take back.
        let is_own = actor.person == Some(before.person_id);
        if !is_own && !decides_for(actor, before.person_id, transaction).await? {
            return Err(missing());
        }
        if is_over(before.expires_at, before.withdrawn_at, now) {
            return Err(conflict("this consent does not hold any more"));
        }
        // The same may have been given twice, on paper and here: whoever withdraws means all of it.
        let (purpose, recipient) = (&before.purpose, &before.recipient_department);
        let same = same(before.person_id, recipient, purpose, &before.field_group);
        Entity::update_many()
            .col_expr(Column::WithdrawnAt, Expr::value(now))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(Column::Id.is_in(lasting(same, transaction, now).await?))
            .exec(transaction)
            .await
            .map_err(unavailable)?;
        let after = Consent { withdrawn_at: Some(now), ..before.clone() };
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

/// The keys of such consents that are neither withdrawn nor over.
async fn lasting(
    same: Condition,
    transaction: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<Vec<i64>> {
    let found =
        columns::all::<Entity, Lasting>(transaction, |consents| consents.filter(same)).await;
    let lasting = found.map_err(unavailable)?.into_iter();
    let lasting = lasting.filter(|row| !is_over(row.expires_at, row.withdrawn_at, now));
    Ok(lasting.map(|row| row.id).collect())
}

/// Whether the caller consents for a person: of 14 or more for itself, for a child under 14 as its
/// guardian. An unknown birth date decides for nobody.
pub(super) async fn decides_for(
    actor: &Actor,
    person: i64,
    transaction: &DatabaseTransaction,
) -> Result<bool> {
    let found = columns::one::<person::Entity, Born>(transaction, |persons| {
        persons.filter(person::Column::Id.eq(person))
    });
    let birth = found.await.map_err(unavailable)?.and_then(|person| person.birth_date);
    let Some(caller) = actor.person else { return Ok(false) };
    if caller == person {
        return Ok(age::has_reached(AGE_OF_CONSENT, birth, actor.today));
    }
    let bonds = columns::count::<household_member::Entity>(
        transaction,
        household_member::Column::Id,
        |bonds| {
            let of_person = bonds.filter(household_member::Column::PersonId.eq(person));
            of_person.filter(household_member::Column::GuardianPersonId.eq(caller))
        },
    );
    Ok(bonds.await.map_err(unavailable)? > 0 && age::is_under(AGE_OF_CONSENT, birth, actor.today))
}

/// A consent as its record tells it.
fn recorded(consent: &Consent) -> Json {
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
pub(super) fn describe(consent: &Consent, identifiers: &Identifiers) -> Json {
    let mut told = recorded(consent);
    told["id"] = identifiers.id("Consent", consent.id).into();
    told
}

impl From<Model> for Consent {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            person_id: row.person_id,
            purpose: row.purpose,
            recipient_department: row.recipient_department,
            field_group: row.field_group,
            given_at: row.given_at,
            expires_at: row.expires_at,
            withdrawn_at: row.withdrawn_at,
        }
    }
}
