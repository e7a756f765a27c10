//! The persons that a filter singles out: the few whom its identifying conditions leave, whatever
//! its other conditions say.
//!
//! `{ name: X, healthRecords: { some: { bloodType: A } } }` asks about the persons named X, also where
//! none of them has this blood type. Each way to meet a filter is looked at by itself: an alternative
//! of an `or` together with what stands beside the `or`, each value of an `in`, what stands in a
//! `not`, and what is asked of others through a relation.
//!
//! `marks.rs` says what of a filter a person can be told by, `ways.rs` looks for the ways to meet it,
//! and `look.rs` makes SELECTs of them.

mod look;
mod marks;
mod ways;

use std::collections::{BTreeMap, BTreeSet};

use self::{
    look::Look,
    marks::Mark,
    ways::{Way, Ways},
};
use crate::{
    catalogue::Kind,
    error::Result,
    graphql::{context::Context, filter::RequestFilter, limits::Limits},
    policy::Permit,
    read::{Dialect, Rows, Statement},
};

/// Conditions that leave more persons than this single nobody out.
const FEW: usize = 10;

/// Ways to meet a filter that are asked about in one statement.
const TOGETHER: usize = 40;

/// Looks for whom a filter singles out.
pub struct SingledOut<'a> {
    pub permit: &'a Permit,
    pub context: &'a Context<'a>,
    pub limits: &'a Limits,
    pub dialect: Dialect,
}

/// The ways to meet a filter in which persons can be told.
pub struct WaysToMeet<'f>(Vec<Way<'f>>);

impl WaysToMeet<'_> {
    /// Whether whoever meets the filter meets all of them: then [more persons than a
    /// few](is_crowd) in a list that it leaves say that it singles nobody out.
    pub fn are_met_by_rows(&self) -> bool {
        let [Way { marks, .. }] = self.0.as_slice() else { return false };
        marks.iter().all(|mark| matches!(mark, Mark::Compared(..)) && mark.listed().is_none())
    }
}

/// Whether these are more persons than a filter singles out.
pub fn is_crowd(persons: impl IntoIterator<Item = i64>) -> bool {
    let mut few = [0; FEW];
    let mut known = 0;
    for person in persons {
        if few[..known].contains(&person) {
            continue;
        }
        if known == FEW {
            return true;
        }
        few[known] = person;
        known += 1;
    }
    false
}

impl SingledOut<'_> {
    /// The ways to meet a filter on rows of a kind.
    ///
    /// # Errors
    /// When there are too many.
    pub fn ways<'f>(
        &self,
        kind: &'static Kind,
        filter: &'f RequestFilter,
    ) -> Result<WaysToMeet<'f>> {
        Ok(WaysToMeet(Ways::to_meet(kind, filter, self.limits)?))
    }

    /// The SELECTs of the persons that a filter singles out among those that the caller sees; their
    /// rows are for [`those`](Self::those).
    ///
    /// # Errors
    /// When a field has no rows.
    pub fn by(&self, ways: &WaysToMeet<'_>) -> Result<Vec<Statement>> {
        let look = Look { permit: self.permit, context: self.context, dialect: self.dialect };
        ways.0.chunks(TOGETHER).map(|ways| look.statement(ways)).collect()
    }

    /// The persons singled out, by the rows of one of the SELECTs.
    ///
    /// Where nobody meets all conditions of a way, the question was about those who meet one: that
    /// nobody named X was born on that day is an answer about whoever is named X.
    pub fn those(rows: &Rows) -> Vec<i64> {
        let mut found: BTreeMap<i64, BTreeMap<i64, (bool, BTreeSet<i64>)>> = BTreeMap::new();
        for row in 0..rows.len() {
            let cell = |column| rows.int(row, column).unwrap_or_default();
            let of = found.entry(cell(0)).or_default().entry(cell(1)).or_default();
            of.0 = cell(2) == 1;
            of.1.insert(cell(3));
        }
        let parts = found.into_values().flat_map(|parts| {
            let all_met = parts.contains_key(&0);
            parts.into_iter().filter(move |(part, _)| *part == 0 || !all_met)
        });
        parts
            .filter(|(_, (are_few, persons))| *are_few || persons.len() <= FEW)
            .flat_map(|(_, (_, persons))| persons)
            .collect()
    }
}
