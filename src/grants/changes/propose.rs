//! A proposal: of cells, of a whole text file, or of a past version.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use serde_json::{Value as Json, json};

use super::{readable, told};
use crate::{
    audit::{Applied, Change, Made, words_digest},
    error::{Code, GatewayError, Result},
    grants::{
        approval::{self, Signer},
        cell::Cell,
        diff,
        proposal::{LIFETIME, NECESSITY, Proposal},
        store::{self, Ledger},
        weigh,
    },
    policy::Level,
    replay::image,
};

/// What a proposal wants.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// These cells, so.
    Cells(Vec<Cell>),
    /// These cells so, and no others.
    Only(Vec<Cell>),
    /// The grants as they were at a version.
    Version(i64),
}

/// Proposes a change.
#[derive(Clone, Debug)]
pub struct Propose {
    /// Who.
    pub signer: Signer,
    /// Why it is needed.
    pub necessity: String,
    /// What.
    pub wanted: Wanted,
    /// The number of the proposal.
    pub made: Made,
}

#[async_trait]
impl Change for Propose {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        if self.necessity.trim().chars().count() < NECESSITY {
            let message = format!("say in at least {NECESSITY} characters why it is needed");
            return Err(GatewayError::new(Code::BadUserInput, message)
                .with("legalBasis", "PIPL 6, 28: specific purpose and sufficient necessity"));
        }
        readable(&self.necessity)?;
        let ledger = Ledger::load(transaction).await?;
        let cells = weigh::complete(&ledger, &self.cells(&ledger, now)?)?;
        let needed = approval::needed(&cells, self.signer.role)?;
        weigh::changes_something(&ledger, &cells, now)?;
        weigh::permitted(&ledger, &cells, now)?;
        let proposal = Proposal {
            id: 0,
            base_version: ledger.grants.version(),
            proposed_at: now,
            proposer: self.signer.clone(),
            necessity: self.necessity.clone(),
            cells,
            is_understood: true,
            expires_at: now + LIFETIME,
            restores_version: self.restores(),
            decisions: Vec::new(),
            version: None,
        };
        let row = store::keep_proposal(transaction, &proposal).await?;
        self.made.set(row.id);
        let needed: Vec<&str> = needed.into_iter().map(|role| role.code()).collect();
        let mut after = json!({
            "cells": told(&proposal.cells),
            "baseVersion": proposal.base_version,
            "restoresVersion": proposal.restores_version,
            "needs": needed,
            "necessityDigest": words_digest(&proposal.necessity),
        });
        image::tell(&mut after, [image::proposal(&row)]);
        Ok(Applied {
            action: "grant.propose",
            target: row.id.to_string(),
            before: Json::Null,
            after,
            subjects: Vec::new(),
        })
    }
}

impl Propose {
    fn cells(&self, ledger: &Ledger, now: DateTime<Utc>) -> Result<Vec<Cell>> {
        let changes = match &self.wanted {
            Wanted::Cells(cells) => return Ok(cells.clone()),
            Wanted::Only(cells) => diff::towards(&ledger.grants, cells, now),
            Wanted::Version(version) => {
                if !(1..=ledger.grants.version()).contains(version) {
                    let message = format!("there is no version {version}");
                    return Err(GatewayError::new(Code::NotFound, message));
                }
                let past: Vec<Cell> = diff::cells(&ledger.grants.as_of(*version))
                    .into_values()
                    .map(|cell| still_open(cell, now))
                    .collect();
                diff::towards(&ledger.grants, &past, now)
            }
        };
        if changes.is_empty() {
            return Err(GatewayError::new(Code::Conflict, "the grants are so already"));
        }
        Ok(changes.into_iter().filter_map(|change| change.after).collect())
    }

    fn restores(&self) -> Option<i64> {
        match self.wanted {
            Wanted::Version(version) => Some(version),
            Wanted::Cells(_) | Wanted::Only(_) => None,
        }
    }
}

/// A grant whose time ran out since opens nothing, and is brought back as that.
fn still_open(cell: Cell, now: DateTime<Utc>) -> Cell {
    let has_ended = cell.valid_until.is_some_and(|end| end <= now);
    if has_ended && cell.level != Level::None { diff::taken_away(&cell) } else { cell }
}
