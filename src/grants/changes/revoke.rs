//! Taking a grant away at once. Narrowing needs nobody else's signature.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use serde_json::{Value as Json, json};

use super::{readable, told};
use crate::{
    audit::{Applied, Change, Made, words_digest},
    error::{Code, GatewayError},
    grants::{
        approval::Signer,
        cell::{Cell, Key},
        diff,
        ownership::{owner, steward},
        store::{self, Ledger, Origin},
        weigh,
    },
    policy::Level,
    replay::image,
};

/// Takes a grant away.
#[derive(Clone, Debug)]
pub struct Revoke {
    /// Who: a steward of the department that owns the data.
    pub signer: Signer,
    /// Which.
    pub key: Key,
    /// Why.
    pub note: String,
    /// The number of the version.
    pub made: Made,
}

#[async_trait]
impl Change for Revoke {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        readable(&self.note)?;
        let owner = owner(&self.key.target());
        if steward(owner) != self.signer.role {
            let message = format!("{} is {}'s to take away", self.key, steward(owner));
            return Err(GatewayError::new(Code::Forbidden, message));
        }
        let ledger = Ledger::load(transaction).await?;
        let current = ledger.current(&self.key).filter(|grant| grant.level != Level::None);
        let before = current.and_then(Cell::of).ok_or_else(|| {
            GatewayError::new(Code::NotFound, format!("there is no grant {}", self.key))
        })?;
        let after = [diff::taken_away(&before)];
        let grants = weigh::permitted(&ledger, &after, now)?;
        let origin = Origin { at: now, proposal: None, summary: format!("{} revoked", self.key) };
        let made = store::publish(transaction, &ledger, &grants, origin).await?;
        self.made.set(made.version);
        let told_before: Json = told(&[before]);
        let mut after = json!({
            "cells": told(&after),
            "version": made.version,
            "noteDigest": words_digest(&self.note),
        });
        image::tell(&mut after, made.rows);
        Ok(Applied {
            action: "grant.revoke",
            target: self.key.to_string(),
            before: json!({ "cells": told_before }),
            after,
            subjects: Vec::new(),
        })
    }
}
