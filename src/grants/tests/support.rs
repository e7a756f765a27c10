//! Cells, laws and sets to try rules on.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use crate::{
    catalogue::{Field, catalogue},
    grants::{Cell, Signer, cell::Key, store::Ledger},
    policy::{GrantSet, Instrument, LegalBasis, Level, Purpose, Role, Scope, Target},
};

pub fn noon() -> DateTime<Utc> {
    "2026-11-20T04:00:00Z".parse().unwrap()
}

pub fn signer(subject: &str, role: Role) -> Signer {
    Signer { subject: subject.to_owned(), role }
}

pub fn key(role: Role, purpose: Purpose, target: &str) -> Key {
    Key::new(role, purpose, &Target::parse(target).unwrap()).unwrap()
}

/// A cell in full of the caller's unit, without children.
pub fn cell(role: Role, purpose: Purpose, target: &str) -> Cell {
    Cell {
        key: key(role, purpose, target),
        level: Level::Full,
        scope: Some(Scope::Unit),
        legal_basis: "LAW".to_owned(),
        covers_minors: false,
        valid_from: None,
        valid_until: None,
    }
}

/// `LAW` in force, `PAPER` a policy paper, `ENDED` repealed at [`noon`], `ENDING` a day later.
pub fn laws() -> HashMap<i64, Arc<LegalBasis>> {
    let law = |code: &str, instrument, in_force_until| LegalBasis {
        code: code.to_owned(),
        law: format!("the law {code}"),
        instrument,
        in_force_from: noon() - TimeDelta::days(1000),
        in_force_until,
    };
    let all = [
        law("LAW", Instrument::Statute, None),
        law("PAPER", Instrument::Policy, None),
        law("ENDED", Instrument::Statute, Some(noon())),
        law("ENDING", Instrument::Statute, Some(noon() + TimeDelta::days(1))),
    ];
    (1..).zip(all.map(Arc::new)).collect()
}

/// A ledger whose versions set these cells, one version after the other, each at [`noon`].
pub fn ledger(versions: &[Vec<Cell>]) -> Ledger {
    let mut ledger = Ledger::new(GrantSet::default(), laws());
    for cells in versions {
        let version = ledger.grants.version() + 1;
        let grant = |cell: &Cell| {
            let (_, basis) = ledger.law(&cell.legal_basis).unwrap();
            let mut grant = cell.grant(version, basis.clone(), noon());
            grant.valid_from = cell.valid_from.unwrap_or(noon());
            grant
        };
        let grants = ledger.grants.with(cells.iter().map(grant));
        ledger = Ledger::new(grants, laws());
    }
    ledger
}

/// Any cell that could be written.
pub fn cells() -> impl Strategy<Value = Cell> {
    use Level::*;
    let pairs: Vec<(Role, Purpose)> = Role::ALL
        .into_iter()
        .flat_map(|role| Purpose::ALL.into_iter().map(move |purpose| (role, purpose)))
        .collect();
    let groups: Vec<String> =
        entity::sharing::Group::ALL.into_iter().map(|group| group.code().to_owned()).collect();
    let paths: Vec<String> = catalogue().fields().iter().map(Field::path).collect();
    let target = prop_oneof![prop::sample::select(groups), prop::sample::select(paths)];
    let levels = prop::sample::select(vec![None, Aggregate, Predicate, Masked, Full]);
    let scopes = ["j", "c", "o", "x", "k", "b", "s"].map(|code| Scope::parse(code).unwrap());
    let instant =
        || (-40_000_000_i64..40_000_000).prop_map(|seconds| noon() + TimeDelta::seconds(seconds));
    let law = prop::sample::select(vec!["LAW", "PAPER", "ENDED", "ENDING"]);
    let what = (prop::sample::select(pairs), target, levels);
    let how = (prop::option::of(prop::sample::select(scopes.to_vec())), law, any::<bool>());
    let when = (instant(), prop::option::of(instant()));
    (what, how, when).prop_map(
        |(((role, purpose), target, level), (scope, law, minors), (from, until))| Cell {
            key: key(role, purpose, &target),
            level,
            scope,
            legal_basis: law.to_owned(),
            covers_minors: minors,
            valid_from: Some(from),
            valid_until: until,
        },
    )
}
