//! What a list is: its condition, its order, where its page begins and ends, how many there are.

use std::collections::BTreeSet;

use async_graphql_value::Value as Argument;

use super::{
    Execution,
    level::{TABLE, Tested},
    subjects::ToldByPage,
};
use crate::{
    catalogue::FieldId,
    error::Result,
    graphql::{
        input::{self, bad_input},
        perturbation::{Bounds, FILTERED, UNFILTERED},
        plan::{Arguments, Child, Node},
        sql::{
            Cells, CursorPosition, Filters, Keyset, OrderKey, Params, Restriction, RowRules,
            Scoping, Walk, order_cells, parse_order,
        },
    },
    read::Dialect,
    volume::stay_end,
};

/// A count, as it is.
#[derive(Clone, Copy)]
pub(super) struct Total {
    pub count: i64,
    /// Tells the set of rows from others.
    pub digest: i64,
}

/// The arguments of a connection, read and checked once for page and count.
pub(super) struct List {
    /// Scope and filter.
    pub restriction: Restriction,
    /// What holds of its rows.
    pub rows: RowRules,
    /// Parameters of scope and filter.
    pub of_condition: Params,
    /// Conditions of `after` and `before`.
    pub bounds: Vec<String>,
    /// Parameters of scope, filter and bounds.
    pub params: Params,
    pub has_after: bool,
    pub has_before: bool,
    /// The order.
    pub keys: Vec<OrderKey>,
    /// By what its rows are chosen and ordered.
    pub tested: Tested,
    /// How many rows a page has at most.
    pub size: usize,
    /// Whether the page is read from the end.
    pub backward: bool,
    /// Its filter, where the page may tell that it singles nobody out.
    pub told_by_page: Option<ToldByPage>,
    is_filtered: bool,
}

/// Which rows a list holds.
pub(super) struct Chosen {
    /// Scope and filter.
    pub restriction: Restriction,
    /// What holds of the rows.
    pub rows: RowRules,
    /// The fields that they are chosen by.
    pub by: BTreeSet<FieldId>,
    /// The filter, where a page may tell that it singles nobody out.
    pub told_by_page: Option<ToldByPage>,
}

impl List {
    /// Scope, filter, and where the page begins and ends.
    pub fn condition(&self) -> String {
        let conditions = std::iter::once(&self.restriction.condition).chain(&self.bounds);
        conditions.map(String::as_str).collect::<Vec<_>>().join(" AND ")
    }

    /// Whether a page is all of it, where `more` says that there is a row beyond.
    pub fn is_whole(&self, more: bool) -> bool {
        self.size > 0 && !more && !self.has_after && !self.has_before
    }

    /// How few rows are counted exactly, and how few are named.
    pub fn few(&self) -> Bounds {
        if self.is_filtered { FILTERED } else { UNFILTERED }
    }
}

impl Execution<'_> {
    /// Reads the arguments of a connection: at the root, or below the rows of a level.
    ///
    /// One that is counted too has one condition for page and count.
    pub(super) fn list(
        &self,
        arguments: &Arguments,
        node: &Node,
        is_counted: bool,
        is_paged: bool,
        below: Option<&Child>,
    ) -> Result<List> {
        let (size, backward) = self.size(arguments)?;
        let mut params = Params::new(self.reader.dialect());
        let mut keys = self.order(arguments, node)?;
        let keyset = Keyset { kind: node.kind, keys: &keys };
        let place = |cursor: &Option<Argument>| {
            let cursor = self.argument(cursor.as_ref());
            cursor.map(|cursor| keyset.place(self.context.identifiers, &cursor)).transpose()
        };
        let (after, before) = (place(&arguments.after)?, place(&arguments.before)?);
        // A count has nothing to do with where the page begins.
        let is_walk = below.is_none()
            && keys.is_empty()
            && node.kind.is_person()
            && !backward
            && !is_counted
            && params.dialect() == Dialect::Postgres;
        let key = |place: &Option<CursorPosition>| place.as_ref().map(|place| place.id);
        let walk = is_walk.then(|| Walk { after: key(&after), before: key(&before) });
        let known = below.and_then(|child| child.known.as_ref());
        let scoping = Scoping { walk, ..self.scoping(known) };
        let is_page = is_paged && below.is_none();
        let Chosen { restriction, rows, by, told_by_page } =
            self.restriction(arguments, node, &scoping, &mut params, is_page)?;
        let tested = self.tested(node, &keys, by);
        let of_condition = params.clone();
        // Where there is no page there is no order either; databases refuse what is bound in vain.
        if is_paged {
            order_cells(&mut keys, TABLE, &rows, &scoping, &mut params);
        }
        let keyset = Keyset { kind: node.kind, keys: &keys };
        let bounds: Vec<String> = [(&after, false), (&before, true)]
            .into_iter()
            .filter_map(|(place, towards_start)| {
                Some(keyset.beyond(place.as_ref()?, TABLE, towards_start, &mut params))
            })
            .collect();
        Ok(List {
            has_after: after.is_some(),
            has_before: before.is_some(),
            bounds,
            params,
            restriction,
            rows,
            of_condition,
            keys,
            tested,
            size,
            backward,
            told_by_page,
            is_filtered: self.argument(arguments.filter.as_ref()).is_some(),
        })
    }

    /// Adds what cursors are made of, beside the row's key, and the scopes of what rows are chosen by.
    pub(super) fn cursor_cells(
        &self,
        cells: &mut Cells,
        list: &List,
        node: &Node,
        scoping: &Scoping<'_>,
        params: &mut Params,
    ) {
        for key in &list.keys {
            let rule = self.permit.field(key.field.id).rows;
            let (value, of) = (key.value.clone(), (node.kind, TABLE));
            cells.push_cell(value, rule.as_ref(), scoping, &list.rows, of, params);
        }
        self.tested_cells(cells, &list.tested, node, (scoping, &list.rows), params);
    }

    fn size(&self, arguments: &Arguments) -> Result<(usize, bool)> {
        let first = self.argument(arguments.first.as_ref());
        let last = self.argument(arguments.last.as_ref());
        let most = self.limits.page_size;
        match (&first, &last) {
            (Some(_), Some(_)) => Err(bad_input("first and last exclude each other")),
            (Some(first), None) => Ok((input::page_size(first, "first", most)?, false)),
            (None, Some(last)) => Ok((input::page_size(last, "last", most)?, true)),
            (None, None) => Ok((self.limits.default_page_size.min(most), false)),
        }
    }

    /// How many rows there are, whatever page is asked for, and what tells their set from others.
    pub(super) async fn total(&self, list: &List, node: &Node) -> Result<Total> {
        self.note_kind(node.kind);
        let mut params = list.of_condition.clone();
        // A list that is counted is no walk: its restriction has no joins.
        let (table, condition) = (node.kind.table, &list.restriction.condition);
        let digest = self.context.perturbation.digest(&format!("{TABLE}.id"), &mut params);
        let sql = format!("SELECT count(*), {digest} FROM {table} {TABLE} WHERE {condition}");
        let rows = self.reader.read(&params.finish(sql)).await?;
        let cell = |column| rows.int(0, column).unwrap_or_default();
        Ok(Total { count: cell(0), digest: cell(1) })
    }

    /// What is shown of a count. Who is one of few is a subject of it; and who is one of many moves it
    /// by no more than it is off anyway.
    pub(super) async fn counted(&self, total: Total, list: &List, node: &Node) -> Result<i64> {
        let Total { count, digest } = total;
        let bounds = list.few();
        if let (true, Some(key)) = ((1..=bounds.named).contains(&count), node.kind.person()) {
            let table = node.kind.table;
            let condition = &list.restriction.condition;
            let sql = format!("SELECT {TABLE}.{key} FROM {table} {TABLE} WHERE {condition}");
            let rows = self.reader.read(&list.of_condition.clone().finish(sql)).await?;
            let counted = (0..rows.len()).filter_map(|row| rows.int(row, 0));
            self.disclosed.lock().counted.extend(counted);
        }
        Ok(self.context.perturbation.shown(node.kind.table, count, digest, bounds))
    }

    /// Notes where rows are looked for by when a stay ended: they are an address history then.
    fn look_for_stays<'f>(&self, tested: impl IntoIterator<Item = &'f FieldId>) {
        if tested.into_iter().any(|field| *field == stay_end()) {
            self.disclosed.lock().asks_stay_end = true;
        }
    }

    /// What a list is ordered by, its cells still to be found.
    pub(super) fn order(&self, arguments: &Arguments, node: &Node) -> Result<Vec<OrderKey>> {
        let Some(order) = self.argument(arguments.order.as_ref()) else { return Ok(Vec::new()) };
        let keys = parse_order(self.permit, node.kind, &order)?;
        for key in &keys {
            self.look_for_stays(&[key.field.id]);
            self.note_order(key.field.id);
        }
        Ok(keys)
    }

    /// Which rows a list holds: nothing that it selects or is ordered by changes which they are.
    pub(super) fn restriction(
        &self,
        arguments: &Arguments,
        node: &Node,
        scoping: &Scoping<'_>,
        params: &mut Params,
        is_of_page: bool,
    ) -> Result<Chosen> {
        let mut rows = node.rules.clone();
        let filter = self.argument(arguments.filter.as_ref());
        let filtered = match &filter {
            Some(filter) => {
                let filter = self.filter(node.kind, filter)?;
                let mut filters = Filters::new(self.permit, self.context);
                let condition = filters.condition(node.kind, TABLE, &filter, params, &mut rows)?;
                self.look_for_stays(&filters.about.fields);
                Some((filter, condition, filters.about))
            }
            None => None,
        };
        let restriction = rows.restriction(scoping, node.kind, TABLE, params);
        let mut chosen = Chosen { restriction, rows, by: BTreeSet::new(), told_by_page: None };
        if let Some((filter, condition, about)) = filtered {
            chosen.restriction.condition += &format!(" AND ({condition})");
            chosen.by.clone_from(&about.fields);
            chosen.told_by_page = self.note_filter(node.kind, filter, about, is_of_page)?;
        }
        Ok(chosen)
    }
}
