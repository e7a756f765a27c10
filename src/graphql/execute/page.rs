//! A page of a connection at the root: by keyset, forward and backward.

use futures_util::future::{OptionFuture, join3};

use super::{
    Execution,
    connection::Page,
    level::{Level, TABLE},
    list::List,
};
use crate::{
    error::Result,
    graphql::{
        plan::{Arguments, ConnectionItem, Node, Pages},
        sql::{Keyset, is_crowd},
    },
    read::Value,
};

/// The rows of a page, and perhaps one beyond it.
struct Read {
    level: Level,
    /// How many of the rows are shown.
    shown: usize,
    /// The first of the columns that cursors are made of.
    cursor_columns: usize,
}

impl Read {
    /// The row that tells that there is another page.
    fn beyond(&self, list: &List) -> Option<usize> {
        // An empty page tells nothing, not even that there is a row beyond it.
        (list.size > 0 && self.level.rows.len() > self.shown).then_some(self.shown)
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
        let asked = Pages::of(items);
        let list = self.list(arguments, node, asked.total, asked.rows, None)?;
        let read = OptionFuture::from(asked.rows.then(|| self.page(&list, node)));
        let total = OptionFuture::from(asked.total.then(|| self.total(&list, node)));
        let (read, total, inquired) = join3(read, total, self.inquire()).await;
        inquired?;
        let (read, total) = (read.transpose()?, total.transpose()?);
        let page = read.as_ref().map(|read| {
            let beyond = read.beyond(&list);
            let rows = &read.level.rows;
            let mut persons = (0..rows.len()).filter_map(|row| node.person(rows, row));
            if let Some(filter) = list.told_by_page.filter(|_| is_crowd(&mut persons)) {
                self.tells_of_crowd(filter);
            }
            self.see(node, &read.level, 0..read.shown, true);
            // Whether there is another row is an answer about whom it tells of.
            if let Some(beyond) = beyond.filter(|_| asked.more) {
                let person = node.person(&read.level.rows, beyond);
                self.note_kind(node.kind);
                self.disclosed.lock().counted.extend(person);
            }
            Page::of(&list, &read.level, 0..read.shown, beyond.is_some(), read.cursor_columns)
        });
        let total = match (&page, total) {
            (_, None) => None,
            // Who sees them all can count them.
            (Some(page), Some(_)) if page.is_whole() => i64::try_from(page.rows.len()).ok(),
            (_, Some(total)) => Some(self.counted(total, &list, node).await?),
        };
        self.write_connection(out, items, node, page.as_ref(), total);
        Ok(())
    }

    async fn page(&self, list: &List, node: &Node) -> Result<Read> {
        let mut params = list.params.clone();
        let scoping = self.scoping(None);
        let mut cells = self.cells(node, &scoping, &list.rows, &mut params);
        let cursor_columns = cells.width();
        self.cursor_cells(&mut cells, list, node, &scoping, &mut params);
        let keyset = Keyset { kind: node.kind, keys: &list.keys };
        // One row more than the page tells whether there is another page.
        let limit = params.bind(Value::Int(i64::try_from(list.size + 1).unwrap_or(i64::MAX)));
        let rest = format!(
            "FROM {} {TABLE}{} WHERE {} ORDER BY {} LIMIT {limit}",
            node.kind.table,
            list.restriction.joins,
            list.condition(),
            keyset.order_by(TABLE, list.backward),
        );
        let sql = cells.select(params.dialect(), &rest, true);
        self.ask(node);
        let rows = self.reader.read(&params.finish(sql)).await?;
        // Of the row beyond the page nothing is shown, not even that it is one too many.
        let shown = rows.len().min(list.size);
        self.count(shown)?;
        let below = self.below(node, &rows, 0..shown).await?;
        let shown_cells = cells.shown(cells.width());
        let level = Level { rows, shown: shown_cells, tested: list.tested.clone(), below };
        Ok(Read { level, shown, cursor_columns })
    }
}
