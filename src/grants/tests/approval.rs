//! Two people, and everybody whom it concerns: tried on every role, and on whatever comes.

use std::collections::BTreeSet;

use entity::sharing::Class;
use proptest::prelude::*;

use super::support::*;
use crate::{
    grants::{
        Cell, Signer, Verdict,
        approval::{Objection, Outcome, SignedVerdict, concerned, decide, missing, needed},
        ownership::{class, crosses, owner, steward},
    },
    policy::{Level, Purpose, Role},
};

const SIGNERS: [Role; 7] = [Role::SH, Role::SP, Role::SC, Role::SG, Role::SM, Role::SF, Role::DP];

fn roles<const N: usize>(roles: [Role; N]) -> BTreeSet<Role> {
    roles.into()
}

fn approve(subject: &str, role: Role) -> SignedVerdict {
    SignedVerdict { signer: signer(subject, role), verdict: Verdict::Approve }
}

#[test]
fn within_a_department_another_steward_of_it_signs() {
    let cells = [cell(Role::HC, Purpose::Hr, "G14")];
    assert_eq!(needed(&cells, Role::SH), Ok(roles([Role::SH])));
}

#[test]
fn across_departments_the_steward_of_each_signs() {
    let cells = [cell(Role::HC, Purpose::Hr, "G02")];
    assert_eq!(class(&cells[0].key, false), Class::C2);
    assert_eq!(needed(&cells, Role::SP), Ok(roles([Role::SH])));
}

#[test]
fn sensitive_data_that_leaves_its_department_is_signed_by_the_data_protection_officer_too() {
    let health = [cell(Role::CA, Purpose::Ema, "G14")];
    assert!(class(&health[0].key, false) >= Class::C3);
    assert_eq!(needed(&health, Role::SH), Ok(roles([Role::SC, Role::DP])));

    let children = [Cell { covers_minors: true, ..cell(Role::HC, Purpose::Hr, "G02") }];
    assert_eq!(needed(&children, Role::SP), Ok(roles([Role::SH, Role::DP])), "PIPL 28: under 14");
}

#[test]
fn whoever_has_no_steward_is_signed_for_by_the_data_protection_officer() {
    for role in [Role::VN, Role::AU, Role::DP, Role::SU] {
        let cells = [cell(role, Purpose::Sar, "G02")];
        assert_eq!(needed(&cells, Role::SP), Ok(roles([Role::DP])), "{role}");
    }
    let of_the_person = [cell(Role::CW, Purpose::Sa, "G31")];
    assert_eq!(needed(&of_the_person, Role::DP), Ok(roles([Role::SC])));
    let of_the_gateway = [cell(Role::AU, Purpose::Aud, "G30")];
    assert_eq!(needed(&of_the_gateway, Role::DP), Ok(roles([Role::DP])), "a second officer");
}

#[test]
fn only_who_owns_it_proposes_and_every_owner_signs() {
    for proposer in Role::ALL.into_iter().chain(Role::STEWARDS) {
        let cells = [cell(Role::HC, Purpose::Hr, "G14")];
        let expected = match proposer {
            Role::SH => Ok(roles([Role::SH])),
            role if SIGNERS.contains(&role) => Err(Objection::NotOwner),
            _ => Err(Objection::NoSteward),
        };
        assert_eq!(needed(&cells, proposer), expected, "{proposer}");
    }
    let two = [cell(Role::HC, Purpose::Hr, "G14"), cell(Role::PO, Purpose::Res, "G02")];
    assert_eq!(needed(&two, Role::SH), Ok(roles([Role::SP])));
    assert_eq!(needed(&two, Role::SP), Ok(roles([Role::SH])));
}

#[test]
fn a_change_that_only_takes_away_needs_no_data_protection_officer() {
    let away = [Cell { level: Level::None, ..cell(Role::CA, Purpose::Ema, "G14") }];
    assert_eq!(needed(&away, Role::SH), Ok(roles([Role::SC])));
}

#[test]
fn nobody_decides_on_their_own_proposal_in_whatever_role() {
    let proposer = signer("wang", Role::SP);
    let needed = roles([Role::SH, Role::DP]);
    for role in SIGNERS {
        for verdict in [Verdict::Approve, Verdict::Reject] {
            let deed = SignedVerdict { signer: signer("wang", role), verdict };
            assert_eq!(decide(&needed, &proposer, &[], &deed), Err(Objection::OwnProposal));
        }
    }
}

#[test]
fn nobody_signs_twice_in_whatever_role() {
    let (proposer, needed) = (signer("wang", Role::SP), roles([Role::SH, Role::DP]));
    let past = [approve("li", Role::SH)];
    for role in SIGNERS {
        let again = decide(&needed, &proposer, &past, &approve("li", role));
        assert_eq!(again, Err(Objection::Twice), "{role}");
    }
    let colleague = decide(&needed, &proposer, &past, &approve("zhao", Role::SH));
    assert_eq!(colleague, Err(Objection::NotNeeded), "health has signed");
    let last = decide(&needed, &proposer, &past, &approve("zhao", Role::DP));
    assert_eq!(last, Ok(Outcome::Approved));
}

#[test]
fn only_the_proposer_withdraws_and_only_whom_it_concerns_rejects() {
    let (proposer, needed) = (signer("wang", Role::SP), roles([Role::SH]));
    let deed = |subject, role, verdict| SignedVerdict { signer: signer(subject, role), verdict };
    let decide = |deed| decide(&needed, &proposer, &[], &deed);
    assert_eq!(decide(deed("wang", Role::SP, Verdict::Withdraw)), Ok(Outcome::Withdrawn));
    assert_eq!(decide(deed("li", Role::SP, Verdict::Withdraw)), Err(Objection::NotProposer));
    assert_eq!(decide(deed("li", Role::SH, Verdict::Reject)), Ok(Outcome::Rejected));
    assert_eq!(decide(deed("li", Role::SP, Verdict::Reject)), Ok(Outcome::Rejected));
    assert_eq!(decide(deed("li", Role::SC, Verdict::Reject)), Err(Objection::NotNeeded));
    assert_eq!(decide(deed("li", Role::HC, Verdict::Reject)), Err(Objection::NoSteward));
}

#[test]
fn what_is_decided_stays_decided() {
    let (proposer, needed) = (signer("wang", Role::SP), roles([Role::SH]));
    for verdict in [Verdict::Approve, Verdict::Reject, Verdict::Withdraw] {
        let past = [SignedVerdict { signer: signer("li", Role::SH), verdict }];
        for (subject, role) in [("zhao", Role::SH), ("wang", Role::SP), ("zhao", Role::DP)] {
            for next in [Verdict::Approve, Verdict::Reject, Verdict::Withdraw] {
                let deed = SignedVerdict { signer: signer(subject, role), verdict: next };
                let outcome = decide(&needed, &proposer, &past, &deed);
                assert_eq!(outcome, Err(Objection::Decided), "{verdict:?} then {next:?}");
            }
        }
    }
}

fn people() -> impl Strategy<Value = Signer> {
    let names = prop::sample::select(vec!["wang", "li", "zhao", "liu", "chen", "yang"]);
    let all: Vec<Role> = SIGNERS.into_iter().chain([Role::HC, Role::AU]).collect();
    (names, prop::sample::select(all)).prop_map(|(name, role)| signer(name, role))
}

fn deeds() -> impl Strategy<Value = Vec<SignedVerdict>> {
    use Verdict::*;
    let verdicts = prop::sample::select(vec![Approve, Approve, Approve, Approve, Reject, Withdraw]);
    let deed = (people(), verdicts).prop_map(|(signer, verdict)| SignedVerdict { signer, verdict });
    prop::collection::vec(deed, 0..25)
}

proptest! {
    #[test]
    fn a_version_is_made_only_when_everybody_concerned_has_signed_and_two_people_at_least(
        cells in prop::collection::vec(cells(), 1..4),
        proposer in people(),
        deeds in deeds(),
    ) {
        let Ok(needed) = needed(&cells, proposer.role) else { return Ok(()) };
        let mut past: Vec<SignedVerdict> = Vec::new();
        let mut made = 0;
        for deed in deeds {
            let Ok(outcome) = decide(&needed, &proposer, &past, &deed) else { continue };
            past.push(deed);
            if outcome != Outcome::Approved {
                continue;
            }
            made += 1;
            let signers: Vec<&Signer> =
                past.iter().map(|deed| &deed.signer).chain([&proposer]).collect();
            let people: BTreeSet<&str> = signers.iter().map(|s| s.subject.as_str()).collect();
            prop_assert!(people.len() >= 2, "two people");
            prop_assert_eq!(people.len(), signers.len(), "nobody twice");
            let signed: BTreeSet<Role> = signers.iter().map(|signer| signer.role).collect();
            for cell in &cells {
                prop_assert!(signed.contains(&steward(owner(&cell.key.target()))));
                if crosses(&cell.key) {
                    prop_assert!(signed.contains(&steward(cell.key.role.department())));
                    let is_sensitive = class(&cell.key, cell.covers_minors) >= Class::C3;
                    if is_sensitive && cell.level != Level::None {
                        prop_assert!(signed.contains(&Role::DP));
                    }
                }
            }
            prop_assert!(past.iter().all(|deed| deed.verdict == Verdict::Approve));
            prop_assert!(missing(&needed, &past).is_empty());
        }
        prop_assert!(made <= 1, "one version at most");
    }

    #[test]
    fn whoever_must_sign_is_a_steward_whom_it_concerns(
        cells in prop::collection::vec(cells(), 1..6),
        proposer in prop::sample::select(SIGNERS.to_vec()),
    ) {
        match needed(&cells, proposer) {
            Ok(roles) => {
                prop_assert!(!roles.is_empty());
                prop_assert!(roles.is_subset(&concerned(&cells)));
            }
            Err(objection) => prop_assert_eq!(objection, Objection::NotOwner),
        }
    }
}
