//! Connections: pages by keyset, forward and backward, and how many rows there are in all.

use futures_util::future::OptionFuture;

use super::{
    Execution,
    level::{Level, TABLE},
    list::List,
};
use crate::{
    error::Result,
    graphql::{
        plan::{Arguments, ConnectionItem, EdgeItem, Node, PageFact, PageItem},
        sql::Keyset,
        write,
    },
    read::Value,
};

/// A page and where it stands.
struct Page {
    level: Level,
    /// Rows of the level in the order of the answer.
    rows: Vec<usize>,
    has_next: bool,
    has_previous: bool,
    /// The row that tells that there is another page.
    beyond: Option<usize>,
    /// The first of the columns that cursors are made of.
    cursor_columns: usize,
}

impl Page {
    /// Whether it is all of its list.
    fn is_whole(&self, list: &List) -> bool {
        list.size > 0 && self.beyond.is_none() && !list.has_after && !list.has_before
    }
}

impl Execution<'_> {
    pub(super) async fn connection(
        &self,
        out: &mut Vec<u8>,
        arguments: &Arguments,
        node: &Node,
        items: &[ConnectionItem],
    ) -> Result<()> {
        let wants_rows = items.iter().any(|item| {
            !matches!(item, ConnectionItem::Total { .. } | ConnectionItem::Typename { .. })
        });
        let wants_total = items.iter().any(|item| matches!(item, ConnectionItem::Total { .. }));
        let list = self.list(arguments, node, wants_total, wants_rows)?;
        let page = OptionFuture::from(wants_rows.then(|| self.page(&list, node)));
        let total = OptionFuture::from(wants_total.then(|| self.total(&list, node)));
        let (page, total, asked) = futures_util::future::join3(page, total, self.inquire()).await;
        asked?;
        let (page, total) = (page.transpose()?, total.transpose()?);
        if let Some(page) = &page {
            self.see(node, &page.level, page.rows.iter().copied(), true);
            let tells_of_more = wants_total
                || items.iter().any(|item| matches!(item, ConnectionItem::PageInfo { .. }));
            // Whether there is another row is an answer about whom it tells of.
            if let Some(beyond) = page.beyond.filter(|_| tells_of_more) {
                let person = page.level.rows.int(beyond, node.subject());
                self.witness.lock().counted.extend(person);
            }
        }
        let total = match (&page, total) {
            (_, None) => None,
            // Who sees them all can count them.
            (Some(page), Some(_)) if page.is_whole(&list) => i64::try_from(page.rows.len()).ok(),
            (_, Some(total)) => Some(self.counted(total, &list, node).await?),
        };
        let page = page.map(|page| (page, &list));
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
                let Some((page, _)) = &page else { return };
                write::list(out, page.rows.iter(), |out, row| {
                    self.items(out, items, &page.level, *row, node);
                });
            }
            ConnectionItem::Edges { key, items } => {
                write::key(out, key);
                let Some((page, list)) = &page else { return };
                write::list(out, page.rows.iter(), |out, row| {
                    write::object(out, items, |out, item| {
                        self.edge(out, item, (page, list), *row, node);
                    });
                });
            }
            ConnectionItem::PageInfo { key, items } => {
                write::key(out, key);
                let Some((page, list)) = &page else { return };
                write::object(out, items, |out, item| {
                    self.page_fact(out, item, (page, list), node);
                });
            }
        });
        Ok(())
    }

    fn edge(
        &self,
        out: &mut Vec<u8>,
        item: &EdgeItem,
        (page, list): (&Page, &List),
        row: usize,
        node: &Node,
    ) {
        match item {
            EdgeItem::Typename { key } => {
                write::key(out, key);
                write::text(out, &format!("{}Edge", node.kind.name));
            }
            EdgeItem::Cursor { key } => {
                write::key(out, key);
                write::text(out, &self.cursor(page, list, row, node));
            }
            EdgeItem::Node { key, items } => {
                write::key(out, key);
                self.items(out, items, &page.level, row, node);
            }
        }
    }

    fn page_fact(
        &self,
        out: &mut Vec<u8>,
        item: &PageItem,
        (page, list): (&Page, &List),
        node: &Node,
    ) {
        write::key(out, &item.key);
        let mut cursor = |row: Option<&usize>| match row {
            Some(row) => write::text(out, &self.cursor(page, list, *row, node)),
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

    fn cursor(&self, page: &Page, list: &List, row: usize, node: &Node) -> String {
        let rows = &page.level.rows;
        let columns: Vec<usize> =
            (0..list.keys.len()).map(|key| page.cursor_columns + key).collect();
        let id = rows.int(row, 0).unwrap_or_default();
        Keyset { kind: node.kind, keys: &list.keys }.cursor(
            self.context.identifiers,
            rows,
            row,
            &columns,
            id,
        )
    }

    async fn page(&self, list: &List, node: &Node) -> Result<Page> {
        let mut params = list.params.clone();
        let scoping = self.scoping(None);
        let mut cells = self.cells(node, &scoping, &list.rows, &mut params)?;
        let cursor_columns = cells.len();
        for key in &list.keys {
            let rule = self.permit.field(key.field.id).rows;
            let of = (node.kind, TABLE);
            let value = key.value.clone();
            cells.push_cell(value, rule.as_ref(), &scoping, &list.rows, of, &mut params);
        }
        let keyset = Keyset { kind: node.kind, keys: &list.keys };
        let conditions: Vec<&str> = std::iter::once(&list.restriction.condition)
            .chain(&list.bounds)
            .map(String::as_str)
            .collect();
        // One row more than the page tells whether there is another page.
        let limit = params.bind(Value::Int(i64::try_from(list.size + 1).unwrap_or(i64::MAX)));
        let rest = format!(
            "FROM {} {TABLE}{} WHERE {} ORDER BY {} LIMIT {limit}",
            node.kind.table,
            list.restriction.joins,
            conditions.join(" AND "),
            keyset.order_by(TABLE, list.backward),
        );
        let sql = cells.select(params.dialect(), &rest, true);
        self.ask(node);
        let rows = self.reader.read(&params.finish(sql)).await?;
        // Of the row beyond the page nothing is shown, not even that it is one too many.
        self.count(rows.len().min(list.size))?;
        // An empty page tells nothing, not even that there is a row beyond it.
        let more = list.size > 0 && rows.len() > list.size;
        let mut order: Vec<usize> = (0..rows.len().min(list.size)).collect();
        if list.backward {
            order.reverse();
        }
        let below = self.below(node, &rows, order.len()).await?;
        let (has_next, has_previous) = match list.backward {
            false => (more, list.has_after),
            true => (list.has_before, more),
        };
        Ok(Page {
            level: Level { rows, shown: cells.shown(cells.len()), below },
            rows: order,
            has_next,
            has_previous,
            beyond: more.then_some(list.size),
            cursor_columns,
        })
    }
}
