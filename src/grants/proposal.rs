//! A proposal with the decisions on it, and what has become of it.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    approval::{self, Objection, SignedVerdict, Signer, Verdict},
    cell::Cell,
};
use crate::policy::{GrantSet, Role};

/// How long a proposal waits for its signatures.
pub const LIFETIME: TimeDelta = TimeDelta::days(14);

/// The least length of a statement of necessity, in characters (PIPL 6, 28).
pub const NECESSITY: usize = 20;

/// The greatest, in characters; also of notes.
pub const LONGEST: usize = 2_000;

/// What has become of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Signatures are missing.
    Pending,
    /// It made a version.
    Approved,
    /// A steward ended it.
    Rejected,
    /// The proposer took it back.
    Withdrawn,
    /// Its time ran out.
    Expired,
    /// What it was made against has changed since.
    Stale,
}

impl Status {
    /// All of them.
    pub const ALL: [Status; 6] = [
        Status::Pending,
        Status::Approved,
        Status::Rejected,
        Status::Withdrawn,
        Status::Expired,
        Status::Stale,
    ];

    /// The code in answers.
    pub const fn code(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Approved => "approved",
            Status::Rejected => "rejected",
            Status::Withdrawn => "withdrawn",
            Status::Expired => "expired",
            Status::Stale => "stale",
        }
    }

    /// The status with this code.
    pub fn parse(code: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// A decision as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: DateTime<Utc>,
    /// Who and what.
    pub deed: SignedVerdict,
    /// What the steward had to say.
    pub note: String,
}

/// A proposal.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Its number.
    pub id: i64,
    /// The version of the grants that it was made against.
    pub base_version: i64,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// By whom.
    pub proposer: Signer,
    /// Why it is needed.
    pub necessity: String,
    /// What it sets.
    pub cells: Vec<Cell>,
    /// Whether every stored cell could be read; what is not understood is not granted.
    pub is_understood: bool,
    /// Dead from this instant unless approved before.
    pub expires_at: DateTime<Utc>,
    /// The version that it would bring back.
    pub restores_version: Option<i64>,
    /// Decisions, the first first.
    pub decisions: Vec<Decision>,
    /// The version it made.
    pub version: Option<i64>,
}

impl Proposal {
    /// What has become of it at an instant, beside the grants as they are then.
    pub fn status(&self, grants: &GrantSet, now: DateTime<Utc>) -> Status {
        let decided = |verdict| self.decisions.iter().any(|made| made.deed.verdict == verdict);
        if self.version.is_some() {
            Status::Approved
        } else if decided(Verdict::Reject) {
            Status::Rejected
        } else if decided(Verdict::Withdraw) {
            Status::Withdrawn
        } else if self.expires_at <= now {
            Status::Expired
        } else if !self.is_understood || self.was_overtaken(grants) {
            Status::Stale
        } else {
            Status::Pending
        }
    }

    /// Whether a cell that it sets, or a part of one, was set by a later version.
    fn was_overtaken(&self, grants: &GrantSet) -> bool {
        let later = grants.latest().filter(|grant| grant.version > self.base_version);
        let later: Vec<Cell> = later.filter_map(Cell::of).collect();
        later.iter().any(|set| self.cells.iter().any(|cell| cell.key.overlaps(&set.key)))
    }

    /// The roles that must sign it beside the proposer.
    ///
    /// # Errors
    /// When the proposer owns nothing of it.
    pub fn needed(&self) -> Result<BTreeSet<Role>, Objection> {
        approval::needed(&self.cells, self.proposer.role)
    }

    /// The roles that have not signed yet.
    pub fn missing(&self) -> BTreeSet<Role> {
        let needed = self.needed().unwrap_or_default();
        approval::missing(&needed, &self.deeds())
    }

    /// The decisions without their time and words.
    pub fn deeds(&self) -> Vec<SignedVerdict> {
        self.decisions.iter().map(|decision| decision.deed.clone()).collect()
    }
}
