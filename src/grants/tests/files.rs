//! The text file says all that the grants are, and nothing else.

use proptest::prelude::*;

use super::support::*;
use crate::{
    grants::{diff, file},
    policy::{Level, Purpose, Role},
};

proptest! {
    #[test]
    fn what_is_exported_and_imported_is_the_same_and_plans_nothing(
        versions in prop::collection::vec(prop::collection::vec(cells(), 1..30), 1..4),
    ) {
        let ledger = ledger(&versions);
        let text = file::export(&ledger.grants);
        let read = file::import(&text).unwrap();
        let standing: Vec<_> = diff::cells(&ledger.grants).into_values().collect();
        prop_assert_eq!(&read, &standing);
        prop_assert_eq!(diff::towards(&ledger.grants, &read, noon()), vec![]);
    }

    #[test]
    fn what_a_plan_says_makes_the_grants_as_wanted(
        standing in prop::collection::vec(cells(), 1..20),
        wanted in prop::collection::vec(cells(), 1..20),
    ) {
        let before = ledger(&[standing]);
        let wanted = file::import(&file::export(&ledger(&[wanted]).grants)).unwrap();
        let sets: Vec<_> = diff::towards(&before.grants, &wanted, noon())
            .into_iter()
            .filter_map(|change| change.after)
            .collect();
        let version = before.grants.version() + 1;
        let made = sets.iter().map(|cell| {
            let (_, basis) = before.law(&cell.legal_basis).unwrap();
            cell.grant(version, basis.clone(), noon())
        });
        let after = before.grants.with(made);
        prop_assert_eq!(diff::towards(&after, &wanted, noon()), vec![]);
    }
}

#[test]
fn lines_are_sorted_as_the_matrix_is_and_a_change_of_a_cell_is_a_change_of_a_line() {
    let cells = ["Person.phone", "G06", "G02"].map(|target| cell(Role::HC, Purpose::Hr, target));
    let before = file::export(&ledger(&[cells.to_vec()]).grants);
    let targets: Vec<&str> =
        before.lines().skip(1).map(|line| line.split(',').nth(2).unwrap()).collect();
    assert_eq!(targets, ["G02", "G06", "Person.phone"]);

    let mut masked = cells.to_vec();
    masked[1].level = Level::Masked;
    let after = file::export(&ledger(&[cells.to_vec(), vec![masked[1].clone()]]).grants);
    let differing = before.lines().zip(after.lines()).filter(|(one, other)| one != other);
    assert_eq!(differing.count(), 1);
}

#[test]
fn a_line_that_is_not_understood_is_named() {
    let head = "role,purpose,target,level,scope,legal_basis,covers_minors,valid_from,valid_until\n";
    let good = "HC,P-HR,G02,full,j,LAW,false,,\n";
    assert!(file::import(&format!("{head}# said between\n{good}")).is_ok());
    for (line, says) in [
        ("XX,P-HR,G02,full,j,LAW,false,,\n", "\"XX\" is no role"),
        ("SH,P-HR,G02,full,j,LAW,false,,\n", "\"SH\" is no role"),
        ("HC,P-ADM,G02,full,j,LAW,false,,\n", "\"P-ADM\" is no purpose"),
        (
            "HC,P-HR,Person.soul,full,j,LAW,false,,\n",
            "\"Person.soul\" is no group (G02) or field (Person.name)",
        ),
        ("HC,P-HR,G02,all,j,LAW,false,,\n", "\"all\" is no level"),
        ("HC,P-HR,G02,full,z,LAW,false,,\n", "\"z\" is no scope"),
        ("HC,P-HR,G02,full,j,LAW,perhaps,,\n", "line: 3"),
        (good, "stands there twice"),
    ] {
        let error = file::import(&format!("{head}{good}{line}")).unwrap_err().to_string();
        assert!(error.contains(says) && error.contains('3'), "{line}: {error}");
    }
}

#[test]
fn a_file_without_cells_is_no_wish_to_take_everything_away() {
    let head = "role,purpose,target,level,scope,legal_basis,covers_minors,valid_from,valid_until\n";
    for text in ["", head, "# nothing\n"] {
        assert!(file::import(text).unwrap_err().to_string().contains("no cells"), "{text:?}");
    }
}

#[test]
fn a_line_left_out_takes_the_grant_away_and_one_without_a_beginning_begins_when_approved() {
    let stands =
        ledger(&[vec![cell(Role::HC, Purpose::Hr, "G02"), cell(Role::HC, Purpose::Hr, "G06")]]);
    let wanted = [cell(Role::HC, Purpose::Hr, "G02"), cell(Role::HV, Purpose::Imm, "G02")];
    let changes = diff::towards(&stands.grants, &wanted, noon());
    assert_eq!(
        diff::text(&changes),
        "- HC P-HR G06: full j LAW from 2026-11-20T04:00:00Z\n+ HV P-IMM G02: full j LAW\n"
    );
}
