//! Reviewing emergency access: a second person says whether it was an emergency.

use chrono::{DateTime, Utc};
use entity::break_glass::{Column, Entity};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Select, sea_query::Expr,
};

use super::{
    ActContext, Actor, Told,
    break_glass::organization_with,
    conflict,
    event::{Event, Words},
    forbidden, not_found, unavailable,
};
use crate::{
    audit::Applied,
    db::columns,
    error::Result,
    graphql::{events::KIND, input},
    rules::break_glass::RECIPROCAL,
};

/// An emergency access to be judged.
pub struct Review {
    event: i64,
    verdict: &'static str,
    note: Option<String>,
}

impl Review {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When one is wrong.
    pub fn read(context: &ActContext<'_>) -> Result<Self> {
        let given = &context.given;
        Ok(Self {
            event: input::key(context.identifiers, KIND, &given.required("id")?)?,
            verdict: given.one_of("verdict", "BreakGlassVerdict")?,
            note: given.text("note")?,
        })
    }

    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        if actor.is_asserted {
            // A system that names both people is one.
            return Err(forbidden(
                "a review is a named person's: by a token whose issuer knows them, and not by a \
                 client's word",
            ));
        }
        let (low, high) = actor.units;
        let of_unit = |events: Select<Entity>| {
            events.filter(Column::Id.eq(self.event)).filter(Column::UnitId.between(low, high))
        };
        let found = columns::one::<Entity, Event>(transaction, of_unit).await;
        let before = found
            .map_err(unavailable)?
            .ok_or_else(|| not_found("there is no such access in this unit"))?;
        if before.subject == actor.subject {
            return Err(forbidden("nobody reviews what they opened themselves"));
        }
        if before.reviewed_at.is_some() {
            return Err(conflict("the access is reviewed already"));
        }
        if before.is_open(now) {
            return Err(conflict("the access is open still: it is reviewed when it is over"));
        }
        // Both review what the other opened, in turns: nobody is the second person of anything.
        let reviewed = columns::count::<Entity>(transaction, Column::Id, |events| {
            let own = events.filter(Column::Subject.eq(&actor.subject));
            own.filter(Column::Reviewer.eq(&before.subject))
        });
        let is_reciprocal = reviewed.await.map_err(unavailable)? > 0;
        let of_event = |events: Select<Entity>| events.filter(Column::Id.eq(before.id));
        let words = columns::one::<Entity, Words>(transaction, of_event).await;
        let words = words.map_err(unavailable)?.unwrap_or_default();
        let after = Event {
            review_flag: is_reciprocal.then(|| RECIPROCAL.to_owned()),
            reviewed_at: Some(now),
            reviewer: Some(actor.subject.clone()),
            verdict: Some(self.verdict.to_owned()),
            ..before.clone()
        };
        let words = Words { note: self.note.clone(), ..words };
        Entity::update_many()
            .col_expr(Column::ReviewedAt, Expr::value(now))
            .col_expr(Column::Reviewer, Expr::value(after.reviewer.clone()))
            .col_expr(Column::Verdict, Expr::value(after.verdict.clone()))
            .col_expr(Column::Note, Expr::value(words.note.clone()))
            .col_expr(Column::ReviewFlag, Expr::value(after.review_flag.clone()))
            .filter(Column::Id.eq(before.id))
            .exec(transaction)
            .await
            .map_err(unavailable)?;
        let organization = organization_with(before.organization_id, transaction).await?;
        let before = before.recorded(&organization.code);
        Ok(after.told("break_glass.review", before, Some(words), organization.code))
    }
}
