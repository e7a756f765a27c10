//! `person_identity.link` and `person_identity.unlink`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use entity::{
    person,
    person_identity::{Column, Entity, Model},
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DatabaseTransaction,
    DerivePartialModel, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QuerySelect as _,
};
use serde_json::{Value as Json, json};

use super::unavailable;
use crate::{
    audit::{Applied, Change},
    db::{columns, next_key},
    error::{Code, GatewayError, Result},
    replay::image,
};

/// Links what an issuer calls somebody to a person.
#[derive(Clone, Debug)]
pub struct Link {
    /// The issuer.
    pub issuer: String,
    /// The digest of its name for the person.
    pub digest: String,
    /// The identity number of the person.
    pub id_number: String,
    /// Who links it.
    pub operator: String,
}

/// Ends what was linked.
#[derive(Clone, Debug)]
pub struct Unlink {
    /// The issuer.
    pub issuer: String,
    /// The digest of its name for the person.
    pub digest: String,
    /// Who ends it.
    pub operator: String,
}

/// What is read of a person.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "person::Entity")]
struct Known {
    id: i64,
}

#[async_trait]
impl Change for Link {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        if current(transaction, &self.issuer, &self.digest).await?.is_some() {
            let message = "this subject is linked to a person already: unlink it first";
            return Err(GatewayError::new(Code::Conflict, message));
        }
        let persons = columns::all::<person::Entity, Known>(transaction, |persons| {
            persons.filter(person::Column::IdNumber.eq(&self.id_number)).limit(2)
        });
        let persons = persons.await.map_err(unavailable)?;
        let [person] = persons.as_slice() else {
            let message = match persons.is_empty() {
                true => "nobody is registered under this identity number",
                false => {
                    "several persons are registered under this identity number: merge them first"
                }
            };
            return Err(GatewayError::new(Code::NotFound, message));
        };
        let id = next_key::<Entity>(transaction, Column::Id).await.map_err(unavailable)?;
        let row = Model {
            id,
            issuer: self.issuer.clone(),
            subject_digest: self.digest.clone(),
            person_id: person.id,
            linked_at: now,
            linked_by: self.operator.clone(),
            unlinked_at: None,
            unlinked_by: None,
        };
        let row = row.into_active_model().insert(transaction).await.map_err(unavailable)?;
        Ok(told("person_identity.link", Json::Null, &row))
    }
}

#[async_trait]
impl Change for Unlink {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        let row = current(transaction, &self.issuer, &self.digest).await?;
        let row = row
            .ok_or_else(|| GatewayError::new(Code::NotFound, "this subject is linked to nobody"))?;
        let before = recorded(&row);
        let mut row = row.into_active_model();
        row.unlinked_at = Set(Some(now));
        row.unlinked_by = Set(Some(self.operator.clone()));
        let row = row.update(transaction).await.map_err(unavailable)?;
        Ok(told("person_identity.unlink", before, &row))
    }
}

#[expect(clippy::disallowed_methods, reason = "changes what is linked, by its digest")]
async fn current(
    transaction: &DatabaseTransaction,
    issuer: &str,
    digest: &str,
) -> Result<Option<Model>> {
    let linked = Entity::find()
        .filter(Column::Issuer.eq(issuer))
        .filter(Column::SubjectDigest.eq(digest))
        .filter(Column::UnlinkedAt.is_null());
    linked.one(transaction).await.map_err(unavailable)
}

fn recorded(row: &Model) -> Json {
    json!({
        "issuer": row.issuer,
        "subjectDigest": row.subject_digest,
        "linkedAt": row.linked_at,
        "unlinkedAt": row.unlinked_at,
    })
}

fn told(action: &'static str, before: Json, row: &Model) -> Applied {
    let mut after = recorded(row);
    image::tell(&mut after, [image::identity(row)]);
    let (target, subjects) = (row.id.to_string(), vec![row.person_id]);
    Applied { action, target, before, after, subjects }
}
