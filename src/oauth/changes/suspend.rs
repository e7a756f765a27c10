//! `client.suspend` and `client.resume`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use entity::oauth_client;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseTransaction, IntoActiveModel};
use serde_json::json;

use super::{Authority, client, department, own_client, unavailable};
use crate::{
    audit::{Applied, Change},
    error::{Code, GatewayError},
    replay::image,
};

/// Stops a client: it gets no tokens, and those it has are refused.
pub struct Suspend {
    /// The client's id.
    pub client: String,
    /// Who stops it.
    pub by: Authority,
}

/// Lets a suspended client go on; its tokens that have not expired hold again.
pub struct Resume {
    /// The client's id.
    pub client: String,
    /// Who lets it go on.
    pub by: Authority,
}

#[async_trait]
impl Change for Suspend {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        let row = client(transaction, &self.client).await?;
        self.by.require_to_stop(department(&row)?, &row.unit, transaction, now).await?;
        set(transaction, row, true).await
    }
}

#[async_trait]
impl Change for Resume {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        let row = own_client(transaction, &self.client, &self.by, now).await?;
        set(transaction, row, false).await
    }
}

async fn set(
    transaction: &DatabaseTransaction,
    row: oauth_client::Model,
    suspended: bool,
) -> Result<Applied, GatewayError> {
    let (action, already) = if suspended {
        ("client.suspend", "the client is suspended already")
    } else {
        ("client.resume", "the client is not suspended")
    };
    if row.suspended == suspended {
        return Err(GatewayError::new(Code::Conflict, already));
    }
    let mut row = row.into_active_model();
    row.suspended = Set(suspended);
    let row = row.update(transaction).await.map_err(unavailable)?;
    let mut after = json!({ "suspended": suspended });
    image::tell(&mut after, [image::client(&row)]);
    Ok(Applied {
        action,
        target: row.client_id,
        before: json!({ "suspended": !suspended }),
        after,
        subjects: Vec::new(),
    })
}
