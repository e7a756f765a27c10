//! One level: the rows of a node, and of the levels below, grouped by their parents.

use std::{collections::HashMap, ops::Range};

use async_graphql_value::Value as Argument;
use futures_util::future::{BoxFuture, FutureExt, join, join_all};

use super::{Execution, list::Chosen, pages::Pages};
use crate::{
    catalogue::{FieldId, catalogue},
    error::{Code, GatewayError, Result},
    graphql::{
        input,
        plan::{Child, Node, Select},
        sql::{
            Cells, Keyset, OrderKey, Params, RowRules, Scoping, Shown, belongs, column, expression,
            named_key, order_cells,
        },
    },
    policy::RowRule,
    read::{Dialect, Rows, Value},
};

/// The alias of the table a SELECT is about.
pub(super) const TABLE: &str = "t0";

/// The rows of a node and the levels below.
pub(super) struct Level {
    pub rows: Rows,
    /// Which of its cells they show.
    pub shown: Shown,
    /// By what the rows were chosen or ordered.
    pub tested: Tested,
    pub below: Vec<Branch>,
}

/// Fields that a list is chosen or ordered by; with the rule of the cell, where it is one of the rows.
pub(super) type Tested = Vec<(FieldId, Option<RowRule>)>;

/// The level below through one relation, with the rows of each parent.
pub(super) struct Branch {
    pub level: Level,
    /// The rows that are shown, which stand together.
    pub of_parent: HashMap<i64, Range<usize>>,
    /// Where the relation is asked for page by page: what each page is of.
    pub pages: Option<Pages>,
}

impl Execution<'_> {
    /// The record behind an identifier, or no row.
    pub(super) async fn one(&self, id: &Argument, node: &Node) -> Result<Level> {
        let id = input::resolve(id, self.variables)
            .ok_or_else(|| input::bad_input("an id is required"))?;
        let key = input::key(self.context.identifiers, node.kind.name, &id)?;
        self.found(key, node).await
    }

    /// The record of a key, or no row.
    pub(super) async fn found(&self, key: i64, node: &Node) -> Result<Level> {
        let mut params = Params::new(self.reader.dialect());
        let scoping = Scoping { is_keyed: true, ..self.scoping(None) };
        let cells = self.cells(node, &scoping, &node.rules, &mut params);
        let scope = node.rules.condition(&scoping, node.kind, TABLE, &mut params);
        let is_it = params.key(&format!("{TABLE}.id"));
        let rest = format!("FROM {} {TABLE} WHERE {is_it} AND {scope}", node.kind.table);
        let sql = cells.select(params.dialect(), &rest, false);
        self.ask(node);
        let rows = self.reader.look_up(params.finish(sql), key).await;
        let is_shown = rows.as_ref().is_ok_and(|rows| !rows.is_empty());
        self.note_named(node.kind, vec![key], |_| is_shown);
        let rows = rows?;
        self.count(rows.len())?;
        let below = self.below(node, &rows, 0..rows.len()).await?;
        Ok(Level { rows, shown: cells.shown(cells.width()), tested: Vec::new(), below })
    }

    /// The levels below the rows that are shown, all at once.
    pub(super) fn below<'b>(
        &'b self,
        node: &'b Node,
        rows: &Rows,
        shown: impl Iterator<Item = usize> + Clone,
    ) -> BoxFuture<'b, Result<Vec<Branch>>> {
        // Each to its end: one that fails leaves what the others ask about on record.
        let branches = node.children.iter().map(|child| {
            let parents = shown.clone().filter_map(|row| rows.int(row, child.parent));
            let mut parents: Vec<i64> = parents.collect();
            parents.sort_unstable();
            parents.dedup();
            self.branch(child, parents)
        });
        join_all(branches).map(|branches| branches.into_iter().collect()).boxed()
    }

    async fn branch(&self, child: &Child, keys: Vec<i64>) -> Result<Branch> {
        if let Some(asked) = child.pages {
            return self.pages(child, asked, keys).await;
        }
        let node = &child.node;
        self.ask(node);
        let mut params = Params::new(self.reader.dialect());
        let (sql, shown, tested) = if child.relation.many {
            self.many_sql(child, keys, &mut params)?
        } else {
            let (sql, shown) = self.one_sql(child, keys, &mut params);
            (sql, shown, Vec::new())
        };
        let (rows, asked) = join(self.select(params.finish(sql)), self.inquire()).await;
        asked?;
        let rows = rows?;
        let of_parent = by_parent(&rows, node.keys() + node.columns.len())?;
        let below = self.below(node, &rows, 0..rows.len()).await?;
        let level = Level { rows, shown, tested, below };
        Ok(Branch { level, of_parent, pages: None })
    }

    fn one_sql(&self, child: &Child, keys: Vec<i64>, params: &mut Params) -> (String, Shown) {
        let node = &child.node;
        let key = format!("{TABLE}.{}", child.relation.to);
        let scoping = Scoping { is_keyed: true, ..self.scoping(child.known.as_ref()) };
        let mut cells = self.cells(node, &scoping, &node.rules, params);
        let parents = params.one_of(&key, keys);
        cells.push(key);
        let scope = node.rules.condition(&scoping, node.kind, TABLE, params);
        let rest = format!("FROM {} {TABLE} WHERE {parents} AND {scope}", node.kind.table);
        let sql = cells.select(params.dialect(), &rest, false);
        (sql, cells.shown(cells.width()))
    }

    /// The first rows of every parent: exact for each, in one SELECT.
    fn many_sql(
        &self,
        child: &Child,
        keys: Vec<i64>,
        params: &mut Params,
    ) -> Result<(String, Shown, Tested)> {
        let node = &child.node;
        let arguments = &child.arguments;
        let scoping = self.scoping(child.known.as_ref());
        let mut order = self.order(arguments, node)?;
        let Chosen { restriction, rows, by, told_by_page: _ } =
            self.restriction(arguments, node, &scoping, params, false)?;
        let condition = restriction.condition;
        let tested = self.tested(node, &order, by);
        order_cells(&mut order, TABLE, &rows, &scoping, params);
        let first = match self.argument(arguments.first.as_ref()) {
            Some(first) => input::page_size(&first, "first", self.limits.page_size)?,
            None => self.limits.default_nested_size,
        };
        let mut cells = self.cells(node, &scoping, &rows, params);
        self.tested_cells(&mut cells, &tested, node, (&scoping, &rows), params);
        let order = Keyset { kind: node.kind, keys: &order }.order_by(TABLE, false);
        let budget = self.row_budget();
        let sql = first_of_each(child, keys, &cells, (&condition, &order, first, budget), params);
        Ok((sql, cells.shown(cells.width() + 1), tested))
    }

    /// What a list was chosen and ordered by.
    pub(super) fn tested(
        &self,
        node: &Node,
        order: &[OrderKey],
        filtered: impl IntoIterator<Item = FieldId>,
    ) -> Tested {
        let fields = filtered.into_iter().chain(order.iter().map(|key| key.field.id));
        let rule = |field: FieldId| {
            let is_of_rows = catalogue().field(field).kind == node.kind.id;
            self.permit.field(field).rows.filter(|_| is_of_rows)
        };
        fields.map(|field| (field, rule(field))).collect()
    }

    /// Adds the scopes of cells that rows were chosen or ordered by: of whom they are not shown, nothing
    /// was tested.
    pub(super) fn tested_cells(
        &self,
        cells: &mut Cells,
        tested: &Tested,
        node: &Node,
        (scoping, rows): (&Scoping<'_>, &RowRules),
        params: &mut Params,
    ) {
        for rule in tested.iter().filter_map(|(_, rule)| rule.as_ref()) {
            cells.scope(rule, scoping, rows, (node.kind, TABLE), params);
        }
    }

    /// The SELECT list of a node, of whose rows `rows` hold: the row's key, its person's key, and what
    /// was asked for.
    pub(super) fn cells(
        &self,
        node: &Node,
        scoping: &Scoping<'_>,
        rows: &RowRules,
        params: &mut Params,
    ) -> Cells {
        let mut cells =
            Cells::new(node.key_columns().map(|key| format!("{TABLE}.{key}")).collect());
        for cell in &node.columns {
            let here = self.scoping(None);
            let of = (node.kind, TABLE);
            let value = match cell.select {
                Select::Column(key) => column(key, cell.rule.as_ref(), rows, of, &here, params),
                Select::Named(key) => named_key(key, cell.rule.as_ref(), rows, of, &here, params),
                Select::Value(field, mask) => expression(field, mask, (TABLE, rows), &here, params),
            };
            cells.push_cell(value, cell.rule.as_ref(), scoping, rows, of, params);
        }
        cells
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

/// The rows of each parent, which stand in the column `parent` of a SELECT that lists them together.
pub(super) fn by_parent(rows: &Rows, parent: usize) -> Result<HashMap<i64, Range<usize>>> {
    let mut of_parent: HashMap<i64, Range<usize>> = HashMap::new();
    for row in 0..rows.len() {
        let key = rows.int(row, parent).ok_or_else(missing_key)?;
        let rows = of_parent.entry(key).or_insert(row..row);
        if rows.end != row {
            return Err(GatewayError::new(Code::Internal, "rows of a parent came apart"));
        }
        rows.end = row + 1;
    }
    Ok(of_parent)
}

/// A SELECT of the first rows of each parent under a condition and in an order, those of one parent
/// together; the parent's key stands behind the cells, and their scopes behind that. `most` bounds the rows of all.
pub(super) fn first_of_each(
    child: &Child,
    parents: Vec<i64>,
    cells: &Cells,
    (condition, order, first, most): (&str, &str, usize, i64),
    params: &mut Params,
) -> String {
    let (kind, to) = (child.node.kind, child.relation.to);
    let key = format!("{TABLE}.{to}");
    let (inner, outer) = (cells.inner(), cells.outer(&["parent"]));
    let table = kind.table;
    let first = params.bind(Value::Int(i64::try_from(first).unwrap_or(i64::MAX)));
    let most = params.bind(Value::Int(most));
    match params.dialect() {
        // One look into the index for each parent, which ends with its last row.
        Dialect::Postgres => {
            let keys = params.bind(Value::Keys(parents));
            let belongs = belongs(kind, TABLE, to, "parent", params);
            format!(
                "SELECT {outer} FROM unnest({keys}::bigint[]) parent \
                 CROSS JOIN LATERAL (SELECT {inner} FROM {table} {TABLE} \
                 WHERE {belongs} AND {condition} ORDER BY {order} LIMIT {first}) ranked \
                 LIMIT {most}"
            )
        }
        Dialect::Sqlite => {
            let parents = params.one_of(&key, parents);
            format!(
                "SELECT {outer} FROM (SELECT {inner}, {key} AS parent, \
                 row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS place \
                 FROM {table} {TABLE} WHERE {parents} AND {condition}) ranked \
                 WHERE place <= {first} ORDER BY parent, place LIMIT {most}"
            )
        }
    }
}
