//! What an answer was made of, and what it tells of each person: the content of its access record.

use std::collections::{BTreeSet, HashMap};

use super::level::Level;
use crate::{
    catalogue::{FieldId, KindId, catalogue},
    graphql::plan::{Child, Node},
    volume::{Each, Tally},
};

/// What an answer was made of.
#[derive(Debug, Default)]
pub struct Disclosed {
    /// Every field selected, filtered, ordered or counted by.
    pub fields: BTreeSet<FieldId>,
    /// Every member of what is no kind and is listed all the same, as emergency accesses: what it is, and
    /// the member.
    pub listed: BTreeSet<(&'static str, &'static str)>,
    /// Every worklist of which items are in the answer.
    pub worklists: BTreeSet<&'static str>,
    /// Every kind of which rows were read, named, counted, or asked for through a relation.
    pub kinds: BTreeSet<KindId>,
    /// Every person whom the request names, singles out or reaches, with repetitions: whether or not
    /// the answer tells of them, and also where there is none.
    pub asked: Vec<i64>,
    /// Every person who is only counted, with repetitions: nothing else is told of them.
    pub counted: Vec<i64>,
    /// What was compared or asked for: of those who were asked about or counted.
    pub tested: BTreeSet<DisclosedItem>,
    /// Rows in the answer.
    pub rows: u64,
    /// The persons of the rows, by what sort of data they are.
    pub tally: Tally,
    /// Whether stays were looked for by when they ended.
    pub asks_stay_end: bool,
    /// What sorts of data were asked for by identifiers of whatever kind, whether or not there was a
    /// row: the plan does not tell.
    pub touched: Each<bool>,
    /// Every person whose data is in the answer, with repetitions, and the number of what was shown.
    shown: Vec<(i64, u32)>,
    /// What was shown of rows.
    sets: Vec<Vec<DisclosedItem>>,
}

/// One thing that is told of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DisclosedItem {
    /// A field's value, or something about it; that it is absent, too.
    Field(FieldId),
    /// Whether there is a row of a kind.
    Row(KindId),
    /// A member of what is no kind: what it is, and the member.
    Listed(&'static str, &'static str),
    /// That something is due, on a worklist.
    Due(&'static str),
}

/// The persons of an answer, each with the place of what is told of it.
#[derive(Debug, Default)]
pub struct Division {
    /// In the order of their keys, each once.
    pub persons: Vec<(i64, usize)>,
    /// As they came up, each of their items once; two may say the same.
    pub sets: Vec<Vec<DisclosedItem>>,
}

impl Disclosed {
    /// Notes what rows show, and numbers it.
    pub(super) fn set(&mut self, told: Vec<DisclosedItem>) -> u32 {
        self.sets.push(told);
        u32::try_from(self.sets.len() - 1).unwrap_or(u32::MAX)
    }

    /// Notes of whom something numbered is shown.
    pub(super) fn show(&mut self, persons: impl IntoIterator<Item = i64>, set: u32) {
        self.shown.extend(persons.into_iter().map(|person| (person, set)));
    }

    /// Every person whose data is in the answer, with repetitions.
    pub fn subjects(&self) -> impl Iterator<Item = i64> {
        self.shown.iter().map(|(person, _)| *person)
    }

    /// What is told of whom by an answer.
    pub fn divide(&mut self) -> Division {
        let mut of = std::mem::take(&mut self.shown);
        let sets = std::mem::take(&mut self.sets);
        let tested = u32::try_from(sets.len()).unwrap_or(u32::MAX);
        let asked = self.asked.iter().chain(&self.counted);
        of.extend(asked.map(|person| (*person, tested)));
        of.sort_unstable();
        of.dedup();
        let mut division = Division::default();
        let mut known: HashMap<Vec<u32>, usize> = HashMap::new();
        // Most persons are told the same of as the one before.
        let (mut last, mut numbers, mut place) = (Vec::new(), Vec::new(), 0);
        for of_person in of.chunk_by(|one, other| one.0 == other.0) {
            numbers.clear();
            numbers.extend(of_person.iter().map(|(_, set)| *set));
            if numbers != last {
                last.clone_from(&numbers);
                place = known.get(&numbers).copied().unwrap_or_else(|| {
                    let of_number = |number: &u32| match sets.get(*number as usize) {
                        Some(set) => set.as_slice(),
                        None => &[],
                    };
                    let mut told: Vec<_> = numbers.iter().flat_map(of_number).copied().collect();
                    if numbers.contains(&tested) {
                        told.extend(&self.tested);
                    }
                    told.sort_unstable();
                    told.dedup();
                    division.sets.push(told);
                    known.insert(numbers.clone(), division.sets.len() - 1);
                    division.sets.len() - 1
                });
            }
            division.persons.push((of_person[0].0, place));
        }
        division
    }

    /// Whom a request that ended without an answer asked about, and what: nothing was shown.
    pub fn divide_asked(&mut self) -> Division {
        let mut asked = std::mem::take(&mut self.asked);
        asked.sort_unstable();
        asked.dedup();
        let persons = asked.into_iter().map(|person| (person, 0)).collect();
        Division { persons, sets: vec![self.tested.iter().copied().collect()] }
    }
}

/// What the rows of one level show: each different thing is noted once, however many rows show it.
#[derive(Default)]
pub(super) struct Shows {
    /// Of each scope of a row whether it reaches it, with the number of what such a row shows.
    known: Vec<(Vec<bool>, u32)>,
    /// The numbers of the values that name further persons.
    naming: Vec<(FieldId, u32)>,
}

impl Shows {
    /// The number of what a row shows.
    pub fn of(&mut self, disclosed: &mut Disclosed, node: &Node, level: &Level, row: usize) -> u32 {
        let scopes = || level.scopes(node, row);
        if let Some((_, set)) =
            self.known.iter().find(|(known, _)| known.iter().copied().eq(scopes()))
        {
            return *set;
        }
        let shown = node.fields.iter().filter(|(field, rules)| {
            let names = node.persons.iter().filter(|(_, naming)| naming == field);
            level.shows(row, rules)
                && names.clone().all(|(key, _)| level.names(row, *key).is_some())
        });
        let mut told = vec![DisclosedItem::Row(node.kind.id)];
        told.extend(shown.map(|(field, _)| DisclosedItem::Field(*field)));
        disclosed.fields.extend(told.iter().filter_map(|told| match told {
            DisclosedItem::Field(field) => Some(*field),
            _ => None,
        }));
        let tested = level.tested.iter().filter(|(_, rule)| match rule {
            Some(rule) => level.shows(row, std::slice::from_ref(rule)),
            None => true,
        });
        told.extend(tested.map(|(field, _)| DisclosedItem::Field(*field)));
        let set = disclosed.set(told);
        self.known.push((scopes().collect(), set));
        set
    }

    /// The number of a value that names a further person, to that person.
    pub fn naming(&mut self, disclosed: &mut Disclosed, field: FieldId) -> u32 {
        if let Some((_, set)) = self.naming.iter().find(|(known, _)| *known == field) {
            return *set;
        }
        let set = disclosed.set(vec![DisclosedItem::Field(field)]);
        self.naming.push((field, set));
        set
    }
}

/// What is told of a person below whose row there is none: that there is none. Where every row that there
/// is of that person would be in the answer, it is told that each field is absent.
pub(super) fn absence(child: &Child) -> Vec<DisclosedItem> {
    let node = &child.node;
    let mut told = vec![DisclosedItem::Row(node.kind.id)];
    if child.is_certain && child.arguments.are_none() {
        let names = |field: FieldId| catalogue().field(field).spec.names_person.is_some();
        let everywhere = node.fields.iter().filter(|(_, rules)| rules.is_empty());
        let absent = everywhere.map(|(field, _)| *field).filter(|field| !names(*field));
        told.extend(absent.map(DisclosedItem::Field));
    }
    told
}
