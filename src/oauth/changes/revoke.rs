//! `token.revoke`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use entity::revoked_token;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter,
};
use serde_json::{Value, json};

use super::unavailable;
use crate::{
    audit::{Applied, Change},
    error::{Code, GatewayError},
    oauth::refused::CLOCKS_DIFFER,
    replay::image,
};

/// Takes a token back.
pub struct Revoke {
    /// The token's `iss`.
    pub issuer: String,
    /// The token's `jti`.
    pub token_id: String,
    /// The token's `exp`, after which nobody need remember it.
    pub expires_at: DateTime<Utc>,
}

#[async_trait]
impl Change for Revoke {
    #[expect(clippy::disallowed_methods, reason = "tokens are no personal data")]
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        revoked_token::Entity::delete_many()
            .filter(revoked_token::Column::ExpiresAt.lte(now - CLOCKS_DIFFER))
            .exec(transaction)
            .await
            .map_err(unavailable)?;
        let key = (self.issuer.clone(), self.token_id.clone());
        let known = revoked_token::Entity::find_by_id(key).one(transaction).await;
        if known.map_err(unavailable)?.is_some() {
            return Err(GatewayError::new(Code::Conflict, "the token is revoked already"));
        }
        let row = revoked_token::Model {
            issuer: self.issuer.clone(),
            jti: self.token_id.clone(),
            expires_at: self.expires_at,
            revoked_at: now,
        };
        let mut after = json!({ "issuer": self.issuer, "expiresAt": self.expires_at });
        image::tell(&mut after, [image::revoked_token(&row)]);
        row.into_active_model().insert(transaction).await.map_err(unavailable)?;
        Ok(Applied {
            action: "token.revoke",
            target: self.token_id.clone(),
            before: Value::Null,
            after,
            subjects: Vec::new(),
        })
    }
}
