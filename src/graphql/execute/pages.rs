//! Connections below the rows of a level: a page for every parent, and how many there are of each,
//! in one SELECT for all parents.

use std::collections::{HashMap, HashSet};

use futures_util::future::{OptionFuture, join3};

use super::{
    Execution,
    connection::Page,
    level::{Branch, Level, TABLE, by_parent, first_of_each},
    list::{List, Total},
};
use crate::{
    error::Result,
    graphql::{
        plan::{Child, ConnectionItem, Pages as Asked},
        sql::{Keyset, Params, Shown, belongs, leads_to_others},
    },
    read::{Dialect, Rows, Value},
};

/// What the pages of a level's parents are of.
pub(super) struct Pages {
    list: List,
    /// Parents that have a row beyond their page.
    more: HashSet<i64>,
    /// How many rows each parent has, as it is shown; of those left out there are none.
    totals: HashMap<i64, i64>,
    cursor_columns: usize,
}

/// The rows of all pages.
struct Read {
    rows: Rows,
    shown: Shown,
    cursor_columns: usize,
}

impl Execution<'_> {
    /// The level below, with the pages of these parents.
    pub(super) async fn pages(
        &self,
        child: &Child,
        asked: Asked,
        parents: Vec<i64>,
    ) -> Result<Branch> {
        let node = &child.node;
        let list = self.list(&child.arguments, node, asked.total, asked.rows, Some(child))?;
        let read = asked.rows.then(|| self.rows_of_pages(child, &list, parents.clone()));
        let totals = asked.total.then(|| self.totals(child, &list, parents));
        let (read, totals, inquired) =
            join3(OptionFuture::from(read), OptionFuture::from(totals), self.inquire()).await;
        inquired?;
        let (read, totals) = (read.transpose()?, totals.transpose()?.unwrap_or_default());
        let Some(Read { rows, shown: cells, cursor_columns }) = read else {
            let totals = self.shown_totals(child, &list, totals, |_| None).await?;
            let level = Level {
                rows: Rows::none(),
                shown: Shown::default(),
                tested: Vec::new(),
                below: Vec::new(),
            };
            let pages = Pages { list, more: HashSet::new(), totals, cursor_columns: 0 };
            return Ok(Branch { level, of_parent: HashMap::new(), pages: Some(pages) });
        };
        let mut of_parent = by_parent(&rows, cursor_columns + list.keys.len())?;
        let mut more = HashSet::new();
        for (parent, rows_of) in &mut of_parent {
            let beyond = rows_of.start + list.size;
            if beyond < rows_of.end {
                rows_of.end = beyond;
                // An empty page tells nothing, not even that there is a row beyond it.
                if list.size > 0 {
                    more.insert(*parent);
                    // Whether there is another row is an answer about whom it tells of.
                    let person = node.person(&rows, beyond).filter(|_| asked.more);
                    if person.is_some() {
                        self.note_kind(node.kind);
                    }
                    self.disclosed.lock().counted.extend(person);
                }
            }
        }
        let shown: Vec<usize> = of_parent.values().cloned().flatten().collect();
        self.count(shown.len())?;
        let is_whole = |parent: i64| {
            let count = of_parent.get(&parent).map_or(0, ExactSizeIterator::len);
            list.is_whole(more.contains(&parent)).then_some(count)
        };
        let totals = self.shown_totals(child, &list, totals, is_whole).await?;
        let below = self.below(node, &rows, shown.iter().copied()).await?;
        let level = Level { rows, shown: cells, tested: list.tested.clone(), below };
        let pages = Pages { list, more, totals, cursor_columns };
        Ok(Branch { level, of_parent, pages: Some(pages) })
    }

    async fn rows_of_pages(&self, child: &Child, list: &List, parents: Vec<i64>) -> Result<Read> {
        let node = &child.node;
        let mut params = list.params.clone();
        let scoping = self.scoping(child.known.as_ref());
        let mut cells = self.cells(node, &scoping, &list.rows, &mut params);
        let cursor_columns = cells.width();
        self.cursor_cells(&mut cells, list, node, &scoping, &mut params);
        let order = Keyset { kind: node.kind, keys: &list.keys }.order_by(TABLE, list.backward);
        // One row more than the page of each parent tells whether there is another page.
        let beyond = i64::try_from(parents.len()).unwrap_or(i64::MAX);
        let most = self.row_budget().saturating_add(beyond);
        let condition = list.condition();
        let which = (condition.as_str(), order.as_str(), list.size + 1, most);
        let sql = first_of_each(child, parents, &cells, which, &mut params);
        self.ask(node);
        let rows = self.reader.read(&params.finish(sql)).await?;
        Ok(Read { rows, shown: cells.shown(cells.width() + 1), cursor_columns })
    }

    /// How many rows each parent has, whatever page is asked for, and what tells their set from others.
    async fn totals(
        &self,
        child: &Child,
        list: &List,
        parents: Vec<i64>,
    ) -> Result<HashMap<i64, Total>> {
        self.note_kind(child.node.kind);
        let mut params = list.of_condition.clone();
        let digest = self.context.perturbation.digest(&format!("{TABLE}.id"), &mut params);
        let counted = format!("count(*) AS number, {digest} AS digest");
        let sql = of_each(child, parents, &counted, &list.restriction.condition, &mut params);
        let rows = self.reader.read(&params.finish(sql)).await?;
        let cell = |row, column| rows.int(row, column).unwrap_or_default();
        let total = |row| Total { count: cell(row, 1), digest: cell(row, 2) };
        Ok((0..rows.len()).filter_map(|row| Some((rows.int(row, 0)?, total(row)))).collect())
    }

    /// What is shown of counts, as of those at the root: who is one of few is a subject of the record.
    /// `whole` counts the page that holds all rows of a parent.
    async fn shown_totals(
        &self,
        child: &Child,
        list: &List,
        totals: HashMap<i64, Total>,
        whole: impl Fn(i64) -> Option<usize>,
    ) -> Result<HashMap<i64, i64>> {
        let (few, table) = (list.few(), child.node.kind.table);
        let mut named = Vec::new();
        let shown = totals.into_iter().map(|(parent, Total { count, digest })| {
            if let Some(count) = whole(parent) {
                return (parent, i64::try_from(count).unwrap_or(i64::MAX));
            }
            if (1..=few.named).contains(&count) {
                named.push(parent);
            }
            (parent, self.context.perturbation.shown(table, count, digest, few))
        });
        let shown = shown.collect();
        // Rows that tell of nobody but the person above them are taken down with the row above.
        let subject = child.node.kind.person().filter(|_| leads_to_others(child.relation));
        if let (false, Some(subject)) = (named.is_empty(), subject) {
            let mut params = list.of_condition.clone();
            let condition = &list.restriction.condition;
            let key = format!("{TABLE}.{}", child.relation.to);
            let those = params.one_of(&key, named);
            let sql = format!(
                "SELECT {TABLE}.{subject} FROM {table} {TABLE} WHERE {those} AND {condition}"
            );
            let rows = self.reader.read(&params.finish(sql)).await?;
            let persons = (0..rows.len()).filter_map(|row| rows.int(row, 0));
            self.disclosed.lock().counted.extend(persons);
        }
        Ok(shown)
    }

    /// Writes the connection of one parent; without a parent it is empty.
    pub(super) fn write_pages(
        &self,
        out: &mut Vec<u8>,
        items: &[ConnectionItem],
        child: &Child,
        (branch, pages): (&Branch, &Pages),
        parent: Option<i64>,
    ) {
        let rows = parent.and_then(|parent| branch.of_parent.get(&parent).cloned());
        let more = parent.is_some_and(|parent| pages.more.contains(&parent));
        let page =
            Page::of(&pages.list, &branch.level, rows.unwrap_or(0..0), more, pages.cursor_columns);
        let total = parent.and_then(|parent| pages.totals.get(&parent).copied());
        self.write_connection(out, items, &child.node, Some(&page), total);
    }
}

/// A SELECT of aggregates over the rows of each parent; the parent's key stands first.
fn of_each(
    child: &Child,
    parents: Vec<i64>,
    aggregates: &str,
    condition: &str,
    params: &mut Params,
) -> String {
    let (kind, to) = (child.node.kind, child.relation.to);
    let key = format!("{TABLE}.{to}");
    let table = kind.table;
    match params.dialect() {
        Dialect::Postgres => {
            let keys = params.bind(Value::Keys(parents));
            let belongs = belongs(kind, TABLE, to, "parent", params);
            format!(
                "SELECT parent, counted.* FROM unnest({keys}::bigint[]) parent \
                 CROSS JOIN LATERAL (SELECT {aggregates} FROM {table} {TABLE} \
                 WHERE {belongs} AND {condition}) counted"
            )
        }
        Dialect::Sqlite => {
            let parents = params.one_of(&key, parents);
            format!(
                "SELECT {key}, {aggregates} FROM {table} {TABLE} \
                 WHERE {parents} AND {condition} GROUP BY {key}"
            )
        }
    }
}
