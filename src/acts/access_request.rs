//! Asking a department to share a field that a refusal says can be requested. It opens nothing: it is a draft,
//! of which a steward of the owner makes a proposal, or none.

use chrono::{DateTime, Utc};
use entity::access_request::{Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait as _, QueryFilter,
};
use serde_json::{Value as Json, json};

use super::{ActContext, Actor, Told, conflict, forbidden, unavailable};
use crate::{
    audit::Applied,
    catalogue::catalogue,
    db::next_key,
    error::{Code, GatewayError, Result},
    grants::{
        ownership::{owner, steward},
        proposal::{LONGEST, NECESSITY},
        requests::recorded,
    },
    graphql::{events::of_instant, ids::Identifiers, input::bad_input},
    policy::{Level, Role, Target},
    replay::image,
    rules::text::visible,
};

/// The longest name that a program gives a request, in characters.
const LONGEST_KEY: usize = 64;

/// How many drafts of one caller wait at most.
const MOST_OPEN: u64 = 50;

/// The kind that identifiers of such requests name.
pub const KIND: &str = "AccessRequest";

/// A field to be asked for.
pub struct Ask {
    field: String,
    refusal: &'static str,
    necessity: String,
    client_key: String,
    purpose: &'static str,
    steward: &'static str,
}

/// A request as acts tell it.
pub(super) struct Asked(Model);

impl Ask {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When one is wrong, the field is shared already, or no grant could share it.
    pub fn read(context: &ActContext<'_>) -> Result<Self> {
        let given = &context.given;
        let required =
            |name: &str| given.text(name)?.ok_or_else(|| bad_input(format!("{name} is required")));
        let path = required("field")?;
        let field = path
            .split_once('.')
            .and_then(|(kind, name)| {
                catalogue().field_named(catalogue().kind_named(kind)?.id, name)
            })
            .ok_or_else(|| bad_input("field names a field of the catalogue, as Person.phone"))?;
        let necessity = required("necessity")?;
        if visible(&necessity) < NECESSITY {
            let message = format!("say in at least {NECESSITY} characters why it is needed");
            return Err(bad_input(message)
                .with("legalBasis", "PIPL 6, 28: specific purpose and sufficient necessity"));
        }
        if necessity.chars().count() > LONGEST {
            return Err(bad_input(format!("write at most {LONGEST} characters of plain text")));
        }
        let client_key = required("clientKey")?;
        if client_key.chars().count() > LONGEST_KEY || client_key.chars().any(char::is_control) {
            return Err(bad_input(format!("clientKey has at most {LONGEST_KEY} characters")));
        }
        let decision = context.permit.field(field.id);
        if decision.level == Level::Full {
            return Err(conflict("the field is shared in full with this role for this purpose"));
        }
        let refusal = decision.reason();
        if !refusal.is_requestable() {
            return Err(forbidden("no grant could share this with this role for this purpose")
                .with("reason", refusal.code())
                .with("legalBasis", refusal.law())
                .with("requestable", false));
        }
        let target = Target::Field(field.path());
        Ok(Self {
            field: field.path(),
            refusal: refusal.code(),
            necessity,
            client_key,
            purpose: context.permit.basis.purpose.code(),
            steward: steward(owner(&target)).code(),
        })
    }

    #[expect(clippy::disallowed_methods, reason = "requests between departments, of no person")]
    pub(super) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let own = Entity::find()
            .filter(Column::Issuer.eq(&actor.issuer))
            .filter(Column::Subject.eq(&actor.subject));
        let same = own.clone().filter(Column::ClientKey.eq(&self.client_key));
        if let Some(earlier) = same.one(transaction).await.map_err(unavailable)? {
            let is_same =
                (earlier.role.as_str(), &*earlier.purpose, &earlier.field, &earlier.necessity)
                    == (actor.role.code(), self.purpose, &self.field, &self.necessity);
            if !is_same {
                return Err(conflict("another request was made under this clientKey"));
            }
            let before = recorded(&earlier);
            return Ok(told("access_request.repeat", before, earlier));
        }
        let open = own.filter(Column::DecidedAt.is_null()).count(transaction).await;
        if open.map_err(unavailable)? >= MOST_OPEN {
            let message =
                format!("{MOST_OPEN} requests of this caller wait: let stewards decide first");
            return Err(GatewayError::new(Code::Conflict, message));
        }
        let id = next_key::<Entity>(transaction, Column::Id).await.map_err(unavailable)?;
        let row = Model {
            id,
            subject: actor.subject.clone(),
            issuer: actor.issuer.clone(),
            client_key: self.client_key.clone(),
            role: actor.role.code().to_owned(),
            purpose: self.purpose.to_owned(),
            field: self.field.clone(),
            refusal: self.refusal.to_owned(),
            necessity: self.necessity.clone(),
            steward: self.steward.to_owned(),
            requested_at: now,
            decision: None,
            proposal_id: None,
            note: None,
            decided_at: None,
            decided_by: None,
        };
        let row = row.into_active_model().insert(transaction).await.map_err(unavailable)?;
        Ok(told("access_request.ask", Json::Null, row))
    }
}

impl Asked {
    /// What an act answers.
    pub(super) fn describe(&self, identifiers: &Identifiers) -> Json {
        let Self(row) = self;
        let steward = Role::parse(&row.steward);
        json!({
            "id": identifiers.id(KIND, row.id),
            "field": row.field,
            "purpose": row.purpose,
            "reason": row.refusal,
            "state": row.decision.as_deref().unwrap_or("waiting"),
            "steward": row.steward,
            "stewardLabelZh": steward.map(Role::label_zh),
            "requestedAt": of_instant(row.requested_at),
        })
    }
}

fn told(action: &'static str, before: Json, row: Model) -> (Applied, Told) {
    let mut after = recorded(&row);
    image::tell(&mut after, [image::access_request(&row)]);
    let target = row.id.to_string();
    let applied = Applied { action, target, before, after, subjects: Vec::new() };
    (applied, Told::Asked(Asked(row)))
}
