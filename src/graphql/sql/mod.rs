//! SQL for plans: columns, row scopes, filters, orders and pages.

mod about;
mod cells;
mod closed;
mod collected;
mod exchange;
mod filter;
mod named;
mod order;
mod persons;
pub mod ruled;
mod scope;
mod singled;
mod value;

pub use about::{About, Beyond, leads_to_others};
pub use cells::{Cells, Shown};
pub use closed::Closed;
pub use filter::Filters;
pub use order::{CursorPosition, Keyset, OrderKey, order_cells, parse_order};
pub use persons::{belongs, own_persons, within_unit};
pub use scope::{Restriction, RowRules, Scoping, Walk, leaves_out_none, unprotected};
pub use singled::{SingledOut, is_crowd};
pub use value::{
    CLINIC, DISCLOSING, cell, column, expression, generalized, literal_text, named_key,
};

use crate::read::{Dialect, Statement, Value};

/// Joins conditions as a balanced tree: databases bound the depth of an expression, and a chain of
/// a thousand ORs is a thousand deep.
pub fn join(parts: &[String], operator: &str) -> String {
    match parts {
        [] => if operator == "OR" { "FALSE" } else { "TRUE" }.to_owned(),
        [single] => single.clone(),
        [left, right] => format!("{left} {operator} {right}"),
        _ => {
            let (left, right) = parts.split_at(parts.len() / 2);
            format!("({}) {operator} ({})", join(left, operator), join(right, operator))
        }
    }
}

/// Parameters of a statement under construction.
///
/// Placeholders carry their number, so fragments can be written in any order.
#[derive(Clone)]
pub struct Params {
    dialect: Dialect,
    values: Vec<Value>,
    aliases: usize,
}

impl Params {
    /// No parameters yet.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, values: Vec::new(), aliases: 0 }
    }

    /// The SQL it is for.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Adds a parameter and gives its placeholder.
    pub fn bind(&mut self, value: Value) -> String {
        self.values.push(value);
        match self.dialect {
            Dialect::Sqlite => format!("?{}", self.values.len()),
            Dialect::Postgres => format!("${}", self.values.len()),
        }
    }

    /// A table alias not used yet in this statement.
    pub fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases)
    }

    /// A condition that a key column holds one of these keys.
    pub fn one_of(&mut self, column: &str, keys: Vec<i64>) -> String {
        let keys = self.bind(Value::Keys(keys));
        match self.dialect {
            Dialect::Sqlite => format!("{column} IN (SELECT value FROM json_each({keys}))"),
            Dialect::Postgres => format!("{column} = ANY({keys})"),
        }
    }

    /// A condition that a key column holds a key that is looked up with [`Reader::look_up`]; to be
    /// asked for last.
    ///
    /// [`Reader::look_up`]: crate::read::Reader::look_up
    pub fn key(&self, column: &str) -> String {
        let number = self.values.len() + 1;
        match self.dialect {
            Dialect::Sqlite => format!("{column} = ?{number}"),
            Dialect::Postgres => format!("{column} = ANY(${number})"),
        }
    }

    /// A condition that a key column holds one of the keys of a SELECT that does not depend on the
    /// row. PostgreSQL reads it first and then uses the column's index.
    pub fn among(&self, column: &str, select: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("{column} IN ({select})"),
            Dialect::Postgres => format!("{column} = ANY(ARRAY({select}))"),
        }
    }

    /// A condition that a text contains another.
    pub fn contains(&mut self, column: &str, part: String) -> String {
        let part = self.bind(Value::Text(part));
        match self.dialect {
            Dialect::Sqlite => format!("instr({column}, {part}) > 0"),
            Dialect::Postgres => format!("strpos({column}, {part}) > 0"),
        }
    }

    /// The finished statement.
    pub fn finish(self, sql: String) -> Statement {
        Statement { sql, params: self.values }
    }
}
