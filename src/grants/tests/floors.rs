//! What no grant may override is refused before anybody signs, by the functions that enforce it.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::support::*;
use crate::{
    catalogue::catalogue,
    error::Code,
    grants::{Cell, store::Ledger, weigh},
    policy::{Basis, Level, Permit, Position, Purpose, Refusal, Role},
};

fn refusal(ledger: &Ledger, cells: &[Cell]) -> Option<Refusal> {
    weigh::grants(ledger, cells, noon()).1.first().map(|hit| hit.refusal)
}

#[test]
fn every_floor_refuses_and_names_its_article() {
    let empty = ledger(&[]);
    let of = |role, purpose, target| cell(role, purpose, target);
    let with = |law: &str, cell: Cell| Cell { legal_basis: law.to_owned(), ..cell };
    for (cell, expected) in [
        (of(Role::HC, Purpose::Fund, "G02"), Refusal::PurposeNotOpen),
        (with("ENDED", of(Role::HC, Purpose::Hr, "G02")), Refusal::LawNotInForce),
        (with("PAPER", of(Role::HC, Purpose::Hr, "G02")), Refusal::PolicyIsNoLaw),
        (of(Role::PO, Purpose::Res, "G20"), Refusal::SpeciallyProtected),
        (of(Role::FA, Purpose::Fund, "G02"), Refusal::AnalystsCount),
        (
            Cell { valid_until: Some(noon()), ..of(Role::HC, Purpose::Hr, "G02") },
            Refusal::GrantNotInForce,
        ),
    ] {
        assert_eq!(refusal(&empty, std::slice::from_ref(&cell)), Some(expected), "{}", cell.key);
        let error = weigh::permitted(&empty, &[cell], noon()).unwrap_err();
        assert_eq!(error.code, Code::Forbidden);
        assert_eq!(error.extensions["legalBasis"], expected.law());
        assert_eq!(error.extensions["reason"], expected.code());
    }
    let named = catalogue().fields().iter().find(|field| field.spec.only_roles.is_some()).unwrap();
    let path = named.path();
    assert_eq!(
        refusal(&empty, &[cell(Role::HE, Purpose::Ema, &path)]),
        Some(Refusal::OtherRolesOnly)
    );
}

#[test]
fn a_law_that_ends_before_the_grant_begins_grounds_nothing() {
    let from = |days| Cell {
        legal_basis: "ENDING".to_owned(),
        valid_from: Some(noon() + TimeDelta::days(days)),
        ..cell(Role::HC, Purpose::Hr, "G02")
    };
    assert_eq!(refusal(&ledger(&[]), &[from(0)]), None);
    assert_eq!(refusal(&ledger(&[]), &[from(2)]), Some(Refusal::LawNotInForce));
}

#[test]
fn masks_that_identify_together_are_refused_over_the_whole_resulting_set_and_whenever_it_comes() {
    let masked = |target| Cell { level: Level::Masked, ..cell(Role::CW, Purpose::Res, target) };
    let birth = cell(Role::CW, Purpose::Res, "Person.birthDate");
    let stands = ledger(&[vec![birth.clone()]]);
    assert_eq!(refusal(&stands, &[masked("Person.idNumber")]), Some(Refusal::JointMask));
    assert_eq!(refusal(&ledger(&[]), &[masked("Person.idNumber")]), None);
    assert_eq!(
        refusal(&ledger(&[]), &[masked("Person.idNumber"), birth.clone()]),
        Some(Refusal::JointMask)
    );
    let tomorrow = Cell { valid_from: Some(noon() + TimeDelta::days(1)), ..birth };
    assert_eq!(
        refusal(&ledger(&[vec![tomorrow]]), &[masked("Person.idNumber")]),
        Some(Refusal::JointMask),
        "from tomorrow on"
    );
}

#[test]
fn taking_away_hits_no_floor() {
    let closed = Cell { level: Level::None, ..cell(Role::PO, Purpose::Res, "G20") };
    assert_eq!(refusal(&ledger(&[]), &[closed]), None);
}

proptest! {
    /// What a floor refuses at the proposal, enforcement refuses too; and what it lets pass opens.
    #[test]
    fn proposals_are_refused_for_what_enforcement_refuses(cell in cells()) {
        let Cell { key, .. } = &cell;
        let ledger = ledger(&[]);
        let cell = Cell { valid_until: None, ..cell.clone() };
        let (made, hits) = weigh::grants(&ledger, std::slice::from_ref(&cell), noon());
        let begins = made[0].valid_from;
        let resulting = ledger.grants.with(made);
        let basis =
            Basis { role: key.role, purpose: key.purpose, has_organization: true, has_person: true, has_contract: true };
        let permit = Permit::decide(basis, &resulting, begins);
        let opens = permit.as_ref().is_ok_and(|permit| {
            let mut fields = catalogue().fields().iter();
            fields.any(|field| {
                let at = [Position::Select, Position::Group];
                at.iter().any(|position| permit.may(field, *position))
            })
        });
        if !hits.is_empty() {
            prop_assert!(!opens, "{} opens something although it hits {:?}", key, hits);
        }
        if let Err(refusal) = permit {
            prop_assert_eq!(hits.first().map(|hit| hit.refusal), Some(refusal));
        }
    }
}
