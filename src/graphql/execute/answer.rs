//! From rows to the answer, and who is in it.

use std::collections::HashSet;

use super::{Disclosed, Execution, level::Level};
use crate::{
    graphql::{
        plan::{Item, Node, Select},
        write,
    },
    policy::RowRule,
    volume::{Category, Each, Stay, is_stay, stay_end},
};

impl Execution<'_> {
    /// Writes one object.
    pub(super) fn items(
        &self,
        out: &mut Vec<u8>,
        items: &[Item],
        level: &Level,
        row: usize,
        node: &Node,
    ) {
        write::object(out, items, |out, item| match item {
            Item::Typename { key } => {
                write::key(out, key);
                write::text(out, node.kind.name);
            }
            Item::Unshared { key } => {
                write::key(out, key);
                write::null(out);
            }
            Item::Id { key } => {
                write::key(out, key);
                let id = level.rows.int(row, 0).unwrap_or_default();
                write::text(out, &self.context.identifiers.id(node.kind.name, id));
            }
            Item::Value { key, render } => {
                write::key(out, key);
                write::value(out, render, &level.rows, row, self.context);
            }
            Item::Child { key, child, items } => {
                write::key(out, key);
                self.child(out, *child, items, level, row, node);
            }
            Item::Connection { key, child: place, items } => {
                write::key(out, key);
                let (child, branch) = (&node.children[*place], &level.below[*place]);
                if let Some(pages) = &branch.pages {
                    let parent = level.rows.int(row, child.parent);
                    self.write_pages(out, items, child, (branch, pages), parent);
                }
            }
        });
    }

    fn child(
        &self,
        out: &mut Vec<u8>,
        place: usize,
        items: &[Item],
        level: &Level,
        row: usize,
        node: &Node,
    ) {
        let child = &node.children[place];
        let branch = &level.below[place];
        let rows = level
            .rows
            .int(row, child.parent)
            .and_then(|parent| branch.of_parent.get(&parent))
            .cloned()
            .unwrap_or(0..0);
        if child.relation.many {
            write::list(out, rows, |out, row| {
                self.items(out, items, &branch.level, row, &child.node);
            });
        } else {
            match rows.into_iter().next() {
                Some(row) => self.items(out, items, &branch.level, row, &child.node),
                None => out.extend_from_slice(b"null"),
            }
        }
    }

    /// Notes whose data these rows hold, and the rows below them.
    pub(super) fn see(
        &self,
        node: &Node,
        level: &Level,
        rows: impl Iterator<Item = usize>,
        is_listed: bool,
    ) {
        let mut disclosed = self.disclosed.lock();
        // Rows at the root are some of many; those below are all that there are, or not.
        let mut pending: Vec<(&Node, &Level, Vec<usize>, bool)> =
            vec![(node, level, rows.collect(), false)];
        while let Some((node, level, rows, is_whole)) = pending.pop() {
            disclosed.rows += rows.len() as u64;
            for row in &rows {
                let further =
                    node.persons.iter().filter_map(|column| level.rows.int(*row, *column));
                disclosed
                    .subjects
                    .extend(node.person(&level.rows, *row).into_iter().chain(further));
            }
            let shown = node.fields.iter().filter(|(_, rules)| {
                !rules.is_empty() && rows.iter().any(|row| level.shows(*row, rules))
            });
            disclosed.fields.extend(shown.map(|(field, _)| *field));
            tally(&mut disclosed, node, (level, &rows), is_listed, is_whole);
            for (child, branch) in node.children.iter().zip(&level.below) {
                let below = rows
                    .iter()
                    .filter_map(|row| level.rows.int(*row, child.parent))
                    .filter_map(|parent| branch.of_parent.get(&parent).cloned())
                    .flatten()
                    .collect();
                let is_whole = child.relation.many && child.arguments.are_none();
                pending.push((&child.node, &branch.level, below, is_whole));
            }
        }
    }
}

impl Level {
    /// Whether a row shows something of a field.
    pub(super) fn shows(&self, row: usize, rules: &[RowRule]) -> bool {
        rules.is_empty()
            || rules.iter().any(|rule| match self.shown.column(Some(rule)) {
                Some(column) => self.rows.bool(row, column) == Some(true),
                None => true,
            })
    }

    /// What sorts of data a row shows.
    fn categories(&self, node: &Node, row: usize) -> Each<bool> {
        let shown = node.fields.iter().filter(|(_, rules)| self.shows(row, rules));
        Category::of_row(node.kind, shown.map(|(field, _)| *field))
    }
}

/// Counts whose data rows of one level hold, by what sort of data they show of it. `is_whole` says that
/// they are all that their parents have.
fn tally(
    disclosed: &mut Disclosed,
    node: &Node,
    (level, rows): (&Level, &[usize]),
    is_listed: bool,
    is_whole: bool,
) {
    let all = node.categories();
    let Disclosed { tally, asks_stay_end, .. } = disclosed;
    for row in rows {
        let Some(person) = node.person(&level.rows, *row) else { continue };
        let categories =
            if level.shown.is_everything() { all } else { level.categories(node, *row) };
        for category in Category::ALL {
            if categories[category as usize] {
                tally.add(category, person, is_listed);
            }
        }
    }
    for row in rows {
        for person in node.persons.iter().filter_map(|column| level.rows.int(*row, *column)) {
            tally.add(Category::Identity, person, is_listed);
        }
    }
    if !is_stay(node.kind) {
        return;
    }
    // Several stays of one person, one that is over, or one that was looked for by its end.
    let ends = node
        .columns
        .iter()
        .position(|cell| matches!(cell.select, Select::Value(field, _) if field.id == stay_end()));
    let ends = ends.map(|place| place + node.keys());
    let mut seen = HashSet::with_capacity(rows.len());
    for row in rows {
        let Some(person) = node.person(&level.rows, *row) else { continue };
        let is_over = ends.is_some_and(|column| level.rows.is_present(*row, column));
        let is_another = !seen.insert(person);
        if *asks_stay_end || is_over || is_another {
            tally.add(Category::Movement, person, is_listed);
        } else if let (None, false, Some(key)) = (ends, is_whole, level.rows.int(*row, 0)) {
            tally.note_stay(Stay { key, person, is_listed });
        }
    }
}
