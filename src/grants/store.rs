//! Grants, proposals, decisions and versions in the database. Nothing is edited and nothing deleted.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use entity::{grant_decision, grant_proposal, grant_version, sharing_grant};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder,
};

use super::{
    approval::{SignedVerdict, Signer, Verdict},
    cell::{Cell, CellText, Key},
    proposal::{Decision, Proposal},
};
use crate::{
    db::next_key,
    error::{Code, GatewayError, Result},
    policy::{self, Grant, GrantSet, LegalBasis, Role, Target},
    replay::image::{self, Image},
};

/// Rows of one statement: both engines bound its parameters.
const ROWS_PER_STATEMENT: usize = 1000;

/// What changes are weighed against: the grants and the laws as they stand.
#[derive(Debug)]
pub struct Ledger {
    /// All grants.
    pub grants: GrantSet,
    laws: HashMap<String, (i64, Arc<LegalBasis>)>,
}

impl Ledger {
    /// Reads both.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn load(db: &impl ConnectionTrait) -> Result<Ledger> {
        let grants = policy::load(db).await.map_err(|error| unavailable(error.into()))?;
        let laws = policy::legal_bases(db).await.map_err(|error| unavailable(error.into()))?;
        Ok(Ledger::new(grants, laws))
    }

    /// Over these.
    pub fn new(grants: GrantSet, laws: HashMap<i64, Arc<LegalBasis>>) -> Ledger {
        let laws = laws.into_iter().map(|(id, law)| (law.code.clone(), (id, law))).collect();
        Ledger { grants, laws }
    }

    /// A law by its code, with its key.
    pub fn law(&self, code: &str) -> Option<&(i64, Arc<LegalBasis>)> {
        self.laws.get(code)
    }

    /// The latest version of a cell.
    pub fn current(&self, key: &Key) -> Option<&Grant> {
        self.grants.latest_of(key.role, key.purpose, &key.target())
    }
}

/// All proposals, the newest first.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "proposals are policy, not personal data")]
pub async fn proposals(db: &impl ConnectionTrait) -> Result<Vec<Proposal>> {
    let rows = grant_proposal::Entity::find().order_by_desc(grant_proposal::Column::Id).all(db);
    let rows = rows.await.map_err(unavailable)?;
    let decisions = grant_decision::Entity::find().order_by_asc(grant_decision::Column::Id);
    let mut made: HashMap<i64, Vec<grant_decision::Model>> = HashMap::new();
    for decision in decisions.all(db).await.map_err(unavailable)? {
        made.entry(decision.proposal_id).or_default().push(decision);
    }
    let versions: HashMap<i64, i64> = versions(db)
        .await?
        .into_iter()
        .filter_map(|row| Some((row.proposal_id?, row.version)))
        .collect();
    let read = rows.into_iter().map(|row| {
        let (decisions, version) = (made.remove(&row.id), versions.get(&row.id).copied());
        proposal_of(row, decisions.unwrap_or_default(), version)
    });
    read.collect()
}

/// One proposal.
///
/// # Errors
/// When there is none of this number, or the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "proposals are policy, not personal data")]
pub async fn proposal(db: &impl ConnectionTrait, id: i64) -> Result<Proposal> {
    let row = grant_proposal::Entity::find_by_id(id).one(db).await.map_err(unavailable)?;
    let row =
        row.ok_or_else(|| GatewayError::new(Code::NotFound, format!("there is no proposal {id}")))?;
    let decisions = grant_decision::Entity::find()
        .filter(grant_decision::Column::ProposalId.eq(id))
        .order_by_asc(grant_decision::Column::Id)
        .all(db)
        .await
        .map_err(unavailable)?;
    let version = grant_version::Entity::find()
        .filter(grant_version::Column::ProposalId.eq(id))
        .one(db)
        .await
        .map_err(unavailable)?;
    proposal_of(row, decisions, version.map(|row| row.version))
}

/// All versions, the newest first.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "versions are policy, not personal data")]
pub async fn versions(db: &impl ConnectionTrait) -> Result<Vec<grant_version::Model>> {
    grant_version::Entity::find()
        .order_by_desc(grant_version::Column::Version)
        .all(db)
        .await
        .map_err(unavailable)
}

/// Keeps a proposal; its number is the next one. Its `id` is not looked at. Answers with its row.
///
/// # Errors
/// When the database cannot be written.
#[expect(clippy::expect_used, reason = "cells are plain values, which are JSON")]
pub async fn keep_proposal(
    db: &impl ConnectionTrait,
    proposal: &Proposal,
) -> Result<grant_proposal::Model> {
    let id = next_key::<grant_proposal::Entity>(db, grant_proposal::Column::Id)
        .await
        .map_err(unavailable)?;
    let cells: Vec<CellText> = proposal.cells.iter().map(CellText::from).collect();
    let row = grant_proposal::Model {
        id,
        base_version: proposal.base_version,
        proposed_at: proposal.proposed_at,
        proposer: proposal.proposer.subject.clone(),
        proposer_role: proposal.proposer.role.code().to_owned(),
        department: proposal.proposer.role.department().code().to_owned(),
        necessity: proposal.necessity.clone(),
        body: serde_json::to_string(&cells).expect("cells are plain values"),
        expires_at: proposal.expires_at,
        restores_version: proposal.restores_version,
    };
    row.clone().into_active_model().insert(db).await.map_err(unavailable)?;
    Ok(row)
}

/// Keeps a decision, and answers with its row.
///
/// # Errors
/// When the database cannot be written.
pub async fn keep_decision(
    db: &impl ConnectionTrait,
    proposal: i64,
    decision: &Decision,
) -> Result<grant_decision::Model> {
    let Signer { subject, role } = &decision.deed.signer;
    let row = grant_decision::Model {
        id: next_key::<grant_decision::Entity>(db, grant_decision::Column::Id)
            .await
            .map_err(unavailable)?,
        proposal_id: proposal,
        at: decision.at,
        subject: subject.clone(),
        role: role.code().to_owned(),
        department: role.department().code().to_owned(),
        decision: decision.deed.verdict.code().to_owned(),
        note: decision.note.clone(),
    };
    row.clone().into_active_model().insert(db).await.map_err(unavailable)?;
    Ok(row)
}

/// What a version was made by.
#[derive(Clone, Debug)]
pub struct Origin {
    /// When.
    pub at: DateTime<Utc>,
    /// The proposal; none for a revocation.
    pub proposal: Option<i64>,
    /// What it changed, in a line.
    pub summary: String,
}

/// A version that was made.
#[derive(Clone, Debug)]
pub struct Published {
    /// Its number.
    pub version: i64,
    /// The rows written, as the act tells them.
    pub rows: Vec<Image>,
}

/// Makes a version of grants that carry its number.
///
/// # Errors
/// When the database cannot be written.
pub async fn publish(
    db: &impl ConnectionTrait,
    ledger: &Ledger,
    grants: &[Grant],
    origin: Origin,
) -> Result<Published> {
    // Rows of unknown roles are no grants, but have their versions.
    let greatest = policy::version(db).await.map_err(unavailable)?;
    let version = greatest.max(ledger.grants.version()) + 1;
    let first = next_key::<sharing_grant::Entity>(db, sharing_grant::Column::Id)
        .await
        .map_err(unavailable)?;
    let rows = (first..).zip(grants).map(|(id, grant)| row_of(id, version, grant, ledger));
    let rows: Vec<sharing_grant::Model> = rows.collect::<Result<_>>()?;
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        let chunk = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        sharing_grant::Entity::insert_many(chunk).exec(db).await.map_err(unavailable)?;
    }
    let laws = grants.iter().map(|grant| grant.basis.code.as_str());
    let mut images: Vec<Image> =
        rows.iter().zip(laws).map(|(row, law)| image::grant(row, law)).collect();
    let Origin { at, proposal, summary } = origin;
    let row = grant_version::Model { version, at, proposal_id: proposal, summary };
    images.push(image::version(&row));
    row.into_active_model().insert(db).await.map_err(unavailable)?;
    Ok(Published { version, rows: images })
}

fn row_of(id: i64, version: i64, grant: &Grant, ledger: &Ledger) -> Result<sharing_grant::Model> {
    let unknown = |what: &str| GatewayError::new(Code::BadUserInput, format!("unknown {what}"));
    let group = grant.target.group().ok_or_else(|| unknown("field"))?;
    let (law, _) = ledger.law(&grant.basis.code).ok_or_else(|| unknown("legal basis"))?;
    Ok(sharing_grant::Model {
        id,
        version,
        role: grant.role.code().to_owned(),
        field_group: group.code().to_owned(),
        field: match &grant.target {
            Target::Field(path) => Some(path.clone()),
            Target::Group(_) => None,
        },
        level: grant.level.code().to_owned(),
        scope: grant.scope.map(|scope| scope.code().to_owned()),
        purpose: grant.purpose.code().to_owned(),
        legal_basis_id: *law,
        covers_minors: grant.covers_minors,
        valid_from: grant.valid_from,
        valid_until: grant.valid_until,
    })
}

fn proposal_of(
    row: grant_proposal::Model,
    decisions: Vec<grant_decision::Model>,
    version: Option<i64>,
) -> Result<Proposal> {
    let corrupt = || {
        tracing::error!(proposal = row.id, "a stored proposal cannot be read");
        GatewayError::new(Code::Internal, "a stored proposal cannot be read")
    };
    let texts: Vec<CellText> = serde_json::from_str(&row.body).map_err(|_| corrupt())?;
    let cells: Vec<Cell> = texts.iter().filter_map(|text| Cell::try_from(text).ok()).collect();
    let signer = |subject: &str, role: &str| {
        let role = Role::parse(role)?;
        Some(Signer { subject: subject.to_owned(), role })
    };
    let decision = |row: &grant_decision::Model| {
        let deed = SignedVerdict {
            signer: signer(&row.subject, &row.role)?,
            verdict: Verdict::parse(&row.decision)?,
        };
        Some(Decision { at: row.at, deed, note: row.note.clone() })
    };
    let decisions: Option<Vec<Decision>> = decisions.iter().map(decision).collect();
    Ok(Proposal {
        proposer: signer(&row.proposer, &row.proposer_role).ok_or_else(corrupt)?,
        decisions: decisions.ok_or_else(corrupt)?,
        is_understood: cells.len() == texts.len(),
        cells,
        id: row.id,
        base_version: row.base_version,
        proposed_at: row.proposed_at,
        necessity: row.necessity,
        expires_at: row.expires_at,
        restores_version: row.restores_version,
        version,
    })
}

/// The error of a database that does not answer.
pub fn unavailable(error: DbErr) -> GatewayError {
    tracing::error!(%error, "grants cannot be read or written");
    GatewayError::new(Code::DatabaseUnavailable, "the database is unavailable")
}
