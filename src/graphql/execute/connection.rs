//! Connections in the answer: rows, edges with their cursors, where the page stands, how many there are.

use std::ops::Range;

use super::{Execution, level::Level, list::List};
use crate::graphql::{
    plan::{ConnectionItem, EdgeItem, Node, PageFact, PageItem},
    sql::Keyset,
    write,
};

/// A page and where it stands in its list.
pub(super) struct Page<'p> {
    list: &'p List,
    level: &'p Level,
    /// Rows of the level in the order of the answer.
    pub rows: Vec<usize>,
    has_next: bool,
    has_previous: bool,
    /// Whether there is a row beyond it, in the direction in which it was read.
    more: bool,
    /// The first of the columns that cursors are made of.
    cursor_columns: usize,
}

impl<'p> Page<'p> {
    /// The page of these rows, which stand in the order in which they were read.
    pub fn of(
        list: &'p List,
        level: &'p Level,
        rows: Range<usize>,
        more: bool,
        cursor_columns: usize,
    ) -> Self {
        let (has_next, has_previous) =
            if list.backward { (list.has_before, more) } else { (more, list.has_after) };
        let rows = if list.backward { rows.rev().collect() } else { rows.collect() };
        Self { list, level, rows, has_next, has_previous, more, cursor_columns }
    }

    /// Whether it is all of its list.
    pub fn is_whole(&self) -> bool {
        self.list.is_whole(self.more)
    }
}

impl Execution<'_> {
    /// Writes a connection; `page` and `total` are there where `items` ask for them.
    pub(super) fn write_connection(
        &self,
        out: &mut Vec<u8>,
        items: &[ConnectionItem],
        node: &Node,
        page: Option<&Page<'_>>,
        total: Option<i64>,
    ) {
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
                let Some(page) = page else { return };
                write::list(out, page.rows.iter(), |out, row| {
                    self.items(out, items, page.level, *row, node);
                });
            }
            ConnectionItem::Edges { key, items } => {
                write::key(out, key);
                let Some(page) = page else { return };
                write::list(out, page.rows.iter(), |out, row| {
                    write::object(out, items, |out, item| {
                        self.edge(out, item, page, *row, node);
                    });
                });
            }
            ConnectionItem::PageInfo { key, items } => {
                write::key(out, key);
                let Some(page) = page else { return };
                write::object(out, items, |out, item| self.page_fact(out, item, page, node));
            }
        });
    }

    fn edge(&self, out: &mut Vec<u8>, item: &EdgeItem, page: &Page<'_>, row: usize, node: &Node) {
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
                self.items(out, items, page.level, row, node);
            }
        }
    }

    fn page_fact(&self, out: &mut Vec<u8>, item: &PageItem, page: &Page<'_>, node: &Node) {
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

    fn cursor(&self, page: &Page<'_>, row: usize, node: &Node) -> String {
        let (rows, keys) = (&page.level.rows, &page.list.keys);
        let columns: Vec<usize> = (0..keys.len()).map(|key| page.cursor_columns + key).collect();
        let id = rows.int(row, 0).unwrap_or_default();
        Keyset { kind: node.kind, keys }.cursor(self.context.identifiers, rows, row, &columns, id)
    }
}
