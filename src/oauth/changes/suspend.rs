//! `client.suspend` and `client.resume`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseTransaction, IntoActiveModel};
use serde_json::json;

use super::{client, unavailable};
use crate::{
    audit::{Applied, Change},
    error::{Code, GatewayError},
    replay::image,
};

/// Stops a client: it gets no tokens, and those it has are refused.
pub struct Suspend(pub String);

/// Lets a suspended client go on; its tokens that have not expired hold again.
pub struct Resume(pub String);

#[async_trait]
impl Change for Suspend {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        _now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        set(transaction, &self.0, true).await
    }
}

#[async_trait]
impl Change for Resume {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        _now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        set(transaction, &self.0, false).await
    }
}

async fn set(
    transaction: &DatabaseTransaction,
    id: &str,
    suspended: bool,
) -> Result<Applied, GatewayError> {
    let row = client(transaction, id).await?;
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
        target: id.to_owned(),
        before: json!({ "suspended": !suspended }),
        after,
        subjects: Vec::new(),
    })
}
