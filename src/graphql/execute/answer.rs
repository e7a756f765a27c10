//! From rows to the answer, and who is in it.

use std::collections::HashSet;

use super::{
    Disclosed, Execution,
    disclosed::{Shows, absence},
    level::Level,
};
use crate::{
    graphql::{
        plan::{Item, Node, Select},
        write,
    },
    policy::RowRule,
    volume::{Category, Each, Stay, is_stay, stay_end},
};

/// A row, and the person of the row above it.
type Seen = (usize, Option<i64>);

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

    /// Notes whose data these rows hold, and the rows below them, and what of it they show.
    pub(super) fn see(
        &self,
        node: &Node,
        level: &Level,
        rows: impl Iterator<Item = usize>,
        is_listed: bool,
    ) {
        let mut disclosed = self.disclosed.lock();
        let disclosed = &mut *disclosed;
        // Rows at the root are some of many; those below are all that there are, or not. Each with the
        // person of the row above: what tells of nobody else tells of that person.
        let rows = rows.map(|row| (row, None)).collect();
        let mut pending: Vec<(&Node, &Level, Vec<Seen>, bool)> = vec![(node, level, rows, false)];
        while let Some((node, level, rows, is_whole)) = pending.pop() {
            disclosed.rows += rows.len() as u64;
            let mut shows = Shows::default();
            for (row, above) in &rows {
                let set = shows.of(disclosed, node, level, *row);
                disclosed.show(node.person(&level.rows, *row).or(*above), set);
                for (key, field) in &node.persons {
                    if let Some(further) = level.names(*row, *key) {
                        let set = shows.naming(disclosed, *field);
                        disclosed.show([further], set);
                    }
                }
            }
            tally(disclosed, node, (level, &rows), is_listed, is_whole);
            for (child, branch) in node.children.iter().zip(&level.below) {
                let is_of_nobody_else = child.known.is_some() || child.node.kind.person().is_none();
                let mut absent = None;
                let mut below = Vec::new();
                for (row, above) in &rows {
                    let parent = level.rows.int(*row, child.parent);
                    let those = parent.and_then(|parent| branch.of_parent.get(&parent).cloned());
                    let those = those.unwrap_or(0..0);
                    let person = node.person(&level.rows, *row).or(*above);
                    if person.is_some() && (those.is_empty() || !is_of_nobody_else) {
                        let set = *absent.get_or_insert_with(|| disclosed.set(absence(child)));
                        disclosed.show(person, set);
                    }
                    below.extend(those.map(|row| (row, person)));
                }
                let is_whole = child.relation.many && child.arguments.are_none();
                pending.push((&child.node, &branch.level, below, is_whole));
            }
        }
    }
}

impl Level {
    /// Of each scope that not every row is in, whether a row is; and of each further person, whether it is
    /// named.
    pub(super) fn scopes(&self, node: &Node, row: usize) -> impl Iterator<Item = bool> {
        let reached =
            self.shown.columns().map(move |column| self.rows.bool(row, column) == Some(true));
        let named = node.persons.iter().map(move |(key, _)| self.names(row, *key).is_some());
        reached.chain(named)
    }

    /// The further person whom a row names.
    pub(super) fn names(&self, row: usize, key: usize) -> Option<i64> {
        self.rows.int(row, key)
    }

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
    (level, rows): (&Level, &[(usize, Option<i64>)]),
    is_listed: bool,
    is_whole: bool,
) {
    let all = node.categories();
    let Disclosed { tally, asks_stay_end, .. } = disclosed;
    for (row, _) in rows {
        let Some(person) = node.person(&level.rows, *row) else { continue };
        let categories =
            if level.shown.is_everything() { all } else { level.categories(node, *row) };
        for category in Category::ALL {
            if categories[category as usize] {
                tally.add(category, person, is_listed);
            }
        }
    }
    for (row, _) in rows {
        for person in node.persons.iter().filter_map(|(key, _)| level.names(*row, *key)) {
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
    for (row, _) in rows {
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
