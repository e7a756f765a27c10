//! Connections: pages by keyset, forward and backward, and how many rows there are in all.

use futures_util::future::OptionFuture;

use super::{
    Execution,
    level::{Level, TABLE},
};
use crate::{
    error::Result,
    graphql::{
        input::{self, bad_input},
        plan::{Arguments, ConnectionItem, EdgeItem, Node, PageFact, PageItem},
        sql::{Keyset, OrderKey, Params, RowRules, parse_order},
        write,
    },
    read::Value,
};

/// Counts of so few rows under a filter are answers about single persons.
const POINTED: i64 = 10;

/// A page and where it stands.
struct Page {
    level: Level,
    /// Rows of the level in the order of the answer.
    rows: Vec<usize>,
    has_next: bool,
    has_previous: bool,
    keys: Vec<OrderKey>,
    /// The first of the columns that cursors are made of.
    cursor_columns: usize,
}

impl Execution<'_> {
    pub(super) async fn connection(
        &self,
        out: &mut Vec<u8>,
        arguments: &Arguments,
        node: &Node,
        items: &[ConnectionItem],
    ) -> Result<()> {
        let (size, backward) = self.size(arguments)?;
        let wants_rows = items.iter().any(|item| {
            !matches!(item, ConnectionItem::Total { .. } | ConnectionItem::Typename { .. })
        });
        let wants_total = items.iter().any(|item| matches!(item, ConnectionItem::Total { .. }));
        let page =
            OptionFuture::from(wants_rows.then(|| self.page(arguments, node, size, backward)));
        let total = OptionFuture::from(wants_total.then(|| self.total(arguments, node)));
        let (page, total) = futures_util::future::join(page, total).await;
        let (page, total) = (page.transpose()?, total.transpose()?);
        if let Some(page) = &page {
            self.see(node, &page.level, page.rows.iter().copied());
        }
        write::object(out, items, |out, item| match item {
            ConnectionItem::Typename { key } => {
                write::key(out, key);
                write::text(out, &format!("{}Connection", node.kind.name));
            }
            ConnectionItem::Total { key } => {
                write::key(out, key);
                write::int(out, total.unwrap_or_default());
            }
            ConnectionItem::Nodes { key, items } => {
                write::key(out, key);
                let Some(page) = &page else { return };
                write::list(out, page.rows.iter(), |out, row| {
                    self.items(out, items, &page.level, *row, node);
                });
            }
            ConnectionItem::Edges { key, items } => {
                write::key(out, key);
                let Some(page) = &page else { return };
                write::list(out, page.rows.iter(), |out, row| {
                    write::object(out, items, |out, item| self.edge(out, item, page, *row, node));
                });
            }
            ConnectionItem::PageInfo { key, items } => {
                write::key(out, key);
                let Some(page) = &page else { return };
                write::object(out, items, |out, item| self.page_fact(out, item, page, node));
            }
        });
        Ok(())
    }

    fn edge(&self, out: &mut Vec<u8>, item: &EdgeItem, page: &Page, row: usize, node: &Node) {
        match item {
            EdgeItem::Typename { key } => {
                write::key(out, key);
                write::text(out, &format!("{}Edge", node.kind.name));
            }
            EdgeItem::Cursor { key } => {
                write::key(out, key);
                write::text(out, &self.cursor(page, row, node));
            }
            EdgeItem::Node { key, items } => {
                write::key(out, key);
                self.items(out, items, &page.level, row, node);
            }
        }
    }

    fn page_fact(&self, out: &mut Vec<u8>, item: &PageItem, page: &Page, node: &Node) {
        write::key(out, &item.key);
        let mut cursor = |row: Option<&usize>| match row {
            Some(row) => write::text(out, &self.cursor(page, *row, node)),
            None => out.extend_from_slice(b"null"),
        };
        match item.what {
            PageFact::Typename => write::text(out, "PageInfo"),
            PageFact::HasNext => write::boolean(out, page.has_next),
            PageFact::HasPrevious => write::boolean(out, page.has_previous),
            PageFact::Start => cursor(page.rows.first()),
            PageFact::End => cursor(page.rows.last()),
        }
    }

    fn cursor(&self, page: &Page, row: usize, node: &Node) -> String {
        let rows = &page.level.rows;
        let columns: Vec<usize> =
            (0..page.keys.len()).map(|key| page.cursor_columns + key).collect();
        let id = rows.int(row, 0).unwrap_or_default();
        Keyset { kind: node.kind, keys: &page.keys }.cursor(
            self.context.identifiers,
            rows,
            row,
            &columns,
            id,
        )
    }

    /// How many rows a page has at most, and whether it is read from the end.
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

    async fn page(
        &self,
        arguments: &Arguments,
        node: &Node,
        size: usize,
        backward: bool,
    ) -> Result<Page> {
        let after = self.argument(arguments.after.as_ref());
        let before = self.argument(arguments.before.as_ref());

        let mut params = Params::new(self.reader.dialect());
        let mut columns = self.columns(node, &mut params)?;
        let (condition, keys) = self.condition(arguments, node, &mut params)?;
        let cursor_columns = columns.len();
        columns.extend(keys.iter().map(|key| format!("{TABLE}.{}", key.column)));
        let keyset = Keyset { kind: node.kind, keys: &keys };
        let mut conditions = vec![condition];
        for (cursor, towards_start) in [(&after, false), (&before, true)] {
            if let Some(cursor) = cursor {
                let identifiers = self.context.identifiers;
                conditions.push(keyset.beyond(
                    identifiers,
                    cursor,
                    TABLE,
                    towards_start,
                    &mut params,
                )?);
            }
        }
        // One row more than the page tells whether there is another page.
        let limit = params.bind(Value::Int(i64::try_from(size + 1).unwrap_or(i64::MAX)));
        let sql = format!(
            "SELECT {} FROM {} {TABLE} WHERE {} ORDER BY {} LIMIT {limit}",
            columns.join(", "),
            node.kind.table,
            conditions.join(" AND "),
            keyset.order_by(TABLE, backward),
        );
        self.ask(node.fields.iter().copied());
        let rows = self.select(params.finish(sql)).await?;
        // An empty page tells nothing, not even that there is a row beyond it.
        let more = size > 0 && rows.len() > size;
        let mut order: Vec<usize> = (0..rows.len().min(size)).collect();
        if backward {
            order.reverse();
        }
        let below = self.below(node, &rows).await?;
        let (has_next, has_previous) = match backward {
            false => (more, after.is_some()),
            true => (before.is_some(), more),
        };
        let level = Level { rows, below };
        Ok(Page { level, rows: order, has_next, has_previous, keys, cursor_columns })
    }

    async fn total(&self, arguments: &Arguments, node: &Node) -> Result<i64> {
        let mut params = Params::new(self.reader.dialect());
        let (condition, _) = self.condition(arguments, node, &mut params)?;
        let sql = format!("SELECT count(*) FROM {} {TABLE} WHERE {condition}", node.kind.table);
        let rows = self.reader.read(&params.finish(sql)).await?;
        let total = rows.int(0, 0).unwrap_or_default();
        if arguments.filter.is_some() && (1..=POINTED).contains(&total) {
            self.note_counted(arguments, node).await?;
        }
        Ok(total)
    }

    /// A filter that few meet makes the count an answer about them: then they are its subjects.
    async fn note_counted(&self, arguments: &Arguments, node: &Node) -> Result<()> {
        let mut params = Params::new(self.reader.dialect());
        let (condition, _) = self.condition(arguments, node, &mut params)?;
        let sql = format!(
            "SELECT {TABLE}.{} FROM {} {TABLE} WHERE {condition} LIMIT {POINTED}",
            node.kind.subject, node.kind.table
        );
        let rows = self.reader.read(&params.finish(sql)).await?;
        let counted = (0..rows.len()).filter_map(|row| rows.int(row, 0));
        self.witness.lock().subjects.extend(counted);
        Ok(())
    }

    /// Scope and filter of a list, under the rules of everything it selects, filters or orders by.
    pub(super) fn condition(
        &self,
        arguments: &Arguments,
        node: &Node,
        params: &mut Params,
    ) -> Result<(String, Vec<OrderKey>)> {
        let mut rules = RowRules::default();
        let filter = match self.argument(arguments.filter.as_ref()) {
            Some(filter) => {
                let mut filters = self.filters();
                let condition = filters.condition(node.kind, TABLE, &filter, params, &mut rules)?;
                self.ask(filters.asked);
                Some(condition)
            }
            None => None,
        };
        let keys = match self.argument(arguments.order.as_ref()) {
            Some(order) => parse_order(self.permit, node.kind, &order)?,
            None => Vec::new(),
        };
        for key in &keys {
            if let Some(rule) = self.permit.field(key.field.id).rows {
                rules.add(rule);
            }
            self.ask([key.field.id]);
        }
        rules.extend(&node.rules);
        let scope = rules.condition(self.permit, node.kind, TABLE, self.context, params);
        let condition = match filter {
            Some(filter) => format!("{scope} AND ({filter})"),
            None => scope,
        };
        Ok((condition, keys))
    }
}
