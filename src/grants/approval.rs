//! Who must sign a proposal, and what a signature does. Pure: no time, no database.
//!
//! Two people at least (D10: changes that cross departments need two stewards' signatures): one of
//! the department that owns the data proposes, and by that signs for it. Each further department
//! concerned signs through its steward; sensitive data (C3, C4) that leaves its department, and whatever
//! goes beyond what a purpose needs, through the data protection officer too. Where that leaves nobody else, another steward of the same role
//! signs. Nobody signs their own proposal, and nobody signs twice.

use std::collections::BTreeSet;

use entity::sharing::Class;

use super::{
    cell::Cell,
    ownership::{class, crosses, exceeds_purpose, is_steward, owner, steward},
};
use crate::policy::{Level, Role};

/// Who signs: a person, by the subject of their token, in a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The subject of the token.
    pub subject: String,
    /// The role.
    pub role: Role,
}

/// What a steward decides on a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Signs it.
    Approve,
    /// Ends it.
    Reject,
    /// Takes it back: the proposer alone.
    Withdraw,
}

impl Verdict {
    /// The code as decisions are stored.
    pub const fn code(self) -> &'static str {
        match self {
            Verdict::Approve => "approve",
            Verdict::Reject => "reject",
            Verdict::Withdraw => "withdraw",
        }
    }

    /// The verdict with this code.
    pub fn parse(code: &str) -> Option<Verdict> {
        [Verdict::Approve, Verdict::Reject, Verdict::Withdraw]
            .into_iter()
            .find(|verdict| verdict.code() == code)
    }
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedVerdict {
    /// Whose.
    pub signer: Signer,
    /// What.
    pub verdict: Verdict,
}

/// What becomes of a proposal by a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// These still have to sign.
    Pending(BTreeSet<Role>),
    /// The last needed signature: it becomes a version.
    Approved,
    /// It ended.
    Rejected,
    /// It ended.
    Withdrawn,
}

/// Why a decision or proposal does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// The role signs for nobody.
    #[error("only stewards and the data protection officer decide on grants")]
    NoSteward,
    /// None of the cells is the proposer's department's.
    #[error("only a steward of a department that owns the data proposes to share it")]
    NotOwner,
    /// The proposer's own.
    #[error("nobody decides on their own proposal; another steward has to")]
    OwnProposal,
    /// Signed already.
    #[error("nobody decides twice on one proposal")]
    Twice,
    /// The proposal does not concern the steward's department, or it has signed already.
    #[error("the signature of this role is not one that the proposal still needs")]
    NotNeeded,
    /// Only the proposer withdraws.
    #[error("only who proposed it withdraws it")]
    NotProposer,
    /// It ended before.
    #[error("the proposal was decided already")]
    Decided,
}

/// The stewards whom a proposal of these cells concerns: owners, recipients, and the data protection
/// officer where sensitive data crosses departments or a cell opens more than its purpose needs.
pub fn concerned<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> BTreeSet<Role> {
    let mut roles = BTreeSet::new();
    for cell in cells {
        roles.insert(steward(owner(&cell.key.target())));
        if exceeds_purpose(&cell.key, cell.level) {
            roles.insert(Role::DP);
        }
        if crosses(&cell.key) {
            roles.insert(steward(cell.key.role.department()));
            let opens = cell.level != Level::None;
            if opens && class(&cell.key, cell.covers_minors) >= Class::C3 {
                roles.insert(Role::DP);
            }
        }
    }
    roles
}

/// The roles that must sign what a proposer proposes, one person each.
///
/// # Errors
/// When the proposer owns none of it.
pub fn needed(cells: &[Cell], proposer: Role) -> Result<BTreeSet<Role>, Objection> {
    if !is_steward(proposer) {
        return Err(Objection::NoSteward);
    }
    let owns = |cell: &Cell| steward(owner(&cell.key.target())) == proposer;
    if !cells.iter().any(owns) {
        return Err(Objection::NotOwner);
    }
    let mut roles = concerned(cells);
    roles.remove(&proposer);
    if roles.is_empty() {
        roles.insert(proposer);
    }
    Ok(roles)
}

/// What a decision makes of a proposal that needs `needed` and has `past` decisions.
///
/// # Errors
/// When the decision does not count; nothing changes then.
pub fn decide(
    needed: &BTreeSet<Role>,
    proposer: &Signer,
    past: &[SignedVerdict],
    deed: &SignedVerdict,
) -> Result<Outcome, Objection> {
    let SignedVerdict { signer, verdict } = deed;
    if past.iter().any(|earlier| earlier.verdict != Verdict::Approve) {
        return Err(Objection::Decided);
    }
    let missing = missing(needed, past);
    if missing.is_empty() {
        return Err(Objection::Decided);
    }
    let is_proposer = signer.subject == proposer.subject;
    match verdict {
        Verdict::Withdraw if is_proposer => return Ok(Outcome::Withdrawn),
        Verdict::Withdraw => return Err(Objection::NotProposer),
        Verdict::Approve | Verdict::Reject => {}
    }
    if !is_steward(signer.role) {
        return Err(Objection::NoSteward);
    }
    if is_proposer {
        return Err(Objection::OwnProposal);
    }
    if past.iter().any(|earlier| earlier.signer.subject == signer.subject) {
        return Err(Objection::Twice);
    }
    match verdict {
        // Another steward of the owner may end what a colleague began.
        Verdict::Reject if needed.contains(&signer.role) || signer.role == proposer.role => {
            Ok(Outcome::Rejected)
        }
        Verdict::Approve if missing.contains(&signer.role) => {
            let left: BTreeSet<Role> =
                missing.into_iter().filter(|role| *role != signer.role).collect();
            Ok(if left.is_empty() { Outcome::Approved } else { Outcome::Pending(left) })
        }
        _ => Err(Objection::NotNeeded),
    }
}

/// Who still has to sign.
pub fn missing(needed: &BTreeSet<Role>, past: &[SignedVerdict]) -> BTreeSet<Role> {
    let signed = |role: &Role| {
        past.iter().any(|deed| deed.verdict == Verdict::Approve && deed.signer.role == *role)
    };
    needed.iter().copied().filter(|role| !signed(role)).collect()
}
