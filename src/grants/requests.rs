//! What departments ask to be shared: drafts, of which stewards of the owner make proposals.
#![expect(clippy::disallowed_methods, reason = "requests between departments, of no person")]

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use entity::{
    access_request::{Column, Entity, Model},
    grant_proposal,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait,
    DatabaseTransaction, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde_json::{Value as Json, json};

use super::{CellText, Signer, proposal::LONGEST};
use crate::{
    audit::{Applied, Change, words_digest},
    error::{Code, GatewayError},
    policy::{Role, Target},
    replay::image,
    rules::text::visible,
};

/// Most requests that are listed.
const MOST: u64 = 500;

/// The requests to a role of stewards, or to all, the newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn requests(
    db: &impl ConnectionTrait,
    steward: Option<Role>,
    waiting: Option<bool>,
) -> Result<Vec<Model>, DbErr> {
    let mut all = Entity::find().order_by_desc(Column::Id).limit(MOST);
    if let Some(steward) = steward {
        all = all.filter(Column::Steward.eq(steward.code()));
    }
    all = match waiting {
        None => all,
        Some(true) => all.filter(Column::DecidedAt.is_null()),
        Some(false) => all.filter(Column::DecidedAt.is_not_null()),
    };
    all.all(db).await
}

/// Decides on a request: names the proposal that was made of it, or declines it.
#[derive(Clone, Debug)]
pub struct Decide {
    /// Who: a steward of the owner.
    pub signer: Signer,
    /// Its number.
    pub request: i64,
    /// The proposal; none to decline.
    pub proposal: Option<i64>,
    /// What there is to say; why, where it is declined.
    pub note: String,
}

#[async_trait]
impl Change for Decide {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        let row = Entity::find_by_id(self.request).one(transaction).await.map_err(unavailable)?;
        let row = row
            .filter(|row| row.steward == self.signer.role.code())
            .ok_or_else(|| GatewayError::new(Code::NotFound, "there is no such request"))?;
        if row.decided_at.is_some() {
            return Err(GatewayError::new(Code::Conflict, "the request was decided already"));
        }
        if self.note.chars().count() > LONGEST || self.note.contains('\0') {
            let message = format!("write at most {LONGEST} characters of plain text");
            return Err(GatewayError::new(Code::BadUserInput, message));
        }
        let decision = match self.proposal {
            Some(proposal) => {
                self.require_of_it(&row, proposal, transaction).await?;
                "proposed"
            }
            None if visible(&self.note) == 0 => {
                let message = "say why the request is declined";
                return Err(GatewayError::new(Code::BadUserInput, message));
            }
            None => "declined",
        };
        let before = recorded(&row);
        let mut row = row.into_active_model();
        row.decision = Set(Some(decision.to_owned()));
        row.proposal_id = Set(self.proposal);
        row.note = Set(Some(self.note.clone()).filter(|note| !note.is_empty()));
        row.decided_at = Set(Some(now));
        row.decided_by = Set(Some(self.signer.subject.clone()));
        let row = row.update(transaction).await.map_err(unavailable)?;
        let mut after = recorded(&row);
        image::tell(&mut after, [image::access_request(&row)]);
        Ok(Applied {
            action: "access_request.decide",
            target: self.request.to_string(),
            before,
            after,
            subjects: Vec::new(),
        })
    }
}

impl Decide {
    /// A proposal that sets something else is no answer to the request.
    async fn require_of_it(
        &self,
        row: &Model,
        proposal: i64,
        transaction: &DatabaseTransaction,
    ) -> Result<(), GatewayError> {
        let found = grant_proposal::Entity::find_by_id(proposal).one(transaction).await;
        let found = found.map_err(unavailable)?;
        let names = found.is_some_and(|proposal| is_of(&proposal.body, row));
        match names {
            true => Ok(()),
            false => Err(GatewayError::new(
                Code::NotFound,
                "there is no proposal of this number for the role, purpose and field of the request",
            )),
        }
    }
}

/// Whether the cells of a proposal are of the role, purpose and field of a request.
fn is_of(body: &str, row: &Model) -> bool {
    let group = Target::Field(row.field.clone()).group().map(|group| group.code());
    let cells: Vec<CellText> = serde_json::from_str(body).unwrap_or_default();
    cells.iter().any(|cell| {
        (&cell.role, &cell.purpose) == (&row.role, &row.purpose)
            && (cell.target == row.field || Some(cell.target.as_str()) == group)
    })
}

/// A request as records tell it: nothing of what was written in words.
pub fn recorded(row: &Model) -> Json {
    json!({
        "role": row.role,
        "purpose": row.purpose,
        "field": row.field,
        "refusal": row.refusal,
        "steward": row.steward,
        "necessityDigest": words_digest(&row.necessity),
        "decision": row.decision,
        "proposal": row.proposal_id,
    })
}

fn unavailable(_: DbErr) -> GatewayError {
    GatewayError::new(Code::DatabaseUnavailable, "the requests cannot be read or written")
}
