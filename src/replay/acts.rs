//! The acts on the chain, in order, each checked against the key of the chain.

use entity::access_record::{self, Column};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select, sea_query::Expr,
};
use serde_json::Value as Json;

use crate::audit::{self, ChainKey};

/// How many acts are read at a time.
const PAGE: u64 = 500;

/// How acts on grants, on limits and on audit cases begin: indexes hold them apart from those of persons, which are
/// many.
const OF_GRANTS: &str = "substr(change, 1, 17) = '{\"action\":\"grant.'";
const OF_LIMITS: &str = "substr(change, 1, 17) = '{\"action\":\"limit.'";
const OF_CASES: &str = "substr(change, 1, 22) = '{\"action\":\"audit_case.'";

/// What an act did.
pub(super) struct Act {
    pub caller: String,
    pub role: String,
    pub action: String,
    pub target: String,
    pub after: Json,
    /// Of the persons it concerns.
    pub subjects_digest: String,
}

impl Act {
    /// Whether its target is the number of what it proposes, decides or ends.
    pub fn is_of_number(&self) -> bool {
        matches!(
            self.action.as_str(),
            "grant.propose" | "grant.approve" | "grant.reject" | "grant.withdraw"
        ) || ["limit.", "audit_case."].iter().any(|of| self.action.starts_with(of))
    }

    /// The columns that it may change of a row that is there already; none where it makes rows. What
    /// else it tells of the row is what it found there, and explains nothing: else whoever altered a
    /// row would have it explained by the next act on it.
    pub fn changes_only(&self) -> Option<&'static [&'static str]> {
        Some(match self.action.as_str() {
            "client.suspend" | "client.resume" => &["suspended"],
            "client.credential.end" => &["validUntil"],
            "limit.approve" | "limit.reject" => {
                &["decision", "decider", "deciderRole", "decidedAt"]
            }
            "limit.end" => &["lapsesAt", "endedAt", "endedBy"],
            "audit_case.approve" | "audit_case.reject" => {
                &["decision", "decider", "deciderRole", "decidedAt", "expiresAt"]
            }
            "guardian_closing.reopen" => &["reopenedAt", "reopenedBy"],
            "subject_request.repeat" | "access_request.repeat" => &[],
            "access_request.decide" => {
                &["decision", "proposal", "noteDigest", "decidedAt", "decidedBy"]
            }
            "subject_request.forward" => &["forwardedTo", "forwardedAt", "forwardedBy"],
            "subject_request.answer" | "subject_request.refuse" | "subject_request.withdraw" => {
                &["outcome", "answerDigest", "closedAt", "closedBy"]
            }
            "person_identity.unlink" => &["unlinkedAt", "unlinkedBy"],
            "audit_case.close" => &["closedAt", "closedBy"],
            _ => return None,
        })
    }
}

/// A walk over acts.
pub(super) struct Acts {
    only: Option<&'static str>,
    after: i64,
    through: i64,
}

impl Acts {
    /// All acts there are now.
    pub async fn all(db: &impl ConnectionTrait) -> Result<Acts, DbErr> {
        Self::new(db, None).await
    }

    /// The acts on grants.
    pub async fn of_grants(db: &impl ConnectionTrait) -> Result<Acts, DbErr> {
        Self::new(db, Some(OF_GRANTS)).await
    }

    /// The acts on limits.
    pub async fn of_limits(db: &impl ConnectionTrait) -> Result<Acts, DbErr> {
        Self::new(db, Some(OF_LIMITS)).await
    }

    /// The acts on audit cases.
    pub async fn of_cases(db: &impl ConnectionTrait) -> Result<Acts, DbErr> {
        Self::new(db, Some(OF_CASES)).await
    }

    #[expect(clippy::disallowed_methods, reason = "reads the head of the chain, no personal data")]
    async fn new(db: &impl ConnectionTrait, only: Option<&'static str>) -> Result<Acts, DbErr> {
        let head = entity::access_head::Entity::find_by_id(1).one(db).await?;
        Ok(Acts { only, after: 0, through: head.map_or(0, |head| head.seq) })
    }

    /// Up to which place acts were read.
    pub fn done(&self) -> u64 {
        self.after.unsigned_abs()
    }

    /// The last place of the chain.
    pub fn total(&self) -> u64 {
        self.through.unsigned_abs()
    }

    /// The next acts; in the place of one that is not as it was written, its number.
    pub async fn next(
        &mut self,
        db: &impl ConnectionTrait,
        key: &ChainKey,
    ) -> Result<Option<Vec<Result<Act, i64>>>, DbErr> {
        let records = self.select().all(db).await?;
        let Some(last) = records.last() else {
            self.after = self.through;
            return Ok(None);
        };
        self.after = last.seq;
        Ok(Some(records.into_iter().map(|record| act(key, record)).collect()))
    }

    #[expect(clippy::disallowed_methods, reason = "acts are policy, not personal data")]
    fn select(&self) -> Select<access_record::Entity> {
        let select = access_record::Entity::find()
            .filter(Column::Change.is_not_null())
            .filter(Column::Seq.gt(self.after))
            .filter(Column::Seq.lte(self.through))
            .order_by_asc(Column::Seq)
            .limit(PAGE);
        match self.only {
            Some(only) => select.filter(Expr::cust(only)),
            None => select,
        }
    }
}

fn act(key: &ChainKey, record: access_record::Model) -> Result<Act, i64> {
    if !audit::is_as_written(key, &record) {
        return Err(record.seq);
    }
    let change = record.change.as_deref().unwrap_or_default();
    let mut change: Json = serde_json::from_str(change).map_err(|_| record.seq)?;
    let text = |name: &str| change[name].as_str().unwrap_or_default().to_owned();
    Ok(Act {
        caller: record.caller,
        role: record.role,
        action: text("action"),
        target: text("target"),
        after: change["after"].take(),
        subjects_digest: record.subjects_digest,
    })
}
