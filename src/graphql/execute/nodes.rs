//! `node` and `nodes`: rows by identifiers that tell of which kind they are.
//!
//! Whatever is not a row of the caller's scope is null, and looks alike: a row of others, a row of a
//! kind that is not shared, an identifier that was never given out.

use std::collections::HashMap;

use async_graphql::Value as GraphqlValue;
use async_graphql_value::Value as Argument;
use futures_util::future::join_all;

use super::{
    Execution,
    level::{Level, TABLE},
};
use crate::{
    catalogue::{Kind, catalogue},
    error::Result,
    graphql::{
        input::bad_input,
        limits::exceeded,
        plan::{Node, Target},
        sql::{Params, Scoping},
        write,
    },
};

/// What an identifier stands for: the kind and the key of a row, if it was given out.
type Named = Option<(&'static Kind, i64)>;

/// The rows of one kind.
struct Found {
    level: Level,
    /// Where the row of each key is.
    of_key: HashMap<i64, usize>,
}

impl Execution<'_> {
    pub(super) async fn nodes(
        &self,
        out: &mut Vec<u8>,
        ids: &Argument,
        many: bool,
        targets: &[Target],
    ) -> Result<()> {
        let named = self.named(ids)?;
        let reads =
            targets.iter().map(|target| self.rows(&target.node, keys(&named, target.node.kind)));
        // Each to its end: one that fails leaves what the others ask about on record.
        let found = join_all(reads).await.into_iter().collect::<Result<Vec<Option<Found>>>>();
        self.note_hidden(&named, targets);
        let found = found?;
        let write = |out: &mut Vec<u8>, named: &Named| {
            let row = named.and_then(|(kind, key)| {
                let place = targets.iter().position(|target| target.node.kind.id == kind.id)?;
                let found = found[place].as_ref()?;
                Some((&targets[place], &found.level, *found.of_key.get(&key)?))
            });
            match row {
                Some((target, level, row)) => {
                    self.items(out, &target.items, level, row, &target.node);
                }
                None => out.extend_from_slice(b"null"),
            }
        };
        if many {
            write::list(out, named.iter(), write);
        } else {
            named.iter().for_each(|named| write(out, named));
        }
        Ok(())
    }

    /// What the identifiers of an argument stand for, in their order.
    fn named(&self, ids: &Argument) -> Result<Vec<Named>> {
        let ids = match self.argument(Some(ids)) {
            Some(GraphqlValue::List(ids)) => ids,
            Some(id) => vec![id],
            None => return Err(bad_input("an id is required")),
        };
        let most = self.limits.page_size;
        if ids.len() > most {
            return Err(exceeded("ids", most));
        }
        let named = ids.iter().map(|id| match id {
            GraphqlValue::String(id) => Ok(self.context.identifiers.row(catalogue().kinds(), id)),
            // The type ID takes whole numbers too; none was ever given out.
            GraphqlValue::Number(_) => Ok(None),
            _ => Err(bad_input("an id is a string")),
        });
        named.collect()
    }

    /// The rows of these keys, those in the caller's scope; none where no key is of this kind.
    async fn rows(&self, node: &Node, keys: Vec<i64>) -> Result<Option<Found>> {
        let level = match keys.as_slice() {
            [] => return Ok(None),
            [key] => self.found(*key, node).await?,
            _ => self.several(node, keys).await?,
        };
        node.touch(&mut self.disclosed.lock().touched);
        self.see(node, &level, 0..level.rows.len(), false);
        let rows = (0..level.rows.len()).filter_map(|row| Some((level.rows.int(row, 0)?, row)));
        let of_key = rows.collect();
        Ok(Some(Found { level, of_key }))
    }

    pub(super) async fn several(&self, node: &Node, keys: Vec<i64>) -> Result<Level> {
        let mut params = Params::new(self.reader.dialect());
        let scoping = Scoping { is_keyed: true, ..self.scoping(None) };
        let cells = self.cells(node, &scoping, &node.rules, &mut params);
        let those = params.one_of(&format!("{TABLE}.id"), keys.clone());
        let scope = node.rules.condition(&scoping, node.kind, TABLE, &mut params);
        let rest = format!("FROM {} {TABLE} WHERE {those} AND {scope}", node.kind.table);
        let sql = cells.select(params.dialect(), &rest, false);
        self.ask(node);
        let rows = self.select(params.finish(sql)).await;
        let shown: Vec<i64> = match &rows {
            Ok(rows) => (0..rows.len()).filter_map(|row| rows.int(row, 0)).collect(),
            Err(_) => Vec::new(),
        };
        self.note_named(node.kind, keys, |key| shown.contains(key));
        let rows = rows?;
        let below = self.below(node, &rows, 0..rows.len()).await?;
        Ok(Level { rows, shown: cells.shown(cells.width()), tested: Vec::new(), below })
    }

    /// Takes down whom identifiers of kinds name that the permit does not show.
    fn note_hidden(&self, named: &[Named], targets: &[Target]) {
        let is_shown = |kind: &Kind| targets.iter().any(|target| target.node.kind.id == kind.id);
        for kind in catalogue().kinds().iter().filter(|kind| !is_shown(kind)) {
            let keys = keys(named, kind);
            if !keys.is_empty() {
                self.note_named(kind, keys, |_| false);
            }
        }
    }
}

/// The keys of one kind, each once.
fn keys(named: &[Named], kind: &Kind) -> Vec<i64> {
    let of_kind = named.iter().flatten().filter(|(known, _)| known.id == kind.id);
    let mut keys: Vec<i64> = of_kind.map(|(_, key)| *key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
