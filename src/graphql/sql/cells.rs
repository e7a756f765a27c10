//! The values a SELECT gives: cells that are shown of all its rows as they are, others as null where
//! they are not.
//!
//! A scope is asked once a row, however many cells stand under it: the rows are selected with their
//! scopes beside them, and the cells are made of that. Nothing out of its scope leaves the database.

use super::{Params, RowRules, Scoping};
use crate::{catalogue::Kind, policy::RowRule, read::Dialect};

/// Values with their scopes.
pub struct Cells {
    values: Vec<(String, Option<usize>)>,
    scopes: Vec<(RowRule, String)>,
}

/// Where the rows of a SELECT tell whether a rule reaches them.
#[derive(Default)]
pub struct Shown(Vec<(RowRule, usize)>);

impl Cells {
    /// Values that every row shows, in their order.
    pub fn new(values: Vec<String>) -> Self {
        Self { values: values.into_iter().map(|value| (value, None)).collect(), scopes: Vec::new() }
    }

    /// Adds a value that every row shows.
    pub fn push(&mut self, value: String) {
        self.values.push((value, None));
    }

    /// Adds a value of a kind's rows under `alias`, of which `rows` hold, that is shown where a rule
    /// reaches the row.
    pub fn push_cell(
        &mut self,
        value: String,
        rule: Option<&RowRule>,
        scoping: &Scoping<'_>,
        rows: &RowRules,
        (kind, alias): (&Kind, &str),
        params: &mut Params,
    ) {
        let scope = rule.and_then(|rule| self.scope(rule, scoping, rows, (kind, alias), params));
        self.values.push((value, scope));
    }

    /// Adds the scope of a cell that is not selected, where not every row shows it, and gives its place.
    pub fn scope(
        &mut self,
        rule: &RowRule,
        scoping: &Scoping<'_>,
        rows: &RowRules,
        (kind, alias): (&Kind, &str),
        params: &mut Params,
    ) -> Option<usize> {
        if let Some(known) = self.scopes.iter().position(|(known, _)| known == rule) {
            return Some(known);
        }
        let condition = scoping.cell(rule, rows, kind, alias, params)?;
        self.scopes.push((*rule, condition));
        Some(self.scopes.len() - 1)
    }

    /// How many values there are.
    pub fn width(&self) -> usize {
        self.values.len()
    }

    /// Where scopes stand in the rows, behind `before` columns.
    pub fn shown(&self, before: usize) -> Shown {
        Shown(self.scopes.iter().map(|(rule, _)| *rule).zip(before..).collect())
    }

    /// The list of an inner SELECT: values and scopes under names.
    pub fn inner(&self) -> String {
        let values = (0..)
            .zip(&self.values)
            .map(|(place, (value, _)): (usize, _)| format!("{value} AS c{place}"));
        let scopes = (0..)
            .zip(&self.scopes)
            .map(|(place, (_, scope)): (usize, _)| format!("({scope}) IS TRUE AS s{place}"));
        values.chain(scopes).collect::<Vec<_>>().join(", ")
    }

    /// The list of a SELECT from an inner one: cells, then `more`, then the scopes.
    pub fn outer(&self, more: &[&str]) -> String {
        let values = (0..).zip(&self.values).map(|(place, (_, scope)): (usize, _)| match scope {
            Some(scope) => format!("CASE WHEN s{scope} THEN c{place} END"),
            None => format!("c{place}"),
        });
        let scopes = (0..self.scopes.len()).map(|place| format!("s{place}"));
        values
            .chain(more.iter().map(|&more| more.to_owned()))
            .chain(scopes)
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// A SELECT of these values, made of what comes behind its list. `is_limited` says that it has a
    /// LIMIT of its own.
    pub fn select(&self, dialect: Dialect, rest: &str, is_limited: bool) -> String {
        if self.scopes.is_empty() {
            let values: Vec<&str> = self.values.iter().map(|(value, _)| value.as_str()).collect();
            return format!("SELECT {} {rest}", values.join(", "));
        }
        // Databases would move the scopes into the outer list, and ask them once a cell.
        let (fence, end) = match (dialect, is_limited) {
            (Dialect::Postgres, true) => ("", ""),
            (Dialect::Postgres, false) => (" OFFSET 0", ""),
            (Dialect::Sqlite, true) => ("", " LIMIT -1"),
            (Dialect::Sqlite, false) => (" LIMIT -1", " LIMIT -1"),
        };
        format!(
            "SELECT {} FROM (SELECT {} {rest}{fence}) shown{end}",
            self.outer(&[]),
            self.inner()
        )
    }
}

impl Shown {
    /// The column that tells whether a rule reaches a row; none where it reaches all.
    pub fn column(&self, rule: Option<&RowRule>) -> Option<usize> {
        let rule = rule?;
        self.0.iter().find(|(known, _)| known == rule).map(|(_, column)| *column)
    }

    /// The columns that tell it.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|(_, column)| *column)
    }

    /// Whether every cell is shown of every row.
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }
}
