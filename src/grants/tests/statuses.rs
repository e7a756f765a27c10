//! What has become of a proposal follows from what is on record and the time.

use chrono::TimeDelta;

use super::support::*;
use crate::{
    grants::{
        Proposal, Status, Verdict,
        approval::SignedVerdict,
        proposal::{Decision, LIFETIME},
    },
    policy::{Purpose, Role},
};

fn proposal() -> Proposal {
    Proposal {
        id: 1,
        base_version: 1,
        proposed_at: noon(),
        proposer: signer("wang", Role::SP),
        necessity: String::new(),
        cells: vec![cell(Role::HC, Purpose::Hr, "G02")],
        is_understood: true,
        expires_at: noon() + LIFETIME,
        restores_version: None,
        decisions: Vec::new(),
        version: None,
    }
}

fn decided(verdict: Verdict) -> Proposal {
    let deed = SignedVerdict { signer: signer("li", Role::SH), verdict };
    let decision = Decision { at: noon(), deed, note: String::new() };
    Proposal { decisions: vec![decision], ..proposal() }
}

#[test]
fn decisions_and_versions_tell_what_became_of_it() {
    let stands = ledger(&[vec![cell(Role::PO, Purpose::Res, "G02")]]);
    let status = |proposal: Proposal| proposal.status(&stands.grants, noon());
    assert_eq!(status(proposal()), Status::Pending);
    assert_eq!(status(decided(Verdict::Approve)), Status::Pending);
    assert_eq!(status(decided(Verdict::Reject)), Status::Rejected);
    assert_eq!(status(decided(Verdict::Withdraw)), Status::Withdrawn);
    assert_eq!(
        status(Proposal { version: Some(2), ..decided(Verdict::Approve) }),
        Status::Approved
    );
    assert_eq!(status(Proposal { is_understood: false, ..proposal() }), Status::Stale);
}

#[test]
fn it_expires_to_the_second() {
    let stands = ledger(&[vec![cell(Role::PO, Purpose::Res, "G02")]]);
    let at = |seconds| {
        proposal().status(&stands.grants, noon() + LIFETIME + TimeDelta::seconds(seconds))
    };
    assert_eq!((at(-1), at(0)), (Status::Pending, Status::Expired));
}

#[test]
fn a_later_version_of_its_cells_or_of_a_part_of_them_makes_it_stale() {
    let first = vec![cell(Role::PO, Purpose::Res, "G02")];
    for (later, expected) in [
        (cell(Role::HC, Purpose::Hr, "G02"), Status::Stale),
        (cell(Role::HC, Purpose::Hr, "Person.name"), Status::Stale),
        (cell(Role::HC, Purpose::Hr, "G06"), Status::Pending),
        (cell(Role::HC, Purpose::Imm, "G02"), Status::Pending),
        (cell(Role::HV, Purpose::Imm, "G02"), Status::Pending),
    ] {
        let grants = ledger(&[first.clone(), vec![later.clone()]]).grants;
        assert_eq!(proposal().status(&grants, noon()), expected, "{}", later.key);
    }
}
