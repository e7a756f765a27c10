//! One level: the rows of a node, and of the levels below, grouped by their parents.

use std::{collections::HashMap, ops::Range};

use async_graphql_value::Value as Argument;
use futures_util::future::{BoxFuture, FutureExt, join, join_all};

use super::Execution;
use crate::{
    catalogue::catalogue,
    error::{Code, GatewayError, Result},
    graphql::{
        input,
        plan::{Child, Node, Select},
        sql::{
            Cells, Keyset, Params, RowRules, Scoping, Shown, belongs, expression, named,
            order_cells,
        },
    },
    read::{Dialect, Rows, Value},
};

/// The alias of the table a SELECT is about.
pub(super) const TABLE: &str = "t0";

/// The rows of a node and the levels below.
pub(super) struct Level {
    pub rows: Rows,
    /// Which of its cells they show.
    pub shown: Shown,
    pub below: Vec<Branch>,
}

/// The level below through one relation, with the rows of each parent.
pub(super) struct Branch {
    pub level: Level,
    pub of_parent: HashMap<i64, Range<usize>>,
}

impl Execution<'_> {
    /// The record behind an identifier, or no row.
    pub(super) async fn one(&self, id: &Argument, node: &Node) -> Result<Level> {
        let id = input::resolve(id, self.variables)
            .ok_or_else(|| input::bad_input("an id is required"))?;
        let key = input::key(self.context.identifiers, node.kind.name, &id)?;
        let mut params = Params::new(self.reader.dialect());
        let scoping = Scoping { is_keyed: true, ..self.scoping(None) };
        let cells = self.cells(node, &scoping, &node.rules, &mut params)?;
        let scope = node.rules.condition(&scoping, node.kind, TABLE, &mut params);
        let is_it = params.key(&format!("{TABLE}.id"));
        let rest = format!("FROM {} {TABLE} WHERE {is_it} AND {scope}", node.kind.table);
        let sql = cells.select(params.dialect(), &rest, false);
        self.ask(node);
        let rows = self.reader.look_up(params.finish(sql), key).await;
        self.note_named(node.kind, key, rows.as_ref().is_ok_and(|rows| !rows.is_empty()));
        let rows = rows?;
        self.count(rows.len())?;
        let below = self.below(node, &rows, rows.len()).await?;
        Ok(Level { rows, shown: cells.shown(cells.len()), below })
    }

    /// The levels below the first `shown` rows, all at once.
    pub(super) fn below<'b>(
        &'b self,
        node: &'b Node,
        rows: &'b Rows,
        shown: usize,
    ) -> BoxFuture<'b, Result<Vec<Branch>>> {
        // Each to its end: one that fails leaves what the others ask about on record.
        let branches = node.children.iter().map(|child| self.branch(child, rows, shown));
        join_all(branches).map(|branches| branches.into_iter().collect()).boxed()
    }

    async fn branch(&self, child: &Child, parents: &Rows, shown: usize) -> Result<Branch> {
        let mut keys: Vec<i64> =
            (0..shown).filter_map(|row| parents.int(row, child.parent)).collect();
        keys.sort_unstable();
        keys.dedup();
        let node = &child.node;
        self.ask(node);
        let mut params = Params::new(self.reader.dialect());
        let (sql, shown) = if child.relation.many {
            self.many_sql(child, keys, &mut params)?
        } else {
            self.one_sql(child, keys, &mut params)?
        };
        let (rows, asked) = join(self.select(params.finish(sql)), self.inquire()).await;
        asked?;
        let rows = rows?;
        let parent = node.keys() + node.columns.len();
        let mut of_parent: HashMap<i64, Range<usize>> = HashMap::new();
        for row in 0..rows.len() {
            let key = rows.int(row, parent).ok_or_else(missing_key)?;
            let rows = of_parent.entry(key).or_insert(row..row);
            if rows.end != row {
                return Err(GatewayError::new(Code::Internal, "rows of a parent came apart"));
            }
            rows.end = row + 1;
        }
        let below = self.below(node, &rows, rows.len()).await?;
        Ok(Branch { level: Level { rows, shown, below }, of_parent })
    }

    fn one_sql(
        &self,
        child: &Child,
        keys: Vec<i64>,
        params: &mut Params,
    ) -> Result<(String, Shown)> {
        let node = &child.node;
        let key = format!("{TABLE}.{}", child.relation.to);
        let scoping = Scoping { is_keyed: true, ..self.scoping(child.known.as_ref()) };
        let mut cells = self.cells(node, &scoping, &node.rules, params)?;
        let parents = params.one_of(&key, keys);
        cells.push(key);
        let scope = node.rules.condition(&scoping, node.kind, TABLE, params);
        let rest = format!("FROM {} {TABLE} WHERE {parents} AND {scope}", node.kind.table);
        let sql = cells.select(params.dialect(), &rest, false);
        Ok((sql, cells.shown(cells.len())))
    }

    /// The first rows of every parent: exact for each, in one SELECT.
    fn many_sql(
        &self,
        child: &Child,
        keys: Vec<i64>,
        params: &mut Params,
    ) -> Result<(String, Shown)> {
        let node = &child.node;
        let arguments = &child.arguments;
        let key = format!("{TABLE}.{}", child.relation.to);
        let scoping = self.scoping(child.known.as_ref());
        let mut order = self.order(arguments, node)?;
        let (restriction, rows) = self.restriction(arguments, node, &scoping, params)?;
        let condition = restriction.condition;
        order_cells(&mut order, TABLE, &rows, &scoping, params)?;
        let first = match self.argument(arguments.first.as_ref()) {
            Some(first) => input::page_size(&first, "first", self.limits.page_size)?,
            None => self.limits.default_nested_size,
        };
        let cells = self.cells(node, &scoping, &rows, params)?;
        let (inner, outer) = (cells.inner(), cells.outer(&["parent"]));
        let table = node.kind.table;
        let order = Keyset { kind: node.kind, keys: &order }.order_by(TABLE, false);
        let first = params.bind(Value::Int(i64::try_from(first).unwrap_or(i64::MAX)));
        let budget = params.bind(Value::Int(self.row_budget()));
        let sql = match self.reader.dialect() {
            // One look into the index for each parent, which ends with its last row.
            Dialect::Postgres => {
                let keys = params.bind(Value::Keys(keys));
                let belongs = belongs(node.kind, TABLE, child.relation.to, "parent", params);
                format!(
                    "SELECT {outer} FROM unnest({keys}::bigint[]) parent \
                     CROSS JOIN LATERAL (SELECT {inner} FROM {table} {TABLE} \
                     WHERE {belongs} AND {condition} ORDER BY {order} LIMIT {first}) ranked \
                     LIMIT {budget}"
                )
            }
            Dialect::Sqlite => {
                let parents = params.one_of(&key, keys);
                format!(
                    "SELECT {outer} FROM (SELECT {inner}, {key} AS parent, \
                     row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS place \
                     FROM {table} {TABLE} WHERE {parents} AND {condition}) ranked \
                     WHERE place <= {first} ORDER BY parent, place LIMIT {budget}"
                )
            }
        };
        Ok((sql, cells.shown(cells.len() + 1)))
    }

    /// The SELECT list of a node, of whose rows `rows` hold: the row's key, its person's key, and what
    /// was asked for.
    pub(super) fn cells(
        &self,
        node: &Node,
        scoping: &Scoping<'_>,
        rows: &RowRules,
        params: &mut Params,
    ) -> Result<Cells> {
        let keys = ["id", node.kind.subject].into_iter().take(node.keys());
        let mut cells = Cells::new(keys.map(|key| format!("{TABLE}.{key}")).collect());
        for cell in &node.columns {
            let value = match cell.select {
                Select::Column(column) => format!("{TABLE}.{column}"),
                Select::Named(column) => {
                    let key = format!("{TABLE}.{column}");
                    named(&self.scoping(None), TABLE, column, &key, params)
                }
                Select::Value(field, mask) => {
                    let field = catalogue().field(field);
                    expression(field, mask, TABLE, &self.scoping(None), params).ok_or_else(
                        || GatewayError::new(Code::Internal, "a value has no expression"),
                    )?
                }
            };
            let of = (node.kind, TABLE);
            cells.push_cell(value, cell.rule.as_ref(), scoping, rows, of, params);
        }
        Ok(cells)
    }

    /// An argument with its variables in place; null and absent are the same.
    pub(super) fn argument(&self, argument: Option<&Argument>) -> Option<async_graphql::Value> {
        argument
            .and_then(|argument| input::resolve(argument, self.variables))
            .filter(|value| *value != async_graphql::Value::Null)
    }
}

fn missing_key() -> GatewayError {
    GatewayError::new(Code::Internal, "a row came without its key")
}
