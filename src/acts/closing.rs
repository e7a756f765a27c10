//! Closing what guardians see of a minor, for the minor's safety, and opening it again (未成年人保护法 11).

use chrono::{DateTime, Months, NaiveDate, Utc};
use entity::{
    guardian_closing::{Column, Entity, Model},
    person,
    sharing::Group,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, DatabaseTransaction, DerivePartialModel,
    EntityTrait, IntoActiveModel, QueryFilter,
};
use serde_json::{Value as Json, json};

use super::{
    ActContext, Actor, Told,
    break_glass::{is_in_care, organization_of},
    conflict, not_found, unavailable,
};
use crate::{
    audit::{Applied, words_digest},
    db::{columns, next_key},
    error::Result,
    grants::proposal::LONGEST,
    graphql::{
        events::of_instant,
        ids::Identifiers,
        input::{self, bad_input},
    },
    replay::image,
    rules::{
        age::{self, AGE_OF_MAJORITY},
        guardian_closing::{LONGEST_MONTHS, is_in_force},
    },
};

/// What is to be closed.
pub struct Close {
    minor: i64,
    group: Option<Group>,
    reason: String,
    until: DateTime<Utc>,
}

/// What is to be opened again.
pub struct Reopen {
    minor: i64,
    group: Option<Group>,
}

/// A closing as acts tell it.
pub(super) struct Closing(Model);

/// What is read of a minor.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "person::Entity")]
struct Minor {
    birth_date: Option<NaiveDate>,
    residence_unit_id: i64,
}

impl Close {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When one is wrong, or the end does not lie ahead within a year.
    pub fn read(context: &ActContext<'_>) -> Result<Self> {
        let given = &context.given;
        let reason = given.text("reason")?.ok_or_else(|| bad_input("reason is required"))?;
        if reason.chars().count() > LONGEST || reason.contains('\0') {
            return Err(bad_input(format!("write at most {LONGEST} characters of plain text")));
        }
        let until = input::instant(&input::text(&given.required("until")?)?)
            .ok_or_else(|| bad_input("until is an instant like 2027-03-06T08:00:00+08:00"))?;
        let latest = context.now.checked_add_months(Months::new(LONGEST_MONTHS));
        if until <= context.now || latest.is_none_or(|latest| until > latest) {
            return Err(bad_input("until lies ahead, by a year at most"));
        }
        Ok(Self { minor: minor(context)?, group: group(context)?, reason, until })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let organization = organization_of(actor, transaction).await?;
        let found = columns::one::<person::Entity, Minor>(transaction, |persons| {
            persons.filter(person::Column::Id.eq(self.minor))
        });
        let missing = || not_found("there is no such minor in the care of the organization");
        let minor = found.await.map_err(unavailable)?.ok_or_else(missing)?;
        let who = (self.minor, minor.residence_unit_id);
        if !is_in_care(actor, who, organization.id, transaction, now).await?
            || !age::is_under(AGE_OF_MAJORITY, minor.birth_date, actor.today)
        {
            return Err(missing());
        }
        let same = in_force(self.minor, self.group, organization.id, transaction, now).await?;
        if !same.is_empty() {
            return Err(conflict("the organization closed this already: reopen it, or let it end"));
        }
        let id = next_key::<Entity>(transaction, Column::Id).await.map_err(unavailable)?;
        let closing = Model {
            id,
            person_id: self.minor,
            field_group: self.group.map(|group| group.code().to_owned()),
            organization_id: organization.id,
            subject: actor.subject.clone(),
            issuer: actor.issuer.clone(),
            role: actor.role.code().to_owned(),
            reason: self.reason.clone(),
            closed_at: now,
            valid_until: self.until,
            reopened_at: None,
            reopened_by: None,
        };
        let row = closing.into_active_model().insert(transaction).await.map_err(unavailable)?;
        let applied = Applied {
            action: "guardian_closing.close",
            target: id.to_string(),
            before: Json::Null,
            after: recorded(&organization.code, std::slice::from_ref(&row)),
            subjects: vec![self.minor],
        };
        Ok((applied, Told::Closing(Closing(row))))
    }
}

impl Reopen {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When one is wrong.
    pub fn read(context: &ActContext<'_>) -> Result<Self> {
        Ok(Self { minor: minor(context)?, group: group(context)? })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let organization = organization_of(actor, transaction).await?;
        let closings = in_force(self.minor, self.group, organization.id, transaction, now).await?;
        let mut reopened = Vec::new();
        for row in closings {
            let mut row = row.into_active_model();
            row.reopened_at = Set(Some(now));
            row.reopened_by = Set(Some(actor.subject.clone()));
            reopened.push(row.update(transaction).await.map_err(unavailable)?);
        }
        let Some(last) = reopened.last().cloned() else {
            return Err(not_found("the organization has closed no such thing of this minor"));
        };
        let applied = Applied {
            action: "guardian_closing.reopen",
            target: last.id.to_string(),
            before: Json::Null,
            after: recorded(&organization.code, &reopened),
            subjects: vec![self.minor],
        };
        Ok((applied, Told::Closing(Closing(last))))
    }
}

impl Closing {
    /// What an act answers.
    pub(super) fn describe(&self, identifiers: &Identifiers) -> Json {
        let Self(row) = self;
        json!({
            "personId": identifiers.id("Person", row.person_id),
            "fieldGroup": row.field_group,
            "closedAt": of_instant(row.closed_at),
            "validUntil": of_instant(row.valid_until),
            "reopenedAt": row.reopened_at.map(of_instant),
        })
    }
}

fn minor(context: &ActContext<'_>) -> Result<i64> {
    input::key(context.identifiers, "Person", &context.given.required("personId")?)
}

fn group(context: &ActContext<'_>) -> Result<Option<Group>> {
    let Some(code) = context.given.text("fieldGroup")? else { return Ok(None) };
    let group = Group::parse(&code);
    let group = group.ok_or_else(|| bad_input("fieldGroup is the code of a group, G01 to G32"))?;
    Ok(Some(group))
}

/// What an organization closed of a minor and holds still.
#[expect(clippy::disallowed_methods, reason = "acts change rows as a whole")]
async fn in_force(
    minor: i64,
    group: Option<Group>,
    organization: i64,
    transaction: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<Vec<Model>> {
    let of_minor = Entity::find()
        .filter(Column::PersonId.eq(minor))
        .filter(Column::OrganizationId.eq(organization));
    let of_group = match group {
        Some(group) => of_minor.filter(Column::FieldGroup.eq(group.code())),
        None => of_minor.filter(Column::FieldGroup.is_null()),
    };
    let mut rows = of_group.all(transaction).await.map_err(unavailable)?;
    rows.retain(|row| is_in_force(row.closed_at, row.valid_until, row.reopened_at, now));
    Ok(rows)
}

/// Closings as their record tells them. The reason stands beside it and is bound by its digest.
fn recorded(organization: &str, rows: &[Model]) -> Json {
    let first = rows.first();
    let mut after = json!({
        "organization": organization,
        "fieldGroup": first.and_then(|row| row.field_group.as_deref()),
        "reasonDigest": first.map(|row| words_digest(&row.reason)),
        "validUntil": first.map(|row| of_instant(row.valid_until)),
    });
    image::tell(&mut after, rows.iter().map(image::closing));
    after
}
