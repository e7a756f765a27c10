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
        let mut list = List::new(self.values.len() + self.scopes.len());
        for (place, (value, _)) in self.values.iter().enumerate() {
            list.item(&[value, " AS c"]).number(place);
        }
        for (place, (_, scope)) in self.scopes.iter().enumerate() {
            list.item(&["(", scope, ") IS TRUE AS s"]).number(place);
        }
        list.text
    }

    /// The list of a SELECT from an inner one: cells, then `more`, then the scopes.
    pub fn outer(&self, more: &[&str]) -> String {
        let mut list = List::new(self.values.len() + self.scopes.len());
        for (place, (_, scope)) in self.values.iter().enumerate() {
            match scope {
                Some(scope) => list
                    .item(&["CASE WHEN s"])
                    .number(*scope)
                    .push(" THEN c")
                    .number(place)
                    .push(" END"),
                None => list.item(&["c"]).number(place),
            };
        }
        for name in more {
            list.item(&[name]);
        }
        for place in 0..self.scopes.len() {
            list.item(&["s"]).number(place);
        }
        list.text
    }

    /// A SELECT of these values, made of what comes behind its list. `is_limited` says that it has a
    /// LIMIT of its own.
    pub fn select(&self, dialect: Dialect, rest: &str, is_limited: bool) -> String {
        if self.scopes.is_empty() {
            let mut list = List::new(self.values.len());
            for (value, _) in &self.values {
                list.item(&[value]);
            }
            return ["SELECT ", &list.text, " ", rest].concat();
        }
        // Databases would move the scopes into the outer list, and ask them once a cell.
        let (fence, end) = match (dialect, is_limited) {
            (Dialect::Postgres, true) => ("", ""),
            (Dialect::Postgres, false) => (" OFFSET 0", ""),
            (Dialect::Sqlite, true) => ("", " LIMIT -1"),
            (Dialect::Sqlite, false) => (" LIMIT -1", " LIMIT -1"),
        };
        let (outer, inner) = (self.outer(&[]), self.inner());
        ["SELECT ", &outer, " FROM (SELECT ", &inner, " ", rest, fence, ") shown", end].concat()
    }
}

/// A SELECT list under construction, in one piece of memory.
struct List {
    text: String,
}

impl List {
    /// With room for so many items as they usually are.
    fn new(items: usize) -> Self {
        Self { text: String::with_capacity(32 * items) }
    }

    /// Begins an item.
    fn item(&mut self, parts: &[&str]) -> &mut Self {
        if !self.text.is_empty() {
            self.text.push_str(", ");
        }
        parts.iter().for_each(|part| self.text.push_str(part));
        self
    }

    fn push(&mut self, part: &str) -> &mut Self {
        self.text.push_str(part);
        self
    }

    fn number(&mut self, number: usize) -> &mut Self {
        self.push(itoa::Buffer::new().format(number))
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
