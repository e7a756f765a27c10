//! Requests of persons about their data (PIPL 44–50): filed and taken back by the person or its guardian,
//! forwarded, answered and refused by the data protection officer.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    person,
    sharing::Department,
    subject_request::{Column, Entity, Model},
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, DatabaseTransaction, DerivePartialModel,
    EntityTrait, IntoActiveModel, QueryFilter,
};
use serde_json::{Map, Value as Json, json};

use super::{
    ActContext, Actor, Told, conflict, consent::decides_for, forbidden, not_found, unavailable,
};
use crate::{
    audit::{Applied, words_digest},
    catalogue::catalogue,
    db::{columns, next_key},
    error::Result,
    grants::proposal::LONGEST,
    graphql::{
        events::of_instant,
        ids::Identifiers,
        input::{self, bad_input},
        me::{REQUEST, told_request},
    },
    replay::image,
    rules::subject_request::{Outcome, due_on, stored},
};

/// How many requests of one person wait for an answer at most.
const MOST_OPEN: u64 = 20;

/// The longest name that a program gives a request, in characters.
const LONGEST_KEY: usize = 64;

/// A request to be filed.
pub struct File {
    person: i64,
    kind: &'static str,
    concerns: Option<String>,
    statement: String,
    client_key: String,
}

/// A request to be taken back.
pub struct Withdraw {
    request: i64,
}

/// A request to be forwarded to the department that the data came from.
pub struct Forward {
    request: i64,
    department: Department,
}

/// A request to be answered, or refused.
pub struct Close {
    request: i64,
    outcome: Outcome,
    answer: String,
}

/// A request as acts tell it, and the day by which it is overdue or not.
pub(super) struct Request(Model, NaiveDate);

/// What is read of the person a request is about.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "person::Entity")]
struct Lives {
    residence_unit_id: i64,
}

impl File {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When one is wrong, or concerns nothing that the catalogue has.
    pub fn read(actor: &Actor, context: &ActContext<'_>) -> Result<Self> {
        let given = &context.given;
        let kind = given.one_of("kind", "SubjectRequestKind")?;
        let kind = stored(kind).ok_or_else(|| bad_input("kind takes a kind of request"))?;
        let concerns = given.text("concerns")?;
        if let Some(path) = &concerns
            && !is_of_catalogue(path)
        {
            return Err(bad_input("concerns names a kind or a field, as Person or Person.name"));
        }
        let client_key =
            given.text("clientKey")?.ok_or_else(|| bad_input("clientKey is required"))?;
        if client_key.chars().count() > LONGEST_KEY || client_key.chars().any(char::is_control) {
            return Err(bad_input(format!("clientKey has at most {LONGEST_KEY} characters")));
        }
        let person = match given.value("personId") {
            Some(id) => Some(input::key(context.identifiers, "Person", &id)?),
            None => actor.person,
        };
        let person = person.ok_or_else(|| forbidden("the token is not a person's own"))?;
        Ok(Self { person, kind, concerns, statement: words(context, "statement")?, client_key })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let filed_by = actor.person.ok_or_else(|| forbidden("the token is not a person's own"))?;
        let missing = || not_found("there is no such person in the caller's guardianship");
        // Of any age one asks about oneself; of a child under 14 its guardian does (PIPL 31).
        if filed_by != self.person && !decides_for(actor, self.person, transaction).await? {
            return Err(missing());
        }
        let earlier = only(transaction, |requests| {
            let own = requests.filter(Column::FiledByPersonId.eq(filed_by));
            own.filter(Column::ClientKey.eq(&self.client_key))
        });
        if let Some(earlier) = earlier.await? {
            return self.again(earlier, actor);
        }
        let waiting = columns::count::<Entity>(transaction, Column::Id, |requests| {
            let own = requests.filter(Column::FiledByPersonId.eq(filed_by));
            own.filter(Column::ClosedAt.is_null())
        });
        if waiting.await.map_err(unavailable)? >= MOST_OPEN {
            let message = format!("{MOST_OPEN} requests wait for an answer: withdraw one, or wait");
            return Err(conflict(&message));
        }
        let found = columns::one::<person::Entity, Lives>(transaction, |persons| {
            persons.filter(person::Column::Id.eq(self.person))
        });
        let lives = found.await.map_err(unavailable)?.ok_or_else(missing)?;
        let id = next_key::<Entity>(transaction, Column::Id).await.map_err(unavailable)?;
        let request = Model {
            id,
            person_id: self.person,
            filed_by_person_id: filed_by,
            client_key: self.client_key.clone(),
            kind: self.kind.to_owned(),
            concerns: self.concerns.clone(),
            statement: self.statement.clone(),
            unit_id: lives.residence_unit_id,
            filed_at: now,
            due_on: due_on(now),
            forwarded_to: None,
            forwarded_at: None,
            forwarded_by: None,
            outcome: None,
            answer: None,
            closed_at: None,
            closed_by: None,
        };
        let row = request.into_active_model().insert(transaction).await.map_err(unavailable)?;
        Ok(told("subject_request.file", Json::Null, row, actor))
    }

    /// What was sent again is the request that there is; its record says that it was.
    fn again(&self, earlier: Model, actor: &Actor) -> Result<(Applied, Told)> {
        let same =
            (earlier.person_id, earlier.kind.as_str(), &earlier.concerns, &earlier.statement)
                == (self.person, self.kind, &self.concerns, &self.statement);
        if !same {
            return Err(conflict("another request was filed under this clientKey"));
        }
        let before = recorded(&earlier);
        Ok(told("subject_request.repeat", before, earlier, actor))
    }
}

impl Withdraw {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When the id is not one of a request.
    pub fn read(context: &ActContext<'_>) -> Result<Self> {
        Ok(Self { request: request(context)? })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let filed_by = actor.person.ok_or_else(|| forbidden("the token is not a person's own"))?;
        let row = only(transaction, |requests| {
            let own = requests.filter(Column::FiledByPersonId.eq(filed_by));
            own.filter(Column::Id.eq(self.request))
        });
        let row = row.await?.ok_or_else(|| not_found("there is no such request of this person"))?;
        require_open(&row)?;
        let before = recorded(&row);
        let mut row = row.into_active_model();
        row.outcome = Set(Some(Outcome::Withdrawn.code().to_owned()));
        row.closed_at = Set(Some(now));
        let row = row.update(transaction).await.map_err(unavailable)?;
        Ok(told("subject_request.withdraw", before, row, actor))
    }
}

impl Forward {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When one is wrong.
    pub fn read(context: &ActContext<'_>) -> Result<Self> {
        let named = context.given.text("department")?.unwrap_or_default();
        let department = Department::parse(&named)
            .filter(|department| {
                // Those that data comes from.
                !matches!(
                    department,
                    Department::Oversight | Department::Subject | Department::Gateway
                )
            })
            .ok_or_else(|| {
                bad_input("department is the code of a department that collects data")
            })?;
        Ok(Self { request: request(context)?, department })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let row = of_unit(self.request, actor, transaction).await?;
        require_open(&row)?;
        if row.forwarded_to.as_deref() == Some(self.department.code()) {
            return Err(conflict("the request was forwarded to this department already"));
        }
        let before = recorded(&row);
        let mut row = row.into_active_model();
        row.forwarded_to = Set(Some(self.department.code().to_owned()));
        row.forwarded_at = Set(Some(now));
        row.forwarded_by = Set(Some(actor.subject.clone()));
        let row = row.update(transaction).await.map_err(unavailable)?;
        Ok(told("subject_request.forward", before, row, actor))
    }
}

impl Close {
    /// Reads the arguments of an answer.
    ///
    /// # Errors
    /// When one is wrong.
    pub fn answer(context: &ActContext<'_>) -> Result<Self> {
        let answer = words(context, "answer")?;
        Ok(Self { request: request(context)?, outcome: Outcome::Answered, answer })
    }

    /// Reads the arguments of a refusal.
    ///
    /// # Errors
    /// When one is wrong.
    pub fn refuse(context: &ActContext<'_>) -> Result<Self> {
        let answer = words(context, "reason")?;
        Ok(Self { request: request(context)?, outcome: Outcome::Refused, answer })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let row = of_unit(self.request, actor, transaction).await?;
        require_open(&row)?;
        let before = recorded(&row);
        let mut row = row.into_active_model();
        row.outcome = Set(Some(self.outcome.code().to_owned()));
        row.answer = Set(Some(self.answer.clone()));
        row.closed_at = Set(Some(now));
        row.closed_by = Set(Some(actor.subject.clone()));
        let row = row.update(transaction).await.map_err(unavailable)?;
        let action = match self.outcome {
            Outcome::Refused => "subject_request.refuse",
            Outcome::Answered | Outcome::Withdrawn => "subject_request.answer",
        };
        Ok(told(action, before, row, actor))
    }
}

impl Request {
    /// What an act answers. The name of the person was not read for it.
    pub(super) fn describe(&self, identifiers: &Identifiers) -> Json {
        let Self(row, today) = self;
        let cells = json!({
            "id": identifiers.id(REQUEST.name, row.id),
            "person_id": identifiers.id("Person", row.person_id),
            "kind": row.kind,
            "concerns": row.concerns,
            "statement": row.statement,
            "filed_at": of_instant(row.filed_at),
            "due_on": row.due_on.to_string(),
            "forwarded_to": row.forwarded_to,
            "forwarded_at": row.forwarded_at.map(of_instant),
            "outcome": row.outcome,
            "answer": row.answer,
            "closed_at": row.closed_at.map(of_instant),
        });
        let cells: Map<String, Json> = cells.as_object().cloned().unwrap_or_default();
        told_request(&cells, *today)
    }
}

/// Whether a path names a kind, or a field of one.
fn is_of_catalogue(path: &str) -> bool {
    match path.split_once('.') {
        None => catalogue().kind_named(path).is_some(),
        Some((kind, field)) => catalogue()
            .kind_named(kind)
            .is_some_and(|kind| catalogue().field_named(kind.id, field).is_some()),
    }
}

fn request(context: &ActContext<'_>) -> Result<i64> {
    input::key(context.identifiers, REQUEST.name, &context.given.required("id")?)
}

/// Words of somebody, which are in no record: bound by their digest.
fn words(context: &ActContext<'_>, name: &str) -> Result<String> {
    let text = context.given.text(name)?;
    let text = text.ok_or_else(|| bad_input(format!("{name} is required")))?;
    if text.chars().count() > LONGEST {
        return Err(bad_input(format!("write at most {LONGEST} characters of plain text")));
    }
    Ok(text)
}

/// A request of the officer's unit; one elsewhere looks like one that there is not.
async fn of_unit(id: i64, actor: &Actor, transaction: &DatabaseTransaction) -> Result<Model> {
    let (low, high) = actor.units;
    let row = only(transaction, |requests| {
        requests.filter(Column::Id.eq(id)).filter(Column::UnitId.between(low, high))
    });
    row.await?.ok_or_else(|| not_found("there is no such request in this unit"))
}

#[expect(clippy::disallowed_methods, reason = "acts change rows as a whole")]
async fn only(
    transaction: &DatabaseTransaction,
    choose: impl FnOnce(sea_orm::Select<Entity>) -> sea_orm::Select<Entity>,
) -> Result<Option<Model>> {
    choose(Entity::find()).one(transaction).await.map_err(unavailable)
}

fn require_open(row: &Model) -> Result<()> {
    match row.closed_at {
        None => Ok(()),
        Some(_) => Err(conflict("the request has ended already")),
    }
}

/// A request as its record tells it: nothing of what was written in words.
fn recorded(row: &Model) -> Json {
    json!({
        "kind": row.kind,
        "concerns": row.concerns,
        "statementDigest": words_digest(&row.statement),
        "dueOn": row.due_on,
        "forwardedTo": row.forwarded_to,
        "outcome": row.outcome,
        "answerDigest": row.answer.as_deref().map(words_digest),
        "closedAt": row.closed_at.map(of_instant),
    })
}

fn told(action: &'static str, before: Json, row: Model, actor: &Actor) -> (Applied, Told) {
    let mut after = recorded(&row);
    image::tell(&mut after, [image::subject_request(&row)]);
    let (target, subjects) = (row.id.to_string(), vec![row.person_id]);
    let applied = Applied { action, target, before, after, subjects };
    (applied, Told::Request(Request(row, actor.today)))
}
