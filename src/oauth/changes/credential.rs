//! `client.credential.add` and `client.credential.end`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use entity::oauth_credential;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter,
};
use serde_json::{Value, json};

use super::{Authority, own_client, unavailable};
use crate::{
    audit::{Applied, Change},
    db::next_key,
    error::{Code, GatewayError},
    oauth::{Kind, public_jwk},
    replay::image,
};

/// Gives a client something to prove itself with. What it has already goes on holding: two that
/// overlap are a rotation.
pub struct AddCredential {
    /// The client's id.
    pub client: String,
    /// What it is.
    pub what: NewCredential,
    /// From when on it holds; at once where it is not said.
    pub valid_from: Option<DateTime<Utc>>,
    /// Until when it holds, where that is known.
    pub valid_until: Option<DateTime<Utc>>,
    /// Who gives it.
    pub by: Authority,
}

/// Something to prove oneself with.
#[derive(Clone, Debug)]
pub enum NewCredential {
    /// A secret, of which only the hash is kept.
    Secret {
        /// What finds the hash.
        selector: String,
        /// The hash.
        hash: String,
    },
    /// A public key, as a JWK.
    Key(String),
}

/// What is kept of a credential.
struct Kept {
    kind: Kind,
    kid: Option<String>,
    value: String,
}

impl NewCredential {
    fn keep(&self) -> Result<Kept, GatewayError> {
        match self {
            Self::Secret { selector, hash } => {
                let (kid, value) = (Some(selector.clone()), hash.clone());
                Ok(Kept { kind: Kind::Secret, kid, value })
            }
            Self::Key(jwk) => {
                let (kid, value) = public_jwk(jwk).ok_or_else(|| {
                    GatewayError::new(
                        Code::BadUserInput,
                        "jwk must be one public key of ES256, EdDSA or RS256, without its private \
                         part",
                    )
                })?;
                Ok(Kept { kind: Kind::Jwk, kid, value })
            }
        }
    }
}

/// Ends a credential.
pub struct EndCredential {
    /// The client's id.
    pub client: String,
    /// The credential's number.
    pub credential: i64,
    /// When; at once where it is not said.
    pub at: Option<DateTime<Utc>>,
    /// Who ends it.
    pub by: Authority,
}

#[async_trait]
impl Change for AddCredential {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        own_client(transaction, &self.client, &self.by, now).await?;
        let kept = self.what.keep()?;
        let valid_from = self.valid_from.unwrap_or(now);
        if self.valid_until.is_some_and(|until| until <= valid_from.max(now)) {
            let message = "a credential ends after it begins, and later than now";
            return Err(GatewayError::new(Code::BadUserInput, message));
        }
        self.refuse_second(kept.kid.as_deref(), transaction, now).await?;
        let next_id =
            next_key::<oauth_credential::Entity>(transaction, oauth_credential::Column::Id);
        let next_id = next_id.await.map_err(unavailable)?;
        let row = oauth_credential::Model {
            id: next_id,
            client_id: self.client.clone(),
            kind: kept.kind.code().to_owned(),
            kid: kept.kid,
            value: kept.value,
            valid_from,
            valid_until: self.valid_until,
        };
        let mut after = describe(&row);
        image::tell(&mut after, [image::credential(&row)]);
        row.into_active_model().insert(transaction).await.map_err(unavailable)?;
        Ok(Applied {
            action: "client.credential.add",
            target: self.client.clone(),
            before: Value::Null,
            after,
            subjects: Vec::new(),
        })
    }
}

impl AddCredential {
    /// Two keys of one name could not be told apart.
    #[expect(clippy::disallowed_methods, reason = "credentials are no personal data")]
    async fn refuse_second(
        &self,
        kid: Option<&str>,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(), GatewayError> {
        let Some(kid) = kid else { return Ok(()) };
        let named = oauth_credential::Entity::find()
            .filter(oauth_credential::Column::ClientId.eq(&self.client))
            .filter(oauth_credential::Column::Kid.eq(kid))
            .all(transaction)
            .await
            .map_err(unavailable)?;
        if named.iter().any(|credential| credential.valid_until.is_none_or(|until| now < until)) {
            Err(GatewayError::new(Code::Conflict, "the client has a credential of this kid"))
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl Change for EndCredential {
    #[expect(clippy::disallowed_methods, reason = "credentials are no personal data")]
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        own_client(transaction, &self.client, &self.by, now).await?;
        let found = oauth_credential::Entity::find_by_id(self.credential).one(transaction).await;
        let row = found.map_err(unavailable)?.filter(|row| row.client_id == self.client);
        let row = row.ok_or_else(|| {
            GatewayError::new(Code::NotFound, "the client has no credential of this number")
        })?;
        let at = self.at.unwrap_or(now).max(now);
        if row.valid_until.is_some_and(|until| until <= at) {
            let message = "the credential ends by then already";
            return Err(GatewayError::new(Code::Conflict, message));
        }
        let before = describe(&row);
        let mut row = row.into_active_model();
        row.valid_until = Set(Some(at));
        let row = row.update(transaction).await.map_err(unavailable)?;
        let mut after = describe(&row);
        image::tell(&mut after, [image::credential(&row)]);
        Ok(Applied {
            action: "client.credential.end",
            target: self.client.clone(),
            before,
            after,
            subjects: Vec::new(),
        })
    }
}

/// A credential without what proves anything.
fn describe(row: &oauth_credential::Model) -> Value {
    json!({
        "id": row.id, "kind": row.kind, "kid": row.kid,
        "validFrom": row.valid_from, "validUntil": row.valid_until,
    })
}
