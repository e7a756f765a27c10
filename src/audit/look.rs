//! Reading the access records is on record, too.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use serde_json::Value as Json;

use super::{Applied, Change};
use crate::error::GatewayError;

/// An operator's look at the access records: it changes nothing but the chain.
#[derive(Clone, Debug)]
pub struct Look {
    /// What was done: `audit.show`.
    pub action: &'static str,
    /// What was asked for. Holds no personal value.
    pub asked: Json,
    /// The person whose accesses were asked for.
    pub person: Option<i64>,
}

#[async_trait]
impl Change for Look {
    async fn apply(
        &self,
        _transaction: &DatabaseTransaction,
        _now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        Ok(Applied {
            action: self.action,
            target: "access_record".to_owned(),
            before: Json::Null,
            after: self.asked.clone(),
            subjects: self.person.into_iter().collect(),
        })
    }
}
